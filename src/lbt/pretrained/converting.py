"""Turn a GGUF file into the folder that `save_pretrained` writes: bfloat16 weights, tokenizer, template.

transformers reads the file; what it loses on the way, the model's own `mend` sets again.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lbt.errors import ModelError
from lbt.pretrained.model import Pretrained

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def require_gguf() -> None:
    """Raise ModelError unless the package gguf can be used.

    A folder named gguf in the working directory is taken for the package by Python and by transformers.
    """
    try:
        import gguf

        _ = gguf.GGUFReader
    except (ImportError, AttributeError) as error:
        shadow = Path("gguf").resolve()
        advice = (
            f"The folder {shadow} is in its way: rename it"
            if shadow.is_dir()
            else "`make smollm2` installs it"
        )
        raise ModelError(
            f"The Python package gguf, which reads the model, cannot be used. {advice}."
        ) from error


def convert(known: Pretrained, gguf: Path, folder: Path) -> None:
    """Write the model in a GGUF file as a Hugging Face folder.

    Raises:
        ModelError: The file cannot be read, or does not hold all of a model.
    """
    from transformers import AutoTokenizer

    try:
        with _quiet():
            tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
            tokenizer.model_max_length = known.context
            model = _model(gguf)
            known.mend(tokenizer, model)
            model.save_pretrained(folder)
            tokenizer.save_pretrained(folder)
    except (ValueError, RuntimeError) as error:
        raise ModelError(f"{gguf.name} cannot be converted: {error}") from error
    # Written for the owner alone, unlike the other files.
    shutil.copymode(folder / "config.json", folder / "model.safetensors")


def _model(gguf: Path) -> "PreTrainedModel":
    import torch
    from transformers import AutoModelForCausalLM, GgufConfig

    model, report = AutoModelForCausalLM.from_pretrained(
        gguf.parent,
        gguf_file=gguf.name,
        # Or the model counts as quantised, and save_pretrained refuses it.
        quantization_config=GgufConfig(dequantize=True),
        dtype=torch.bfloat16,
        local_files_only=True,
        output_loading_info=True,
    )
    if any(report.values()):
        raise ModelError(f"{gguf.name} does not hold the weights that its configuration names: {report}.")
    loaded: PreTrainedModel = model
    return loaded


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the library's warnings, and without all of its bars but that of unpacking."""
    from transformers.utils import logging

    verbosity, bar = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bar:
            logging.enable_progress_bar()
