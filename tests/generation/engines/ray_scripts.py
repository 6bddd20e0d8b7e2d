"""Scripted models that actors import: a slow one, and some that end their process."""

import os
import time
from collections.abc import Sequence

from lbt.generation import ModelSettings, Request, SamplingSettings

HERE = "function:tests.generation.engines.ray_scripts"
SECONDS = 0.01
SAMPLING = SamplingSettings(temperature=1.0, max_tokens=16)


def slow(messages: Sequence[tuple[str, str]], sample: int) -> str:
    time.sleep(SECONDS)
    return f"{messages[-1][1]}: {sample}"


def deadly(messages: Sequence[tuple[str, str]], sample: int) -> str:
    if "poison" in messages[-1][1]:
        os._exit(7)
    return messages[-1][1]


def threads(messages: Sequence[tuple[str, str]], sample: int) -> str:
    return os.environ["OMP_NUM_THREADS"]


def failing(messages: Sequence[tuple[str, str]], sample: int) -> str:
    raise RuntimeError("CUDA error")


def scripted(name: str) -> ModelSettings:
    return ModelSettings(engine="scripted", path=f"{HERE}:{name}")


def requests(count: int, poison: frozenset[int] = frozenset()) -> list[Request]:
    return [
        Request((("user", f"question {n}{' with poison' if n in poison else ''}"),), 1, SAMPLING, 0)
        for n in range(count)
    ]
