"""Who may write into a store: real processes and threads."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lbt.errors import LbtError
from lbt.generation import Completion, GenerationStore, Origin

pytestmark = pytest.mark.slow

ORIGIN = Origin("identity", "models/tiny", "transformers", "5.0", "teaching")

HOLDER = """
import os, sys, time
from lbt.generation import GenerationStore
with GenerationStore(sys.argv[1]).writing("exams of student-1"):
    child = os.fork()
    if child == 0:
        print(os.getpid(), flush=True)  # by now it has given up what it inherited of the lock
        time.sleep(60)
        os._exit(0)
    sys.stdin.readline()
print("left", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "generations.sqlite"


@pytest.fixture
def holder(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that writes, with a forked one of its own; both end with the test."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    child = int(process.stdout.readline())
    with process:
        yield process
        process.kill()
        os.kill(child, signal.SIGKILL)


def test_a_second_writer_is_told_who_writes_and_what_to_do(path: Path, holder: subprocess.Popen[str]) -> None:
    message = (
        rf"Process {holder.pid} on \S+ \(exams of student-1, since 20\d\d-.*\) is writing into .*sqlite\. "
        r"Several runs may read .* only one may write\. Wait until that run has ended.* LBT_DATA"
    )
    with pytest.raises(LbtError, match=message), GenerationStore(path).writing("teaching"):
        pass
    with GenerationStore(path) as store:
        assert store.get(["a"]) == {}


def test_a_writer_that_is_done_lets_the_next_one_in(path: Path, holder: subprocess.Popen[str]) -> None:
    assert holder.stdin is not None
    assert holder.stdout is not None
    holder.stdin.write("\n")
    holder.stdin.flush()
    assert holder.stdout.readline() == "left\n"
    with GenerationStore(path).writing("teaching"):
        pass


def test_a_killed_writer_leaves_no_lock_also_where_a_child_of_it_lives_on(
    path: Path, holder: subprocess.Popen[str]
) -> None:
    holder.kill()
    holder.wait()
    with GenerationStore(path).writing("teaching"):
        pass


def taken_elsewhere(path: Path) -> str | None:
    """What another process is told when it wants to write."""
    code = (
        "import sys; from lbt.generation import GenerationStore as S; S(sys.argv[1]).writing('x').__enter__()"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True)
    return done.stderr if done.returncode else None


def test_blocks_may_be_nested_and_the_outermost_frees(path: Path) -> None:
    with GenerationStore(path).writing("run"):
        with GenerationStore(path).writing("exams"):
            assert "(run and exams, since" in (taken_elsewhere(path) or "")
        assert "(run, since" in (taken_elsewhere(path) or "")
    assert taken_elsewhere(path) is None


def test_a_link_to_a_store_is_that_store(path: Path, tmp_path: Path) -> None:
    with GenerationStore(path) as store, store.writing("run"):
        store.count()
        (tmp_path / "link.sqlite").symlink_to(path)
        assert "(run, since" in (taken_elsewhere(tmp_path / "link.sqlite") or "")


def test_threads_of_a_process_write_at_the_same_time(path: Path) -> None:
    together = threading.Barrier(2, timeout=20)
    errors: list[BaseException] = []

    def student(name: str) -> None:
        try:
            with GenerationStore(path) as store, store.writing(name):
                together.wait()
                for number in range(50):
                    store.put([(name, number, Completion("text", "stop", 1, 1))], ORIGIN)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=student, args=(name,)) for name in ("student-1", "student-2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    with GenerationStore(path) as store:
        assert store.count() == 100
    assert taken_elsewhere(path) is None


def test_an_error_in_the_block_frees_the_lock(path: Path) -> None:
    with pytest.raises(ZeroDivisionError), GenerationStore(path).writing("run"):
        _ = 1 / 0
    assert taken_elsewhere(path) is None


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(LbtError, match=r"file/s\.sqlite cannot be locked for writing: .*LBT_DATA"),
        GenerationStore(tmp_path / "file" / "s.sqlite").writing("run"),
    ):
        pass
