"""What generations need on the disk."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from lbt.generation import Completion, GenerationStore, Origin
from lbt.planning.counting import Load

BYTES_A_TOKEN = 4
"""Of generated English text; mathematics has somewhat fewer."""

_ROWS = 512


def store_bytes(loads: Iterable[Load]) -> int:
    """What the generation store grows by if every answer is as long as it may be."""
    sizes: dict[int, float] = {}
    total = 0.0
    for load in loads:
        text = load.max_tokens * BYTES_A_TOKEN
        sizes.setdefault(text, _row_bytes(text))
        total += load.generations * sizes[text]
    return round(total)


def _row_bytes(text: int) -> float:
    """Bytes of a row with a text of so many, on average over lengths around it: measured in a store."""
    origin = Origin("0" * 64, "owner/a-model-of-a-usual-name", "openai", "vllm 0.00.0", "exams of student")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "store.sqlite"
        with GenerationStore(path) as store:
            rows = (
                (
                    hashlib.sha256(str(row // 4).encode()).hexdigest(),
                    row % 4,
                    Completion("x" * round(text * (0.5 + row / (_ROWS - 1))), "stop", 1000, 1000),
                )
                for row in range(_ROWS)
            )
            store.put(rows, origin)
        return path.stat().st_size / _ROWS
