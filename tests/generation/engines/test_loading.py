"""A model is loaded whole or refused, by every engine that reads a folder and by training."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from lbt.errors import ModelError
from lbt.generation import ModelSettings, identify_model, load_tokenizer

POCKET = Path(__file__).parents[3] / "src/lbt/pocket/models/student_weak"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of an embedded model."""
    return shutil.copytree(POCKET, tmp_path / "copy")


def configure(folder: Path, **changes: Any) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | changes))


def load(folder: Path) -> Any:
    import torch

    from lbt.generation.engines.transformers.loading import load_model

    identity = identify_model(ModelSettings(path=str(folder)), "models.students.weak")
    return load_model(identity, None, torch.float32, "eager")


def rewrite(folder: Path, **tensors: Any) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    save_file(weights | tensors, folder / "model.safetensors", metadata={"format": "pt"})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"num_hidden_layers": 5},
            r"models.students.weak: .*copy lacks weights that its config.json names: "
            r"model.layers.4.input_layernorm.weight, .* and 6 more.*from one and the same model",
        ),
        (
            {"num_hidden_layers": 3},
            r"holds weights that its config.json does not name: model.layers.3.input_layernorm.weight",
        ),
        (
            {"vocab_size": 760},
            r"other sizes .*: model.embed_tokens.weight \(768x128 in the file, 760x128 in config.json\)",
        ),
        ({"tie_word_embeddings": False}, r"lacks weights that its config.json names: lm_head.weight"),
    ],
)
def test_a_checkpoint_that_its_configuration_does_not_describe_is_refused(
    copy: Path, changes: dict[str, Any], message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    configure(copy, **changes)
    with pytest.raises(ModelError, match=message):
        load(copy)
    assert capfd.readouterr().err == "", "the library's own table is not shown beside our message"


def test_tied_weights_may_be_there_or_not(copy: Path) -> None:
    import torch
    from safetensors.torch import load_file

    assert "lm_head.weight" not in load_file(copy / "model.safetensors")
    without = load(copy)
    rewrite(copy, **{"lm_head.weight": without.lm_head.weight.detach().to(torch.bfloat16).clone()})
    assert torch.equal(load(copy).lm_head.weight, without.lm_head.weight)


def test_embeddings_may_be_padded_beyond_the_tokenizer(copy: Path) -> None:
    import torch

    padded = load(copy)
    rows = padded.config.vocab_size
    padded.resize_token_embeddings(rows, pad_to_multiple_of=512)
    padded.to(torch.bfloat16).save_pretrained(copy)
    assert load(copy).get_input_embeddings().weight.shape[0] == 1024
    assert len(load_tokenizer(identify_model(ModelSettings(path=str(copy)), "models.teacher"))) == rows


@pytest.mark.parametrize("engine", ["transformers", "vllm", "openai"])
def test_a_tokenizer_with_more_tokens_than_the_model_is_refused_by_every_engine_that_reads_it(
    copy: Path, engine: Any
) -> None:
    from transformers import PreTrainedTokenizerFast

    tokenizer = PreTrainedTokenizerFast.from_pretrained(copy)
    tokenizer.add_tokens(["<one more>"])
    tokenizer.save_pretrained(copy)
    server = {"endpoints": ["http://127.0.0.1:1/v1"]} if engine == "openai" else None
    settings = ModelSettings(path=str(copy), engine=engine, server=server)
    with pytest.raises(ModelError, match=r"has 769 tokens .* names 768 \(vocab_size\).*of another model"):
        load_tokenizer(identify_model(settings, "models.students.weak"))


def test_a_configuration_that_is_no_json_is_named(copy: Path) -> None:
    (copy / "config.json").write_text("{")
    with pytest.raises(ModelError, match=r"models.teacher: .*config.json is not JSON"):
        load_tokenizer(identify_model(ModelSettings(path=str(copy)), "models.teacher"))
