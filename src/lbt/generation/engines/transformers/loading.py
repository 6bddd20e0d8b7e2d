"""Load a model's weights, all of them. Imports torch: import this module inside functions."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import AutoModelForCausalLM, PreTrainedModel
from transformers.utils import logging

from lbt.errors import ModelError
from lbt.generation.identity import ModelIdentity

_NAMED = 3


def load_model(
    identity: ModelIdentity, adapter: str | None, dtype: torch.dtype, attention: str
) -> PreTrainedModel:
    """The model on the CPU, with its adapter merged into it.

    transformers fills what a checkpoint lacks with random numbers and leaves out what the configuration does
    not name, with no more than a warning: a model whose weights and configuration differ is refused here.

    Raises:
        ModelError: The files cannot be read, or are not those of one model.
    """
    local = identity.revision is None
    try:
        with _silent_loading():
            model, report = AutoModelForCausalLM.from_pretrained(
                identity.folder if local else identity.path,
                revision=identity.revision or "main",
                local_files_only=local,  # or a folder would be looked up on the hub
                dtype=dtype,
                attn_implementation=attention,
                output_loading_info=True,
                ignore_mismatched_sizes=True,  # told in our words below
            )
            _refuse_other_weights(report, identity)
            if adapter is not None:
                from peft import PeftModel

                folder = Path(adapter).expanduser()
                model = PeftModel.from_pretrained(model, folder).merge_and_unload()
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise ModelError(f"{identity.name}: {identity.path} cannot be loaded: {error}") from error
    loaded: PreTrainedModel = model
    return loaded


def _refuse_other_weights(report: dict[str, Any], identity: ModelIdentity) -> None:
    mismatched = [
        f"{name} ({'x'.join(map(str, stored))} in the file, {'x'.join(map(str, wanted))} in config.json)"
        for name, stored, wanted in report["mismatched_keys"]
    ]
    faults = {
        "lacks weights that its config.json names": report["missing_keys"],
        "holds weights that its config.json does not name": report["unexpected_keys"],
        "holds weights of other sizes than its config.json names": mismatched,
    }
    told = [f"{fault}: {_some(names)}" for fault, names in faults.items() if names]
    if told:
        raise ModelError(
            f"{identity.name}: {identity.path} {'; it '.join(told)}. The configuration is not that of the "
            "weights: copy config.json and the weights again from one and the same model."
        )


def _some(names: Iterable[str]) -> str:
    ordered = sorted(names)
    more = f" and {len(ordered) - _NAMED} more" if len(ordered) > _NAMED else ""
    return ", ".join(ordered[:_NAMED]) + more


@contextmanager
def _silent_loading() -> Iterator[None]:
    """Without the library's progress bar and its own table of weights that do not fit."""
    verbosity, bar = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bar:
            logging.enable_progress_bar()
