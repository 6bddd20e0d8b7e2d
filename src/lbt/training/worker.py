"""One of the processes of a training. The run starts them; a launcher for several machines does it so:

    torchrun --nnodes 2 --nproc-per-node 8 --rdzv-backend c10d --rdzv-endpoint <host>:29500 \\
        -m lbt.training.worker <folder>

where `<folder>` is the one that a run with `training.launcher: outer` names.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from lbt.errors import SettingsError
from lbt.sandbox.confined.kernel import die_with_parent
from lbt.training.hand_over import read_job, terminal_of, write_result
from lbt.training.learning import train_lesson
from lbt.training.settings import shared_batch
from lbt.training.team import Team


def main() -> None:
    """Take part in the training of the folder that is named; then perhaps how many threads to use."""
    folder, *threads = sys.argv[1:]
    if threads:
        os.environ["OMP_NUM_THREADS"] = threads[0]  # read when torch is imported
        _leave_the_terminal_to_the_first(Path(folder))
    die_with_parent(signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the launcher tells what happened
    faulthandler.enable()

    from torch.distributed.elastic.multiprocessing.errors import record

    try:
        record(take_part)(Path(folder))
    except Exception:
        if not threads:
            raise
        print(file=sys.stderr, flush=True)  # what is told begins a line, not behind a progress bar
        os._exit(1)  # at once, without a word: it is recorded, and the run tells it


def _leave_the_terminal_to_the_first(folder: Path) -> None:
    rank = int(os.environ["RANK"])
    if rank:
        file = os.open(terminal_of(rank, folder), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for terminal in (1, 2):
            os.dup2(file, terminal)


def take_part(folder: Path) -> None:
    """What each process does, whoever started it."""
    job = read_job(folder)
    folder = folder.resolve()
    with suppress(FileNotFoundError):  # another machine may have the models and the data alone
        os.chdir(job.directory)
    training = job.lesson.training
    team = Team.of_launcher(training.settings.strategy)
    try:
        shared_batch(training.settings.batch_size, training.settings.gradient_accumulation, team.size)
    except ValueError as error:  # the launcher has started another number than the settings name
        raise SettingsError(f"{training.parameters}: {error}") from None
    if not team.leads:
        os.environ["TQDM_DISABLE"] = "1"  # one progress bar for all
    result = train_lesson(job.lesson, job.identity, job.work, team)
    if team.leads:
        write_result(folder, result)


if __name__ == "__main__":
    main()
