"""What all tests share."""

import os
from importlib.util import find_spec

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip tests whose parts are not on this machine and say why; with LBT_NO_SKIPS, as in CI, skip none."""
    if os.environ.get("LBT_NO_SKIPS"):
        return
    if find_spec("vllm") is None:
        for item in items:
            if "vllm" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="vLLM is not installed: run `make vllm`"))
