"""The way without a sandbox: program and test in one process, whose word or exit code is the verdict."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.sandbox.attacks.attack import Attack, Outcome, World

from lbt.sandbox.programs import Run, Test

_LIMIT_S = 5.0
_HARNESS = """
import json, os, sys

def report(**fields):
    os.write(verdict, json.dumps(fields).encode() + b"\\n")

program, kind, code, verdict = json.loads(sys.argv[1])
namespace = {"__name__": "program"}
exec(program, namespace)
try:
    if kind == "test":
        exec(code, namespace)
        report(passed=True)
    else:
        report(passed=False, value=repr(eval(code, namespace)))
except Exception as error:
    report(passed=False, value=repr(error))
    sys.exit(1)
"""
_GUARD = """
import subprocess, sys
sys.exit(subprocess.run([sys.executable, *sys.argv[2:]], pass_fds=[int(sys.argv[1])]).returncode)
"""


def run_plainly(attack: Attack, world: World) -> Outcome:
    """The attack without any sandbox."""
    program = world.fill(attack.program)
    if isinstance(attack.item, Run):
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
        return Outcome(False, done.stdout, 0.0)
    kind = "test" if isinstance(attack.item, Test) else "expression"
    reading, writing = os.pipe()
    work = json.dumps([program, kind, world.fill(attack.item.code), writing])
    began = time.monotonic()
    guard = subprocess.Popen(
        [sys.executable, "-c", _GUARD, str(writing), "-c", _HARNESS, work],
        pass_fds=[writing],
        cwd=world.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"PATH": "/usr/bin:/bin", "TOKEN": world.token, "HOME": str(world.folder)},
        start_new_session=True,
    )
    os.close(writing)
    try:
        code = guard.wait(_LIMIT_S)
    except subprocess.TimeoutExpired:
        os.killpg(guard.pid, 9)
        code = guard.wait()
    seconds = time.monotonic() - began
    os.set_blocking(reading, False)
    try:
        said = os.read(reading, 1 << 24)
    except BlockingIOError:  # a survivor holds the other end
        said = b""
    os.close(reading)
    lines = said.decode(errors="replace").splitlines()
    verdict = _parsed(lines[0]) if lines else {"passed": code == 0}
    return Outcome(bool(verdict.get("passed")), str(verdict.get("value")), seconds, harness_alive=code != -9)


def _parsed(line: str) -> dict[str, object]:
    try:
        return dict(json.loads(line))
    except ValueError:
        return {"value": line}


def own_processes_of(server: int) -> list[int]:
    """The children of a fork server that still run."""
    text = Path(f"/proc/{server}/task/{server}/children").read_text()
    return [int(number) for number in text.split()]
