"""What breaks for real while a store is in use: the disk, the process, the file, the clock."""

import json
import random
import sqlite3
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lbt.errors import LbtError
from lbt.generation import Completion, GenerationStore, Origin
from lbt.generation.store.overview import overview, prune

pytestmark = pytest.mark.slow

ORIGIN = Origin("identity", "models/tiny", "transformers", "5.0", "teaching")

COMMON = """
import json, os, resource, sqlite3, sys, time
from itertools import count
from pathlib import Path
from lbt.errors import LbtError
from lbt.generation import Completion, GenerationStore, Origin
ORIGIN = Origin("identity", "models/tiny", "transformers", "5.0", "teaching")
def batch(number):
    completions = [Completion(f"{number}-{index} " * 40, "stop", 1, 1) for index in range(20)]
    return [(f"{number:08d}", index, completion) for index, completion in enumerate(completions)]
"""


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", COMMON + code, *map(str, arguments)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def go_on(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def is_sound(path: Path) -> bool:
    connection = sqlite3.connect(path)
    answer = connection.execute("PRAGMA integrity_check").fetchall()
    connection.close()
    return answer == [("ok",)]


FILL = """
path, limit = Path(sys.argv[1]) / "s.sqlite", int(sys.argv[2])
ballast = path.with_name("ballast")
ballast.write_bytes(bytes(1_000_000))
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
confirmed = 0
try:
    with GenerationStore(path) as store, store.writing("filling the disk"):
        for number in count():
            store.put(batch(number), ORIGIN)
            confirmed = number + 1
except LbtError as error:
    written = str(error)
try:
    with GenerationStore(path.with_name("other.sqlite")) as store:
        for number in count():
            store.put(batch(number), ORIGIN)
except LbtError as error:
    new = str(error)
ballast.unlink()
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
with GenerationStore(path) as store, store.writing("going on"):
    kept = store.get(f"{number:08d}" for number in range(confirmed))
    rows = [row for number in range(confirmed) for row in batch(number)]
    whole = all(kept[key][index] == completion for key, index, completion in rows)
    number_of_rows = store.count()
    sound = store.connection.execute("PRAGMA integrity_check").fetchone()[0]
    more = sum(store.put(batch(number), ORIGIN) for number in range(confirmed, confirmed + 20))
seen = dict(written=written, new=new, confirmed=confirmed, whole=whole, rows=number_of_rows)
print(json.dumps(seen | dict(sound=sound, more=more)))
"""
MOUNT = 'mount -t tmpfs -o size=3m tmpfs "$1" && exec "$2" -c "$3" "$1" 0'


NEW_SPACE = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]


