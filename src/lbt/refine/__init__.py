"""M3: exemplars that are refined over rounds by the failures of those who were shown them."""

from lbt.refine.metrics import refine_metrics
from lbt.refine.refining import Refined, refine
from lbt.refine.settings import RefineSettings

__all__ = ["RefineSettings", "Refined", "refine", "refine_metrics"]
