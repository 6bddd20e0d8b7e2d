"""Promises of the checkpoint dataset: versions are whole, and say what they are."""

import json
import resource
import shutil
from pathlib import Path

import pytest
from kedro.io import DataCatalog, DatasetError, Version

from lbt.datasets.checkpoint import CheckpointDataset
from lbt.training import Checkpoint


def tuned(folder: Path, weights: str = "weights") -> Checkpoint:
    folder.mkdir()
    (folder / "model.safetensors").write_text(weights)
    (folder / "training.json").write_text('{"seed": 7}')
    return Checkpoint(folder, trained=True, reason=None, fingerprint="f00d")


def untrained(folder: Path) -> Checkpoint:
    return Checkpoint(folder / "never made", trained=False, reason="3 pairs were built", fingerprint="f00d")


def dataset(folder: Path, save: str | None = None, load: str | None = None) -> CheckpointDataset:
    return CheckpointDataset(filepath=str(folder / "tuned_teacher"), version=Version(load, save))


def test_versioned_catalog_entry_saves_and_loads_a_checkpoint(tmp_path: Path) -> None:
    entry = {
        "type": "lbt.datasets.checkpoint.CheckpointDataset",
        "filepath": str(tmp_path / "data" / "tuned_teacher"),
        "versioned": True,
    }
    catalog = DataCatalog.from_config({"tuned_teacher": entry})
    assert not catalog.exists("tuned_teacher")
    original = tuned(tmp_path / "work")
    catalog.save("tuned_teacher", original)
    shutil.rmtree(original.path)
    loaded = DataCatalog.from_config({"tuned_teacher": entry}).load("tuned_teacher")
    assert catalog.exists("tuned_teacher")
    assert (loaded.trained, loaded.reason, loaded.fingerprint) == (True, None, "f00d")
    assert (loaded.path / "model.safetensors").read_text() == "weights"
    assert loaded.path.parent.parent == tmp_path / "data" / "tuned_teacher"


def test_newest_version_is_loaded_unless_one_is_named(tmp_path: Path) -> None:
    dataset(tmp_path, save="2026-01-01").save(tuned(tmp_path / "one", "old"))
    dataset(tmp_path, save="2026-01-02").save(tuned(tmp_path / "two", "new"))
    assert (dataset(tmp_path).load().path / "model.safetensors").read_text() == "new"
    assert (dataset(tmp_path, load="2026-01-01").load().path / "model.safetensors").read_text() == "old"


def test_skipped_training_is_saved_as_its_reason_alone(tmp_path: Path) -> None:
    dataset(tmp_path, save="v").save(untrained(tmp_path))
    loaded = dataset(tmp_path).load()
    assert not loaded.trained
    assert loaded.reason == "3 pairs were built"
    assert [file.name for file in loaded.path.iterdir()] == ["checkpoint.json"]


def test_interrupted_copy_leaves_no_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("lbt.datasets.checkpoint.write_checkpoint", interrupt)
    with pytest.raises(KeyboardInterrupt):
        dataset(tmp_path, save="v").save(tuned(tmp_path / "work"))
    assert not dataset(tmp_path).exists()
    monkeypatch.undo()
    dataset(tmp_path, save="v").save(untrained(tmp_path))
    assert dataset(tmp_path).exists()


def test_a_disk_without_room_leaves_no_version_and_is_told(tmp_path: Path) -> None:
    original = tuned(tmp_path / "work", "x" * 50_000)
    # A limit on the size of files fails as a full disk does.
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    try:
        with pytest.raises(DatasetError, match=r"cannot be copied from .*Free disk space there and run the"):
            dataset(tmp_path, save="v").save(original)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not dataset(tmp_path).exists()
    assert not list((tmp_path / "tuned_teacher").rglob("*.unfinished"))
    dataset(tmp_path, save="v").save(original)
    assert dataset(tmp_path).load().trained


def test_unversioned_dataset_is_overwritten(tmp_path: Path) -> None:
    unversioned = CheckpointDataset(filepath=tmp_path / "tuned_teacher")
    unversioned.save(tuned(tmp_path / "one", "old"))
    unversioned.save(untrained(tmp_path))
    assert not unversioned.load().trained
    assert not (tmp_path / "tuned_teacher" / "model.safetensors").exists()


def test_missing_folder_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"nowhere.checkpoint\.json does not exist.*make run"):
        CheckpointDataset(filepath=tmp_path / "nowhere").load()
    gone = Checkpoint(tmp_path / "gone", trained=True, reason=None, fingerprint="f00d")
    with pytest.raises(DatasetError, match=r"gone is missing.*run the training stage again"):
        dataset(tmp_path, save="v").save(gone)


def test_damaged_description_is_named_with_what_to_do(tmp_path: Path) -> None:
    dataset(tmp_path, save="v").save(untrained(tmp_path))
    (dataset(tmp_path).load().path / "checkpoint.json").write_text("{")
    with pytest.raises(DatasetError, match=r"cannot be read.*Delete the folder"):
        dataset(tmp_path).load()


def test_preview_tells_how_it_was_trained_or_why_not(tmp_path: Path) -> None:
    dataset(tmp_path, save="v1").save(tuned(tmp_path / "work"))
    assert json.loads(dataset(tmp_path).preview()) == {"seed": 7}
    dataset(tmp_path, save="v2").save(untrained(tmp_path))
    assert json.loads(dataset(tmp_path).preview())["reason"] == "3 pairs were built"
