"""What all tests share, and which of them run beside each other."""

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from xdist.scheduler import LoadFileScheduling

from lbt.asking import Asker
from lbt.generation import GenerationStore
from lbt.grading import domain_named
from lbt.prompts import PromptSettings
from tests.real_model import smollm2_folder

__all__ = ["smollm2_folder"]  # a fixture of all tests

# Torch reads it when it is imported. For models this small a second thread gains nothing, and on a busy
# machine threads that wait for each other take several times as long.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# How long an example takes depends on what else the machine does.
hypothesis_settings.register_profile("lbt", deadline=None)
hypothesis_settings.load_profile("lbt")


# What takes longest, in the order in which it begins; begun last, it would keep one worker while others idle.
LONG = (
    "tests/e2e/test_engines.py",
    "tests/generation/engines/test_vllm.py",
    "tests/e2e/test_main_job.py",
    "tests/e2e/test_pocket_code.py",
    "tests/e2e/",
    "tests/test_",
    "tests/generation/engines/",
    "tests/training/",
    "tests/sandbox/",
    "tests/grading/domains/",
    "tests/search/",
    "tests/hooks/",
    "tests/pocket/",
)


class FolderByFolder(LoadFileScheduling):
    """Gives a folder to one worker, so that what its tests share is made once; the folders in their order.

    Of the whole runs in tests/e2e it gives a file to one worker. All that needs vLLM goes to one worker too:
    two at a time take too much memory. So does all that starts a Ray cluster.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = Path(super()._split_scope(nodeid))
        text = (self.config.rootpath / file).read_text()
        for package in ("vllm", "ray"):
            if f"pytest.mark.{package}" in text:
                return package
        return str(file if file.parent.name == "e2e" else file.parent)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling:
    """How `pytest -n` gives tests to its workers."""
    config.option.loadscopereorder = False  # by number of tests, which says little about time
    return FolderByFolder(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long files first, and skip tests whose parts are not on this machine and say why.

    With LBT_NO_SKIPS, as in CI, none is skipped.
    """
    items.sort(key=_turn)
    if os.environ.get("LBT_NO_SKIPS"):
        return
    for package, reason in (
        ("vllm", "vLLM is not installed: run `make vllm`"),
        ("ray", "Ray is not installed: run `make ray`"),
    ):
        if find_spec(package) is None:
            for item in items:
                if item.get_closest_marker(package):
                    item.add_marker(pytest.mark.skip(reason=reason))


def _turn(item: pytest.Item) -> int:
    return next((turn for turn, long in enumerate(LONG) if item.nodeid.startswith(long)), len(LONG))


@pytest.fixture
def asker(tmp_path: Path) -> Iterator[Asker]:
    """What asks about numbers, plainly, over a store of its own."""
    with GenerationStore(tmp_path / "store.sqlite") as store:
        yield Asker(PromptSettings(), store, 0, domain_named("number"))
