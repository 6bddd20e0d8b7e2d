"""Pretraining learns, resumes where it was stopped, and is not repeated."""

import os
import signal
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lbt.pocket.corpus import CorpusSettings, documents
from lbt.pocket.pretraining import DONE, STATE, learning_rate_factor, pretrain
from lbt.pocket.settings import PretrainingSettings
from lbt.pocket.tokenizer import ANSWER_MARK, train_tokenizer

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

SETTINGS = PretrainingSettings(
    corpus=CorpusSettings(one_shot_share=0.5),
    hidden_size=32,
    feed_forward_size=64,
    heads=2,
    layers=1,
    steps=30,
    tokens_per_batch=1024,
    learning_rate=3e-3,
    save_every=5,
    compile=False,
)


@pytest.fixture(scope="module")
def tokenizer() -> "PreTrainedTokenizerFast":
    texts = [
        t
        for d in islice(documents(SETTINGS.corpus, "t"), 500)
        for turn in d
        for t in (turn.question, turn.rationale)
    ]
    return train_tokenizer(texts, vocabulary=400)


def _weights(folder: Path) -> bytes:
    return (folder / "model.safetensors").read_bytes()


def test_the_tokenizer_keeps_text_digits_and_turns(tokenizer: "PreTrainedTokenizerFast") -> None:
    text = "Times comes first. 4*12=48.\n#### 48"
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    assert tokenizer.decode(ids) == text
    tokens = tokenizer.convert_ids_to_tokens(ids)
    assert ANSWER_MARK in tokens
    assert not any(sum(c.isdigit() for c in token) > 1 for token in tokens)
    assert (tokenizer.pad_token_id, tokenizer.eos_token_id) == (0, 1)


def test_the_schedule_warms_up_stays_and_decays_to_nothing() -> None:
    settings = SETTINGS.model_copy(update={"steps": 1000})
    factors = [learning_rate_factor(step, settings) for step in range(1000)]
    assert factors[0] < 0.05
    assert factors[-1] < 0.01
    assert factors[500] == max(factors) == 1.0


@pytest.mark.parametrize("shape", [(24, 24), (64, 24), (24, 64)])
def test_muon_in_float32_is_torchs_muon_up_to_its_rounding(shape: tuple[int, int]) -> None:
    import torch

    from lbt.pocket.muon import Muon32

    torch.manual_seed(0)
    start, gradients = torch.randn(shape), [torch.randn(shape) for _ in range(3)]
    ours, theirs = (torch.nn.Parameter(start.clone()) for _ in range(2))
    settings = {"lr": 0.1, "weight_decay": 0.05}
    optimizers = {
        ours: Muon32([ours], **settings),
        theirs: torch.optim.Muon([theirs], adjust_lr_fn="match_rms_adamw", **settings),
    }
    for gradient in gradients:
        for parameter, optimizer in optimizers.items():
            parameter.grad = gradient.clone()
            optimizer.step()
    moved = (theirs - start).norm()
    assert (ours - theirs).norm() < 0.02 * moved


@pytest.mark.slow
def test_a_killed_pretraining_resumes_to_the_same_weights_and_a_finished_one_is_kept(
    tokenizer: "PreTrainedTokenizerFast", tmp_path: Path
) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    figures = pretrain("model", SETTINGS, tokenizer, whole, seed=0)
    assert figures["loss"] < 6
    tokenizer.save_pretrained(tmp_path / "tokenizer")
    script = (
        "from pathlib import Path; from transformers import AutoTokenizer\n"
        "from lbt.pocket.pretraining import pretrain\n"
        "from lbt.pocket.settings import PretrainingSettings\n"
        f"settings = PretrainingSettings.model_validate_json({SETTINGS.model_dump_json()!r})\n"
        f"tokenizer = AutoTokenizer.from_pretrained({str(tmp_path / 'tokenizer')!r})\n"
        f"pretrain('model', settings, tokenizer, Path({str(killed)!r}), seed=0)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 600
    while not (killed / STATE).exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not (killed / DONE).exists(), "it was to be killed before its end"
    pretrain("model", SETTINGS, tokenizer, killed, seed=0)
    assert _weights(killed) == _weights(whole)

    before = (whole / "model.safetensors").stat().st_mtime_ns
    assert pretrain("model", SETTINGS, tokenizer, whole, seed=0) == figures
    assert (whole / "model.safetensors").stat().st_mtime_ns == before
