import json
import logging
import shutil
from pathlib import Path

import pytest

from lbt.errors import ModelError
from lbt.generation import (
    ModelSettings,
    SamplingSettings,
    check_room,
    identify_model,
    load_tokenizer,
    render_prompt,
)
from lbt.generation.rendering import open_renderer
from lbt.prompts import PromptSettings, exam_messages

BOS_TEMPLATE = (
    "{{ bos_token }}{% for m in messages %}{% if m['role'] == 'system' %}"
    "{{ raise_exception('no system role') }}{% endif %}<user>{{ m['content'] }}<end>{% endfor %}<assistant>"
)


def open_tokenizer(folder: Path):  # noqa: ANN201 - a transformers class, imported lazily
    return load_tokenizer(identify_model(ModelSettings(path=str(folder)), "models.teacher"))


@pytest.fixture
def bos_folder(tokenizer_folder: Path, tmp_path: Path) -> Path:
    """A tokenizer that adds a BOS by itself, with a template that writes one and refuses system messages."""
    folder = shutil.copytree(tokenizer_folder, tmp_path / "bos")
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    tokenizer["post_processor"] = {
        "type": "TemplateProcessing",
        "single": [{"SpecialToken": {"id": "<pad>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
        "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
        "special_tokens": {"<pad>": {"id": "<pad>", "ids": [0], "tokens": ["<pad>"]}},
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    config = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps(config | {"bos_token": "<pad>"}))
    (folder / "chat_template.jinja").write_text(BOS_TEMPLATE)
    return folder


def test_a_chat_ends_where_the_model_begins_to_write(tokenizer_folder: Path) -> None:
    tokenizer = open_tokenizer(tokenizer_folder)
    messages = [(m["role"], m["content"]) for m in exam_messages("2 + 2", [("1 + 1", "2")], PromptSettings())]
    rendered = render_prompt(tokenizer, messages)
    assert rendered == "<user>1 + 1<end><assistant>2<end><user>2 + 2<end><assistant>"
    assert render_prompt(tokenizer, messages, "First ") == rendered + "First "


def test_the_bos_comes_once(bos_folder: Path) -> None:
    tokenizer = open_tokenizer(bos_folder)
    rendered = render_prompt(tokenizer, [("user", "apples")])
    assert tokenizer(rendered)["input_ids"].count(0) == 2, "the tokenizer would add a second one"
    assert tokenizer(rendered, add_special_tokens=False)["input_ids"].count(0) == 1


def test_a_prompt_that_is_too_long_is_no_warning_of_the_library(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("transformers"), "propagate", True)
    model = ModelSettings(path=str(Path(__file__).parents[2] / "src/lbt/pocket/models/student_weak"))
    [tokens] = open_renderer(model, identify_model(model, "models.teacher")).tokenize(["7 boxes " * 400])
    assert len(tokens) > 512
    assert not caplog.records


def test_a_template_that_refuses_a_role_is_named_with_the_way_out(bos_folder: Path) -> None:
    tokenizer = open_tokenizer(bos_folder)
    with pytest.raises(
        ModelError, match=r"bos refuses .* system, user: no system role.*instruction_role: user"
    ):
        render_prompt(tokenizer, [("system", "Be brief."), ("user", "apples")])


def test_a_broken_tokenizer_is_named(tokenizer_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tokenizer_folder, tmp_path / "broken")
    (folder / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelError, match=r"models.teacher: the tokenizer in .*broken cannot be loaded"):
        open_tokenizer(folder)


def test_room_is_known_by_whatever_name_the_model_gives_it(tokenizer_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tokenizer_folder, tmp_path / "gpt2")
    (folder / "config.json").write_text(json.dumps({"model_type": "gpt2", "n_positions": 64}))
    model = ModelSettings(path=str(folder))
    identity = identify_model(model, "models.teacher")
    check_room(model, identity, SamplingSettings(temperature=0.0, max_tokens=63), "teaching.sampling")
    with pytest.raises(ModelError, match="has room for 64 tokens"):
        check_room(model, identity, SamplingSettings(temperature=0.0, max_tokens=64), "teaching.sampling")
