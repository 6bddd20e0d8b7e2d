"""How many programs a second `lbt.sandbox.programs` examines.

    python benchmarks/sandbox.py [FILE ...]    # HumanEval's JSONL; made-up problems of its form without one

Each job is a solution with its whole test. For the cold rate the start of the sandbox counts, for the warm
one it does not. The CPU milliseconds, of this process and the sandbox's, depend less on what else is run.
"""

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from results import Row, hand_over, options, result

from lbt.sandbox.programs import Examination, ProgramLimits, Sandbox, Test

RUNS = 3
MADE_UP = 300
_PROGRAM = """
from typing import List

def between(numbers: List[int], low: int, high: int) -> List[int]:
    return sorted({each for each in numbers if low <= each <= high})
"""
_TEST = """
def check(candidate):
    assert candidate([5, 3, 9, 3], 3, 5) == [3, 5]
    assert candidate([], 0, 1) == []
    assert candidate([7], 7, 7) == [7]
    for low in range(5):
        assert candidate(list(range(10)), low, low + 2) == [low, low + 1, low + 2]

check(between)
"""


def measure(files: Sequence[Path] = ()) -> list[Row]:
    """Rows for the results file."""
    jobs = [job for file in files for job in _jobs_of(file)] or [_made_up()] * MADE_UP
    command = " ".join(["python benchmarks/sandbox.py", *(file.name for file in files)])
    cold, warm, starts, costs = [], [], [], []
    for _ in range(RUNS):
        sandbox = Sandbox()
        began = time.monotonic()
        sandbox.containment()
        starts.append(1000 * (time.monotonic() - began))
        _examine(sandbox, jobs)
        cold.append(len(jobs) / (time.monotonic() - began))
        cpu, began = time.process_time() + _server_cpu(sandbox), time.monotonic()
        _examine(sandbox, jobs)
        warm.append(len(jobs) / (time.monotonic() - began))
        costs.append(1000 * (time.process_time() + _server_cpu(sandbox) - cpu) / len(jobs))
        sandbox.close()
    return [
        result("sandbox_programs_per_s_cold", cold, "1/s", len(jobs), command),
        result("sandbox_programs_per_s_warm", warm, "1/s", len(jobs), command),
        result("sandbox_cpu_ms_per_program", costs, "ms", len(jobs), command),
        result("sandbox_start_ms", starts, "ms", RUNS, command),
    ]


def _examine(sandbox: Sandbox, jobs: Sequence[Examination]) -> None:
    for examined in sandbox.examine(jobs, ProgramLimits()):
        assert all(each.passed for each in examined.results), examined


def _server_cpu(sandbox: Sandbox) -> float:
    """CPU seconds of the fork server and all that it forked, from /proc (fields 14 to 17 of stat)."""
    fields = Path(f"/proc/{sandbox.process_id()}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _made_up() -> Examination:
    return Examination(_PROGRAM, (Test(_TEST),), names=("between",))


def _jobs_of(file: Path) -> list[Examination]:
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from tests.sandbox.public_problems import human_eval

    return human_eval(file=file)


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    arguments = parser.parse_args()
    hand_over(measure(arguments.files), arguments.json)


if __name__ == "__main__":
    main()
