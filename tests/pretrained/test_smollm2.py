"""The real model, as everyone gets it from the registry."""

from pathlib import Path

import pytest

from lbt.generation import ModelSettings, identify_model, load_tokenizer, render_prompt
from lbt.pretrained import SMOLLM2, is_complete
from lbt.pretrained.checking import check

pytestmark = pytest.mark.slow


def test_the_model_is_complete_and_passes_its_checks(smollm2_folder: Path) -> None:
    assert is_complete(SMOLLM2, smollm2_folder)
    check(SMOLLM2, smollm2_folder)


def test_all_its_files_may_be_read_by_others(smollm2_folder: Path) -> None:
    modes = {file.name: file.stat().st_mode & 0o777 for file in smollm2_folder.iterdir()}
    assert len(set(modes.values())) == 1, modes


def test_its_template_takes_a_system_message_and_several_turns(smollm2_folder: Path) -> None:
    identity = identify_model(ModelSettings(path=str(smollm2_folder)), "smollm2")
    turns = [("system", "Be short."), ("user", "1+1?"), ("assistant", "2"), ("user", "2+2?")]
    assert render_prompt(load_tokenizer(identity), turns, "It is") == (
        "<|im_start|>system\nBe short.<|im_end|>\n<|im_start|>user\n1+1?<|im_end|>\n"
        "<|im_start|>assistant\n2<|im_end|>\n<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\nIt is"
    )
