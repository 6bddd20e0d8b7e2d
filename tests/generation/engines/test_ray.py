"""A real Ray cluster of three simulated machines on this one, asked by a user in a process of its own."""

import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.generation.engines.ray_scripts import requests, scripted

from lbt.generation import GenerationStore, ModelSettings, generate

pytestmark = [pytest.mark.slow, pytest.mark.ray]

ROOT = Path(__file__).parents[3]
ENVIRONMENT = os.environ | {
    "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}",
    "OMP_NUM_THREADS": "1",
    "RAY_USAGE_STATS_ENABLED": "0",
}
KILLS = 20 if os.environ.get("LBT_EVERY_KILL") else 9
Rows = list[tuple[str, int, str]]


class Machines:
    """A head, and machines of one CPU that come and go."""

    def __init__(self) -> None:
        from ray.cluster_utils import Cluster

        os.environ.update(ENVIRONMENT)  # what Ray starts inherits it
        self._cluster = Cluster()
        self._patiently(num_cpus=0, include_dashboard=False)
        self.address: str = self._cluster.address
        self._machines = [self._machine() for _ in range(3)]

    def lose_one(self, number: int) -> None:
        """A machine goes without a word, and soon another comes in its place."""
        self._cluster.remove_node(self._machines.pop(number), allow_graceful=False)
        self._machines.append(self._machine())

    def _machine(self) -> Any:
        return self._patiently(num_cpus=1)

    def _patiently(self, **machine: Any) -> Any:
        """Ray gives a machine half a minute to start, which may be too little on a busy one."""
        for tries_left in (4, 3, 2, 1, 0):
            try:
                return self._cluster.add_node(
                    object_store_memory=80_000_000, include_log_monitor=False, **machine
                )
            except Exception as error:
                if not tries_left or "timed out during startup" not in str(error):
                    raise
        raise AssertionError

    def shutdown(self) -> None:
        self._cluster.shutdown()


@pytest.fixture(scope="module")
def machines() -> Iterator[Machines]:
    before = dict(os.environ)
    started = Machines()
    try:
        yield started
    finally:
        started.shutdown()
        os.environ.clear()
        os.environ.update(before)


class User:
    """A process that asks, and can be killed."""

    def __init__(self, address: str | None = None, **variables: str) -> None:
        command = [sys.executable, "-m", "tests.generation.engines.ray_user", *([address] if address else [])]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=ENVIRONMENT | variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ask(self, model: ModelSettings, store: Path, count: int, **order: Any) -> None:
        assert self.process.stdin is not None
        line = {"model": model.model_dump(mode="json"), "store": str(store), "count": count, **order}
        print(json.dumps(line), file=self.process.stdin, flush=True)

    def answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            assert self.process.stderr is not None
            raise AssertionError(self.process.stderr.read())
        answer: dict[str, Any] = json.loads(line)
        return answer

    def end(self) -> str:
        """Its standard output and error after the last answer."""
        return "".join(self.process.communicate(timeout=120))


@contextmanager
def asking(address: str | None = None, **variables: str) -> Iterator[User]:
    user = User(address, **variables)
    try:
        yield user
    finally:
        user.process.kill()
        user.process.communicate()


@pytest.fixture(scope="module")
def user(machines: Machines) -> Iterator[User]:
    """For all who need not read what it prints; to start one takes as long as many answers."""
    with asking(machines.address) as started:
        yield started


def rows(path: Path) -> Rows:
    with GenerationStore(path) as store:
        found = store.connection.execute("SELECT key, sample_index, text FROM generations ORDER BY 1, 2")
        return list(found.fetchall())


def here(model: ModelSettings, path: Path, count: int) -> Rows:
    with GenerationStore(path) as store:
        generate(model, requests(count), store, "exams")
    return rows(path)