def can_mount() -> bool:
    """Whether this user may mount a file system, seen by the mounting process alone."""
    try:
        return not subprocess.run([*NEW_SPACE, "mount -t tmpfs tmpfs /tmp"], capture_output=True).returncode
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("way", ["limit", "disk"] if can_mount() else ["limit"])
def test_a_full_disk_loses_nothing_that_was_put(way: str, tmp_path: Path) -> None:
    limited = [sys.executable, "-c", COMMON + FILL, str(tmp_path), "2000000"]
    full = [*NEW_SPACE, MOUNT, "sh", str(tmp_path), sys.executable, COMMON + FILL]
    done = subprocess.run(limited if way == "limit" else full, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    assert seen["written"].startswith("20 generations could not be written into the generation store")
    assert ("disk I/O error" if way == "limit" else "database or disk is full") in seen["written"]
    assert "What is stored is safe: " in seen["written"]
    assert "run again to continue" in seen["written"]
    assert "/other.sqlite: " in seen["new"]
    assert seen["confirmed"] > 10
    assert seen["whole"]
    assert seen["rows"] == 20 * seen["confirmed"]
    assert seen["sound"] == "ok"
    assert seen["more"] == 20 * 20


PUT = """
print("ready", flush=True)
with GenerationStore(sys.argv[1]) as store, store.writing("putting"):
    for number in count(int(sys.argv[2])):
        store.put(batch(number), ORIGIN)
        print(number, flush=True)
"""


def test_twenty_kills_lose_nothing_that_was_put_and_double_nothing(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "s.sqlite"
    source = random.Random()
    confirmed = 0
    for kill in range(20):
        with start(PUT, path, max(0, confirmed - 3)) as process:
            assert said(process) == "ready"
            assert process.stdout is not None
            time.sleep(source.uniform(0, 0.01 if kill < 4 else 0.15))  # the first ones while the file is made
            process.kill()
            numbers = [int(line) for line in process.stdout if line.endswith("\n")]
        confirmed = max([confirmed, *(number + 1 for number in numbers)])
        if path.exists():
            assert is_sound(path)
        with GenerationStore(path) as store:
            assert store.count() in (20 * confirmed, 20 * (confirmed + 1))  # put, but not yet said so
            keys = [f"{number:08d}" for number in range(confirmed)]
            assert store.indices(keys) == {key: set(range(20)) for key in keys}
    assert confirmed > 20
    with GenerationStore(path) as store:
        for key, samples in store.get(keys).items():
            assert [samples[index].text for index in range(20)] == [
                f"{int(key)}-{i} " * 40 for i in range(20)
            ]


READ = """
print("ready", flush=True)
sys.stdin.readline()
seen, end = 0, time.monotonic() + 0.5
with GenerationStore(sys.argv[1]) as store:
    while time.monotonic() < end or seen == 0:
        rows = store.count()
        assert rows >= seen and rows % 20 == 0, (rows, seen)
        seen = rows
        if rows:
            newest = store.get([f"{rows // 20 - 1:08d}"])
            assert len(newest[f"{rows // 20 - 1:08d}"]) == 20
print(seen, flush=True)
"""


def test_two_processes_read_whole_batches_while_one_writes(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with start(READ, path) as one, start(READ, path) as two, start(PUT, path, 0) as writer:
        assert [said(process) for process in (one, two, writer)] == ["ready"] * 3
        seen = [process.communicate("\n") for process in (one, two)]
        writer.kill()
        assert writer.stdout is not None
        confirmed = len(writer.stdout.readlines())
    assert [error for _, error in seen] == ["", ""]
    assert all(0 < int(rows) <= 20 * (confirmed + 1) for rows, _ in seen)
    assert is_sound(path)


BEGIN = """
print("ready", flush=True)
sys.stdin.readline()
with GenerationStore(sys.argv[1]) as store:
    store.put(batch(int(sys.argv[2])), ORIGIN)
"""


def test_processes_that_make_the_same_store_at_once_all_succeed(tmp_path: Path) -> None:
    processes = [start(BEGIN, tmp_path / "new" / "s.sqlite", number) for number in range(4)]
    assert [said(process) for process in processes] == ["ready"] * 4
    for process in processes:
        go_on(process)
    assert [process.communicate()[1] for process in processes] == [""] * 4
    with GenerationStore(tmp_path / "new" / "s.sqlite") as store:
        assert store.count() == 80


START = """
print("ready", flush=True)
sys.stdin.readline()
try:
    with GenerationStore(sys.argv[1]) as store, store.writing("exams"):
        for number in range(100):
            store.put(batch(number), ORIGIN)
        print("wrote", flush=True)
        sys.stdin.readline()
except LbtError as error:
    print(error, flush=True)
"""


def test_of_two_runs_that_start_on_a_store_one_writes_and_the_other_is_told(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with start(START, path) as one, start(START, path) as two:
        assert [said(one), said(two)] == ["ready", "ready"]
        for process in (one, two):
            go_on(process)
        refused, wrote = sorted([said(one), said(two)])
        for process in (one, two):
            process.communicate("\n")
    assert wrote == "wrote"
    assert "(exams, since 20" in refused
    assert "is writing into the generation store" in refused
    assert is_sound(path)
    with GenerationStore(path) as store:
        assert store.count() == 2000


JUMP = """
true_time = time.time
for number, years in enumerate([0, 1, -1, 0, -1, 1]):
    time.time = lambda: true_time() + years * 365 * 86400
    with GenerationStore(sys.argv[1]) as store, store.writing("jumping"):
        store.put(batch(number), ORIGIN)
"""


def test_a_clock_that_jumps_by_years_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    assert start(JUMP, path).communicate()[1] == ""
    with GenerationStore(path) as store:
        keys = [f"{number:08d}" for number in range(6)]
        assert store.indices(keys) == {key: set(range(20)) for key in keys}
        table = overview(store, ("label",))
        assert table["rows"].tolist() == [120]
        assert 725 < (table["last"] - table["first"]).dt.days[0] < 735
        assert overview(store, ("date",))["rows"].tolist() == [40, 40, 40]
        # what seems to come from the future is not old
        assert prune(store, older_than=timedelta(days=30)) == 40
        assert store.count() == 80


def filled(path: Path) -> Path:
    with GenerationStore(path) as store:
        for number in range(40):
            rows = [(f"{number:08d}", index, Completion("text " * 60, "stop", 1, 1)) for index in range(20)]
            store.put(rows, ORIGIN)
    return path


@pytest.mark.parametrize("share", [0.9, 0.5, 0.01])
def test_a_truncated_file_is_refused_and_left_alone(tmp_path: Path, share: float) -> None:
    path = filled(tmp_path / "s.sqlite")
    content = path.read_bytes()[: int(path.stat().st_size * share)]
    path.write_bytes(content)
    with (
        pytest.raises(
            LbtError, match=r"store cannot be .*s\.sqlite: .*It is damaged .* move it away .*backup"
        ),
        GenerationStore(path) as store,
    ):
        store.get(f"{number:08d}" for number in range(40))
    assert path.read_bytes() == content


def test_garbage_in_the_middle_of_a_file_is_named_when_it_is_met(tmp_path: Path) -> None:
    path = filled(tmp_path / "s.sqlite")
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(random.Random(0).randbytes(path.stat().st_size - 4096))
    with GenerationStore(path) as store:
        for use in (lambda: store.get(["00000001"]), lambda: store.indices(["00000001"]), store.count):
            with pytest.raises(LbtError, match=r"cannot be read: .*s\.sqlite: .*It is damaged"):
                use()
        with pytest.raises(LbtError, match=r"could not be written .*It is damaged"):
            store.put([("a", 0, Completion("", "stop", 1, 1))], ORIGIN)
        with pytest.raises(LbtError, match=r"cannot be read: .*It is damaged"):
            overview(store)


@pytest.mark.parametrize("content", [b"not a database, but long enough to be taken for one" * 100, b"short"])
def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "text.sqlite"
    path.write_bytes(content)
    with pytest.raises(LbtError, match=r"cannot be opened: .*text\.sqlite: .* move it away"):
        GenerationStore(path).count()
    assert path.read_bytes() == content


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(LbtError, match=r"cannot be opened: .*unable to open database file.*LBT_DATA"):
        GenerationStore(tmp_path).count()
