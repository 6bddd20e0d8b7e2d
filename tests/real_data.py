"""Public data that is not part of the repository: MATH, MATH(), MATH500, GSM8K, outputs of models."""

import os
from pathlib import Path

import pytest

DATA = Path(os.environ.get("LBT_REAL_DATA", Path(__file__).parents[2] / "shared" / "data"))
needs_real_data = pytest.mark.skipif(
    not DATA.is_dir(),
    reason=f"no public data in {DATA}; LBT_REAL_DATA names another folder, CONTRIBUTING.md the files",
)
