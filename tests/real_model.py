"""The real model of `make smollm2`, for tests that need one: made once, then found."""

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from lbt.pretrained import SMOLLM2, Unavailable, make_model

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="session")
def smollm2_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """SmolLM2-135M-Instruct as a Hugging Face folder. Mark what uses it as slow.

    It is in the data folder that LBT_MODEL_CACHE names (made there if need be), or where `make smollm2` put
    it, or it is made for this session. Without a connection to a registry the test is skipped, with
    LBT_NO_SKIPS too: no code can mend that.
    """
    folder = _data(tmp_path_factory) / SMOLLM2.place
    if not folder.is_dir() and find_spec("gguf") is None and not os.environ.get("LBT_NO_SKIPS"):
        pytest.skip("the real model is not here: run `make smollm2`")
    try:
        make_model(SMOLLM2, folder)
    except Unavailable as error:
        pytest.skip(str(error))
    return folder


def _data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    named = os.environ.get("LBT_MODEL_CACHE")
    if named:
        return Path(named)
    if (DATA / SMOLLM2.place).is_dir():
        return DATA
    session = tmp_path_factory.getbasetemp()
    return session.parent if "PYTEST_XDIST_WORKER" in os.environ else session
