"""The processes that train one model together. Imports no framework.

A launcher of torch says to each process, in its environment, which of how many it is. All go the same way and
meet in each step; the first one also speaks and writes for all.
"""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Team:
    """The processes, from the view of one of them.

    Attributes:
        size: How many train together.
        rank: Which of them this is, from 0.
        local_rank: Which of those on this machine, and so the number of its GPU.
        sharded: Each holds a part of the model (FSDP) instead of all of it (DDP).
    """

    size: int = 1
    rank: int = 0
    local_rank: int = 0
    sharded: bool = False

    @classmethod
    def of_launcher(cls, strategy: str) -> Team:
        """As torchrun or accelerate says; one process where no launcher has started this one."""
        size, rank, local_rank = (
            int(os.environ.get(name, default))
            for name, default in (("WORLD_SIZE", "1"), ("RANK", "0"), ("LOCAL_RANK", "0"))
        )
        return cls(size, rank, local_rank, sharded=strategy == "fsdp" and size > 1)

    @property
    def leads(self) -> bool:
        """Whether this process speaks and writes for all."""
        return self.rank == 0


ALONE = Team()
