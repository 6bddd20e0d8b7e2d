"""Hostile programs do no harm in the sandbox, and each does without it."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.sandbox.attacks import ATTACKS, ESSENTIAL
from tests.sandbox.attacks.attack import Attack, Outcome, World, world_in
from tests.sandbox.attacks.naive import own_processes_of, run_plainly

from lbt.sandbox.programs import Examination, Expression, ProgramLimits, Run, Sandbox, Test

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox needs Linux")
LIMITS = ProgramLimits(cpu_s=0.5, wall_s=60.0, memory_mb=256, late_items=1)
GOOD = Examination("def f(x): return 2 * x", (Test("assert f(2) == 4"), Expression("f(3)")), names=("f",))

# What this machine lets nobody do; elsewhere it may work.
MAY_BE_MISSING = {
    "MPTCP",
    "TCP Fast Open",
    "vsock",
    "io_uring",
    "userfaultfd",
    "bpf",
    "performance counters",
    "keys",
    "the system calls of i386",
    "a namespace of its own",
    "memory through /proc",
    "memory by process_vm_readv",
    "ptrace",
    "a file of another process",
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """With a secret in the environment of the process that starts it."""
    sandbox = Sandbox()
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_in(tmp_path_factory.mktemp("world")) as world:
        os.environ["TOKEN"] = world.token
        yield world
        del os.environ["TOKEN"]


def run_confined(sandbox: Sandbox, attack: Attack, world: World) -> Outcome:
    item = attack.item
    if not isinstance(item, Run):
        item = type(item)(world.fill(item.code))
    job = Examination(world.fill(attack.program), (item,), names=attack.names)
    sandbox.containment()
    server = sandbox.process_id()
    began = time.monotonic()
    (examined,) = sandbox.examine([job], LIMITS)
    seconds = time.monotonic() - began
    (result,) = examined.results
    said = f"{result.value} {result.error} {examined.program_error}"
    alive = sandbox.process_id() == server and Path(f"/proc/{server}").exists()
    return Outcome(bool(result.passed), said, seconds, harness_alive=alive)


@pytest.mark.parametrize(
    "attack",
    [pytest.param(each, marks=() if each in ESSENTIAL else pytest.mark.slow) for each in ATTACKS],
    ids=lambda attack: attack.name,
)
def test_a_hostile_program_does_no_harm(sandbox: Sandbox, world: World, attack: Attack) -> None:
    outcome = run_confined(sandbox, attack, world)
    assert not attack.harm(world, outcome)
    assert not world.survivors()
    assert not world.canary.exists()
    assert world.victim_alive()
    assert own_processes_of(sandbox.process_id()) == []


def test_after_all_of_them_a_good_program_passes(sandbox: Sandbox) -> None:
    (examined,) = sandbox.examine([GOOD], LIMITS)
    assert [(result.passed, result.value) for result in examined.results] == [(True, None), (None, "6")]


@pytest.mark.slow
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_without_the_sandbox_it_does(tmp_path: Path, attack: Attack) -> None:
    with world_in(tmp_path) as world:
        outcome = run_plainly(attack, world)
        harmed = attack.harm(world, outcome)
    if not harmed and attack.name in MAY_BE_MISSING:
        pytest.skip(f"this machine does not offer it to anyone: {outcome}")
    assert harmed, outcome


@pytest.mark.slow
def test_the_filter_alone_is_enough(world: World) -> None:
    """As on kernels before 5.13, which have no Landlock."""
    sandbox = Sandbox(layers=("seccomp",))
    assert sandbox.containment() == "seccomp, limits"
    harmful = [each.name for each in ATTACKS if each.harm(world, run_confined(sandbox, each, world))]
    sandbox.close()
    assert not harmful
    assert not world.survivors()


def test_there_are_more_than_forty_attacks() -> None:
    assert len({attack.name for attack in ATTACKS}) > 40
