"""What all tests share."""

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from lbt.asking import Asker
from lbt.generation import GenerationStore
from lbt.grading import domain_named
from lbt.prompts import PromptSettings
from tests.real_model import smollm2_folder

__all__ = ["smollm2_folder"]  # a fixture of all tests

# Torch reads it when it is imported. For models this small a second thread gains nothing, and on a busy
# machine threads that wait for each other take several times as long.
os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip tests whose parts are not on this machine and say why; with LBT_NO_SKIPS, as in CI, skip none."""
    if os.environ.get("LBT_NO_SKIPS"):
        return
    if find_spec("vllm") is None:
        for item in items:
            if "vllm" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="vLLM is not installed: run `make vllm`"))


@pytest.fixture
def asker(tmp_path: Path) -> Iterator[Asker]:
    """What asks about numbers, plainly, over a store of its own."""
    with GenerationStore(tmp_path / "store.sqlite") as store:
        yield Asker(PromptSettings(), store, 0, domain_named("number"))
