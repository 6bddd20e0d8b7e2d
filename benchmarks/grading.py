"""How many verdicts a second `lbt.grading` gives, and how many are right.

    python benchmarks/grading.py [FILE ...]        # speed on real files; on made-up answers without one
    python benchmarks/grading.py peers             # the cases of peers' own tests (tests/grading/peers)
    python benchmarks/grading.py prose FILE ...    # GSM8K solutions with "A: 18" for their mark, and without
    python benchmarks/grading.py labels FILE ...   # models' solutions that were published with labels

For speed, each file holds JSON lines with the fields gold_answer and completion (real outputs) or answer
(each then is boxed and graded against itself and against the row before it). For labels, each has the form of
grade-school-math's example_model_solutions.jsonl.
"""

import json
import os
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from results import Row, hand_over, options, result

from lbt.grading import Attempt, domain_named, grade_many
from lbt.grading.domains.math.comparison import comparison_pool, forget
from lbt.grading.settings import GradingSettings
from lbt.statistics import wilson_interval

RUNS = 3
MADE_UP = 6000
ROOT = Path(__file__).parents[1]


def measure(files: Sequence[Path] = ()) -> list[Row]:
    """Rows for the results file: first passes over the pairs by new workers, their start-up not counted.

    A second pass by the same workers would find its answers parsed already. The CPU seconds, of this process
    and the workers together, depend little on what else the machine does; the rate does.
    """
    attempts = [each for file in files for each in _attempts_of(file)] if files else _made_up(MADE_UP, seed=0)
    passes = [_first_pass(attempts) for _ in range(RUNS)]
    command = " ".join(["python benchmarks/grading.py", *(file.name for file in files)])
    rates = [len(attempts) / seconds for seconds, _ in passes]
    costs = [1000 * cpu / len(attempts) for _, cpu in passes]
    return [
        result("grading_verdicts_per_s", rates, "1/s", len(attempts), command),
        result("grading_cpu_ms_per_verdict", costs, "ms", len(attempts), command),
    ]


def measure_peers() -> list[Row]:
    """The share of peers' cases that get the verdict their own tests ask for, by origin and of all."""
    sys.path.insert(0, str(ROOT))
    from tests.grading.peers import ORIGINS

    command = "python benchmarks/grading.py peers"
    rows, agreed = [], []
    for origin, cases in ORIGINS.items():
        met = []
        for domain, gold, text, right in cases:
            graded = grade_many(domain_named(domain), [Attempt(gold, text)])[0]
            met.append((graded.verdict == "correct") == right)
        rows.append(result(f"grading_peers_{origin}", [sum(met) / len(met)], "share", len(met), command))
        agreed += met
    return [*rows, result("grading_peers", [sum(agreed) / len(agreed)], "share", len(agreed), command)]


def measure_prose(files: Sequence[Path]) -> list[Row]:
    """The share of GSM8K's own solutions that are right, with "A: " for their mark and without any."""
    command = " ".join(["python benchmarks/grading.py prose", *(file.name for file in files)])
    solutions = [row["answer"].rpartition("####") for file in files for row in _rows_of(file)]
    rows = []
    for name in ("number", "math"):
        for form, ending in (("marked_a", "\nA: {}"), ("unmarked", "")):
            attempts = [
                Attempt(gold.strip().replace(",", ""), body.rstrip() + ending.format(gold.strip()))
                for body, _, gold in solutions
            ]
            graded = grade_many(domain_named(name), attempts)
            share = sum(each.verdict == "correct" for each in graded) / len(graded)
            rows.append(result(f"grading_{form}_{name}", [share], "share", len(graded), command))
    return rows


def measure_labels(files: Sequence[Path]) -> list[Row]:
    """The share of published labels (right or wrong) that our verdicts equal; 95% Wilson intervals."""
    command = " ".join(["python benchmarks/grading.py labels", *(file.name for file in files)])
    labelled = [
        (Attempt(row["ground_truth"].rpartition("A:")[2].strip(), each["solution"]), each["is_correct"])
        for file in files
        for row in _rows_of(file)
        for each in row.values()
        if isinstance(each, dict)
    ]
    rows = []
    for name in ("number", "math"):
        graded = grade_many(domain_named(name), [attempt for attempt, _ in labelled])
        agreed = [
            (one.verdict == "correct") == label for one, (_, label) in zip(graded, labelled, strict=True)
        ]
        low, high = wilson_interval(sum(agreed), len(agreed), 0.95)
        row = result(f"grading_labels_{name}", [sum(agreed) / len(agreed)], "share", len(agreed), command)
        rows.append(row | {"low": low, "high": high})
    return rows


def _first_pass(attempts: Sequence[Attempt]) -> tuple[float, float]:
    """Elapsed and CPU seconds."""
    pool = comparison_pool(GradingSettings())
    forget()
    pool.close()
    pool.map([("x", "y")] * 100)
    cpu_before, began = time.process_time(), time.monotonic()
    workers_before = _worker_cpu()
    grade_many(domain_named("math"), attempts)
    elapsed = time.monotonic() - began
    return elapsed, time.process_time() - cpu_before + _worker_cpu() - workers_before


def _worker_cpu() -> float:
    """CPU seconds of the running workers, from /proc (fields 14 and 15 of stat)."""
    ticks = 0
    for process in comparison_pool(GradingSettings()).process_ids():
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _rows_of(file: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]


def _attempts_of(file: Path) -> list[Attempt]:
    rows = _rows_of(file)
    if "completion" in rows[0]:
        return [Attempt(row["gold_answer"], row["completion"]) for row in rows]
    texts = [f"We compute.\nSo $\\boxed{{{row['answer']}}}$." for row in rows]
    own = [Attempt(row["answer"], text) for row, text in zip(rows, texts, strict=True)]
    return own + [Attempt(row["answer"], text) for row, text in zip(rows[1:], texts, strict=False)]


def _made_up(count: int, seed: int) -> list[Attempt]:
    """Four in five answers are numbers, as in MATH; the others are expressions."""
    draw = random.Random(seed)
    attempts = []
    for _ in range(count):
        a, b = draw.randint(1, 999), draw.randint(2, 99)
        if draw.random() < 0.8:
            attempts.append(Attempt(f"{a}", f"We add.\n[[Final Answer]]:\n${a + draw.randint(0, 1)}$"))
        else:
            attempts.append(Attempt(f"{a}\\sqrt{{{b}}}+x", f"We add.\nThe answer is: $x + {a}\\sqrt{{{b}}}$"))
    return attempts


def main() -> None:
    parser = options(__doc__)
    parser.add_argument(
        "what", nargs="*", help="peers; prose or labels and files; or files to measure speed on"
    )
    arguments = parser.parse_args()
    what, *files = arguments.what or [""]
    if what == "peers":
        rows = measure_peers()
    elif what == "prose":
        rows = measure_prose([Path(file) for file in files])
    elif what == "labels":
        rows = measure_labels([Path(file) for file in files])
    else:
        rows = measure([Path(file) for file in arguments.what])
    hand_over(rows, arguments.json)


if __name__ == "__main__":
    main()
