"""Verdicts a second of `lbt.grading` on ordinary answers: `python benchmarks/grading.py [FILE ...]`.

Each file holds JSON lines with the fields gold_answer and completion (real outputs) or answer (each then is
boxed and graded against itself and against the row before it). Without a file, answers are made up.
"""

import json
import os
import random
import time
from collections.abc import Sequence
from pathlib import Path

from lbt.grading.pool import shared_pool
from results import Row, hand_over, options, result

from lbt.grading.many import _remembered, grade_many

RUNS = 3
MADE_UP = 6000


def measure(files: Sequence[Path] = ()) -> list[Row]:
    """Rows for the results file: first passes over the pairs by new workers, their start-up not counted.

    A second pass by the same workers would find its answers parsed already. The CPU seconds, of this process
    and the workers together, depend little on what else the machine does; the rate does.
    """
    pairs = [pair for file in files for pair in _pairs_of(file)] if files else _made_up(MADE_UP, seed=0)
    passes = [_first_pass(pairs) for _ in range(RUNS)]
    command = " ".join(["python benchmarks/grading.py", *(file.name for file in files)])
    rates = [len(pairs) / seconds for seconds, _ in passes]
    costs = [1000 * cpu / len(pairs) for _, cpu in passes]
    return [
        result("grading_verdicts_per_s", rates, "1/s", len(pairs), command),
        result("grading_cpu_ms_per_verdict", costs, "ms", len(pairs), command),
    ]


def _first_pass(pairs: Sequence[tuple[str, str]]) -> tuple[float, float]:
    """Elapsed and CPU seconds."""
    _remembered.clear()
    shared_pool().close()
    grade_many("math", [(f"x+{number}", rf"\boxed{{{number}+x}}") for number in range(100)])
    cpu_before, began = _own_cpu(), time.monotonic()
    workers_before = _worker_cpu()
    grade_many("math", pairs)
    elapsed = time.monotonic() - began
    return elapsed, _own_cpu() - cpu_before + _worker_cpu() - workers_before


def _own_cpu() -> float:
    return time.process_time()


def _worker_cpu() -> float:
    """CPU seconds of the running workers, from /proc (fields 14 and 15 of stat)."""
    ticks = 0
    for worker in shared_pool()._running:
        fields = Path(f"/proc/{worker.process.pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _pairs_of(file: Path) -> list[tuple[str, str]]:
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]
    if "completion" in rows[0]:
        return [(row["gold_answer"], row["completion"]) for row in rows]
    texts = [f"We compute.\nSo $\\boxed{{{row['answer']}}}$." for row in rows]
    own = [(row["answer"], text) for row, text in zip(rows, texts, strict=True)]
    return own + [(row["answer"], text) for row, text in zip(rows[1:], texts, strict=False)]


def _made_up(count: int, seed: int) -> list[tuple[str, str]]:
    """Four in five answers are numbers, as in MATH; the others need the slow comparison."""
    draw = random.Random(seed)
    pairs = []
    for _ in range(count):
        a, b = draw.randint(1, 999), draw.randint(2, 99)
        if draw.random() < 0.8:
            pairs.append((f"{a}", f"We add.\n[[Final Answer]]:\n${a + draw.randint(0, 1)}$"))
        else:
            pairs.append((f"{a}\\sqrt{{{b}}}+x", f"We add.\nThe answer is: $x + {a}\\sqrt{{{b}}}$"))
    return pairs


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="real problems or outputs; made-up ones if none")
    arguments = parser.parse_args()
    hand_over(measure(arguments.files), arguments.json)


if __name__ == "__main__":
    main()
