"""Promises of the work folder: a result is whole or not there."""

from errno import ENOSPC
from pathlib import Path

import pytest

from lbt.errors import LbtError
from lbt.training.work import LOG_COLUMNS, WorkFolder, drop_older_checkpoints, latest_checkpoint, log_frame

LOG = log_frame({name: [0.5, 1.5] for name in LOG_COLUMNS})


def checkpoint(folder: Path, step: int, state: str | None = "{}") -> Path:
    path = folder / f"checkpoint-{step}"
    path.mkdir(parents=True)
    if state is not None:
        (path / "trainer_state.json").write_text(state)
    return path


def test_finished_training_is_read_back_and_its_trainer_state_is_gone(tmp_path: Path) -> None:
    work = WorkFolder(tmp_path / "fingerprint")
    checkpoint(work.trainer, 5)
    assert work.result() is None
    work.finish(lambda folder: (folder / "weights").touch(), LOG, {"training.loss": 0.1})
    result = work.result()
    assert result is not None
    assert result[0].equals(LOG)
    assert result[1] == {"training.loss": 0.1}
    assert (work.model / "weights").is_file()
    assert not work.trainer.exists()


def test_training_that_failed_to_save_is_not_complete(tmp_path: Path) -> None:
    work = WorkFolder(tmp_path)
    resumable = checkpoint(work.trainer, 5)

    def disk_full(folder: Path) -> None:
        raise OSError(ENOSPC, "No space left on device")

    with pytest.raises(LbtError, match=r"tuned model cannot be written to .*: .*No space left.* GB are free"):
        work.finish(disk_full, LOG, {})
    assert work.result() is None
    assert not work.model.exists()
    assert resumable.exists()
    work.finish(lambda folder: None, LOG, {})
    assert work.result() is not None


@pytest.mark.parametrize("state", [None, "", '{"global_step": 1'])
def test_half_written_checkpoint_is_skipped(tmp_path: Path, state: str | None) -> None:
    whole, cut_off = checkpoint(tmp_path, 9), checkpoint(tmp_path, 10, state)
    assert latest_checkpoint(tmp_path) == whole
    assert not cut_off.exists()


def test_only_the_newest_checkpoint_is_kept(tmp_path: Path) -> None:
    assert latest_checkpoint(tmp_path / "nothing yet") is None
    for step in (9, 100, 25):
        checkpoint(tmp_path, step)
    drop_older_checkpoints(tmp_path)
    assert [folder.name for folder in tmp_path.iterdir()] == ["checkpoint-100"]


def test_empty_log_has_the_columns_of_a_full_one() -> None:
    empty = log_frame({})
    assert empty.empty
    assert list(empty.columns) == list(LOG.columns) == list(LOG_COLUMNS)
    assert (empty.dtypes == LOG.dtypes).all()
