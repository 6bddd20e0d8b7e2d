import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lbt.errors import ModelError
from lbt.generation import ModelSettings, identify_model


@pytest.fixture
def folder(tokenizer_folder: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tokenizer_folder, tmp_path / "model")


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    folder = tmp_path / "adapter"
    folder.mkdir()
    (folder / "adapter_config.json").write_text('{"r": 8}')
    (folder / "adapter_model.safetensors").write_bytes(b"weights")
    return folder


def identity_of(folder: Path, adapter: Path | None = None) -> str:
    settings = ModelSettings(path=str(folder), adapter=str(adapter) if adapter else None)
    return identify_model(settings, "models.teacher").identity


def append(file: str) -> Callable[[Path], object]:
    return lambda folder: (folder / file).write_bytes((folder / file).read_bytes() + b" ")


CHANGES: dict[str, Callable[[Path], object]] = {
    "weights": append("model.safetensors"),
    "tokenizer": append("tokenizer.json"),
    "configuration": append("config.json"),
    "chat template": append("chat_template.jinja"),
    "a new generation config": lambda folder: (folder / "generation_config.json").write_text("{}"),
    "a second shard": lambda folder: (folder / "model-2.safetensors").write_bytes(b""),
    "a renamed shard": lambda folder: (folder / "model.safetensors").rename(folder / "m.safetensors"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_changes_the_text_changes_the_identity(folder: Path, change: Callable[[Path], object]) -> None:
    before = identity_of(folder)
    change(folder)
    assert identity_of(folder) != before


def test_where_a_model_lies_and_its_card_are_no_part_of_it(folder: Path, tmp_path: Path) -> None:
    before = identity_of(folder)
    (folder / "README.md").write_text("A card.")
    (folder / "training_args.bin").write_bytes(b"arguments")
    assert identity_of(folder.rename(tmp_path / "moved")) == before


def test_an_adapter_is_part_of_the_model(folder: Path, adapter: Path) -> None:
    plain, adapted = identity_of(folder), identity_of(folder, adapter)
    append("adapter_model.safetensors")(adapter)
    assert len({plain, adapted, identity_of(folder, adapter)}) == 3


def test_an_identity_names_the_model_and_its_folder(folder: Path) -> None:
    found = identify_model(ModelSettings(path=str(folder)), "models.teacher")
    assert (found.name, found.path, found.folder, found.revision) == (
        "models.teacher",
        str(folder),
        str(folder),
        None,
    )


@pytest.mark.parametrize("path", ["models/of/mine", "/nowhere/model", "./model", "~/no/model"])
def test_an_unknown_folder_names_the_key_the_path_and_what_to_do(path: str) -> None:
    with pytest.raises(
        ModelError, match=rf"models.teacher: there is no model folder {path} .*Correct its 'path'"
    ):
        identify_model(ModelSettings(path=path), "models.teacher")


def test_an_unknown_hub_id_names_the_key_and_the_id(monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(
        ModelError, match=r"models.teacher: lbt-nobody/nothing is neither a folder .* at revision v1"
    ):
        identify_model(ModelSettings(path="lbt-nobody/nothing", revision="v1"), "models.teacher")


def test_a_cached_hub_model_is_found_offline_and_is_its_commit(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    commit = "0123456789abcdef0123456789abcdef01234567"
    cache = tmp_path / "cache"
    repository = cache / "models--owner--tiny"
    shutil.copytree(folder, repository / "snapshots" / commit)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(commit)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
    found = identify_model(ModelSettings(path="owner/tiny"), "models.teacher")
    assert found.revision == commit
    assert found.folder.endswith(commit)
    assert found.identity == identify_model(ModelSettings(path="owner/tiny", revision=commit), "x").identity


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("config.json", r"contains no config.json.*save_pretrained"),
        ("tokenizer.json", r"holds no tokenizer.*tokenizer.save_pretrained"),
        ("model.safetensors", r"holds no weights.*interrupted"),
        ("chat_template.jinja", r"holds no chat template.*instruction-tuned"),
    ],
)
def test_an_incomplete_folder_says_what_is_missing(folder: Path, missing: str, message: str) -> None:
    (folder / missing).unlink()
    with pytest.raises(ModelError, match=f"models.teacher: .*{message}"):
        identify_model(ModelSettings(path=str(folder)), "models.teacher")


def test_a_chat_template_may_stand_in_the_tokenizer_config(folder: Path) -> None:
    config = json.loads((folder / "tokenizer_config.json").read_text())
    config["chat_template"] = (folder / "chat_template.jinja").read_text()
    (folder / "chat_template.jinja").unlink()
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    assert identity_of(folder)


def test_a_folder_that_is_no_adapter_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"models.teacher: .* contains no adapter_config.json"):
        identity_of(folder, tmp_path)