def wait_for(there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 180
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def stored(path: Path) -> int:
    with GenerationStore(path) as store:
        return store.count()


def test_a_request_that_kills_its_actors_fails_alone(machines: Machines, tmp_path: Path) -> None:
    model = scripted("deadly").model_copy(update={"max_failed_fraction": 0.05})
    with asking(machines.address) as user:
        path = tmp_path / "store.sqlite"
        user.ask(model, path, 60, poison=[17], ray={"actors": [1, 3], "prompts": 8})
        assert user.answer() == {"new": 59, "reused": 0, "failed": 1}
        assert "an actor died of it, 3 times or more" in user.end()
    assert len(rows(path)) == 59


def test_more_than_the_error_budget_ends_the_run(user: User, tmp_path: Path) -> None:
    user.ask(scripted("deadly"), tmp_path / "store.sqlite", 20, poison=[3], ray={"tries": 1})
    assert "more than this model's max_failed_fraction" in user.answer()["error"]


@pytest.mark.parametrize(
    ("ray", "wrong"),
    [
        ({"gpus": 1}, "room for 0: .* has 1 CPU"),
        ({"cpus": 2}, "asks for at least 1 with 2 CPU each"),
        ({"actors": 4}, "asks for at least 4 with 1 CPU each, and the Ray cluster has room for 3"),
        ({"resources": {"a100": 1}}, "at least 1 with 1 CPU and 1 a100 each"),
    ],
)
def test_a_cluster_that_is_too_small_says_what_it_has(
    user: User, tmp_path: Path, ray: dict[str, Any], wrong: str
) -> None:
    user.ask(scripted("slow"), tmp_path / "store.sqlite", 5, ray=ray | {"wait_s": 0})
    error = user.answer()["error"]
    assert re.search(wrong, error), error
    assert "Ask for fewer actors or less for each" in error


def test_a_model_that_no_machine_can_read_is_refused_before_anything_is_asked(
    user: User, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text("not an answer")
    user.ask(ModelSettings(engine="scripted", path=str(broken)), tmp_path / "s.sqlite", 5)
    error = user.answer()["error"]
    assert "no actor can open the model on the machine" in error
    assert "is not an answer" in error


def test_another_version_of_ray_is_named_with_both(machines: Machines) -> None:
    code = (
        "import ray; ray.__version__ = '2.59.0'\n"
        f"from lbt.cluster import connect; connect({machines.address!r}, 'models.teacher')"
    )
    done = subprocess.run([sys.executable, "-c", code], env=ENVIRONMENT, capture_output=True, text=True)
    assert "has another version of Ray or Python than this process, which has Ray 2.59.0" in done.stderr
    assert "2.60.0" in done.stderr


def test_no_cluster_at_the_address_is_said_at_once(tmp_path: Path) -> None:
    for address in ("127.0.0.1:1", "ray://127.0.0.1:1"):
        with asking(address) as user:
            user.ask(scripted("slow"), tmp_path / "store.sqlite", 5)
            assert f"there is no Ray cluster at the address {address}" in user.answer()["error"]


@contextmanager
def head(home: Path) -> Iterator[tuple[str, str]]:
    """A cluster as a user starts it, which asks for the token in that home folder; its two addresses."""
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        port, client_port = one.getsockname()[1], other.getsockname()[1]
    home.mkdir()
    ray = str(Path(sys.executable).parent / "ray")
    variables = ENVIRONMENT | {"HOME": str(home), "RAY_AUTH_MODE": "token"}
    subprocess.run([ray, "get-auth-token", "--generate"], env=variables, capture_output=True, check=True)
    options = [f"--port={port}", f"--ray-client-server-port={client_port}", "--num-cpus=2"]
    small = ["--include-dashboard=false", "--object-store-memory=80000000"]
    started = subprocess.Popen(
        [ray, "start", "--head", "--block", *options, *small],
        env=variables,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: listens(port) and listens(client_port))
        yield f"127.0.0.1:{port}", f"ray://127.0.0.1:{client_port}"
    finally:
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()


def listens(port: int) -> bool:
    with socket.socket() as there:
        return there.connect_ex(("127.0.0.1", port)) == 0


def test_a_cluster_with_a_token_answers_at_both_addresses_who_has_it_and_tells_others_what_to_set(
    tmp_path: Path,
) -> None:
    model, count = scripted("slow"), 20
    expected = here(model, tmp_path / "here.sqlite", count)
    (tmp_path / "another").mkdir()
    with (
        head(tmp_path / "home") as addresses,
        asking(addresses[0], HOME=str(tmp_path / "another")) as stranger,
    ):
        stranger.ask(model, tmp_path / "never.sqlite", count)  # is refused after 20 s
        for number, address in enumerate(addresses):
            path = tmp_path / f"{number}.sqlite"
            with asking(address, HOME=str(tmp_path / "home"), RAY_AUTH_MODE="token") as user:
                user.ask(model, path, count)
                assert "error" not in user.answer()
            assert rows(path) == expected
        assert "set RAY_AUTH_MODE=token and copy ~/.ray/auth_token" in stranger.answer()["error"]


def test_actors_that_are_killed_for_memory_are_told_so(tmp_path: Path) -> None:
    limits = {"RAY_memory_usage_threshold": "0.001", "RAY_memory_monitor_refresh_ms": "100"}
    with asking(**limits) as user:
        user.ask(scripted("slow"), tmp_path / "store.sqlite", 2000, ray={"actors": 1, "tries": 1})
        error = user.answer()["error"]
    assert "its machine ran out of memory; give each actor a larger share of a machine (ray.cpus)" in error


def actors() -> list[int]:
    """The process ids of the cluster's actors, which are this user's."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "cmdline").read_bytes().startswith(b"ray::Worker"):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def test_machines_actors_and_the_driver_die_in_turn_and_every_request_is_answered_once(
    machines: Machines, tmp_path: Path
) -> None:
    model, count = scripted("slow"), 400
    expected = here(model, tmp_path / "here.sqlite", count)
    happened: set[str] = set()
    user = User(machines.address)
    try:
        for seed in range(KILLS):
            source = random.Random(seed)
            path = tmp_path / f"{seed}.sqlite"
            what = ("machine", "actor", "driver")[seed % 3]
            order = {"ray": {"actors": [1, 3], "prompts": 16, "ahead": 2, "tries": 10}}
            user.ask(model, path, count, **order)
            least = source.randint(1, count // 2)
            wait_for(lambda path=path, least=least: stored(path) >= least)
            if what == "machine":
                machines.lose_one(source.randrange(3))
            elif what == "actor":
                os.kill(source.choice(actors()), signal.SIGKILL)
            else:
                user.process.kill()
                user.process.communicate()
                before = stored(path)
                user = User(machines.address)
                user.ask(model, path, count, **order)
                happened |= {"resumed"} if before < count else set()
            answer = user.answer()
            assert answer["failed"] == 0
            assert answer["new"] + answer["reused"] == count
            assert answer["reused"] == (before if what == "driver" else 0)
            assert rows(path) == expected, (seed, what)
            happened.add(what)
    finally:
        user.process.kill()
        user.process.communicate()
    assert happened == {"machine", "actor", "driver", "resumed"}
