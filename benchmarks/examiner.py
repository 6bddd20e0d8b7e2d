"""How many exam answers the adaptive examiner saves for M1, on the default pocket workload.

    python benchmarks/examiner.py

The full exams of 256 rationales for each teaching problem are generated once into a store in the folder, and
the examiner is run over their recorded answers; 16 and 64 rationales are the first of the same samples.
Shares are of the full exams of the same distinct demos, with 95% intervals that resample teaching problems.
"""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from results import Row, hand_over, options
from workload import ROOT, STUDENT, Workload, model

from lbt import tables
from lbt.generation import GenerationStore
from lbt.grading import COUNTED
from lbt.search import SearchSettings
from lbt.search.examiner import ExactExaminer, Examined, RacingExaminer
from lbt.search.selection import ExamRule, exam_score, select
from lbt.statistics import wilson_interval

RATIONALES = (16, 64, 256)
RULES: tuple[ExamRule, ...] = ("sum", "max")
COMMAND = "python benchmarks/examiner.py"

Outcomes = dict[str, list[bool | None]]
"""The full exam of every demo, repeats after each other; None for a failed generation."""


def full_exams(folder: Path, rationales: int) -> tuple[pd.DataFrame, Outcomes, int]:
    """The rationales, the full exam of each distinct demo, and the questions of one exam."""
    workload = Workload(folder, rationales)
    tasks = workload.papers.tasks(STUDENT, workload.papers.of_demos())
    with GenerationStore(folder / "exams.sqlite") as store:
        asked = workload.asker(store).ask(model(STUDENT), "exams", tasks, tables.exam_answers)
    ordered = asked.table.sort_values(["repeat", "exam_problem_id"])
    outcomes = {
        str(demo): [verdict == "correct" if verdict in COUNTED else None for verdict in rows["verdict"]]
        for demo, rows in ordered.groupby("demo_id")
    }
    return workload.table, outcomes, max(map(len, outcomes.values()))


def first_samples(table: pd.DataFrame, rationales: int, questions: int) -> list[Examined]:
    table = table[table["sample_index"] < rationales].sort_values("sample_index")
    return [
        Examined(
            str(problem),
            [answer if isinstance(answer, str) else None for answer in rows["answer"]],
            list(rows["demo_id"]),
            questions,
        )
        for problem, rows in table.groupby("problem_id")
    ]


def selection_of_full_exams(problem: Examined, outcomes: Outcomes, rule: ExamRule) -> str | None:
    scores = [
        exam_score([(sum(one is True for one in exam), sum(one is not None for one in exam))])
        for exam in (outcomes.get(demo, []) for demo in problem.demo_ids)
    ]
    return select(problem.answers, scores, rule)


def sit(examiner: ExactExaminer, outcomes: Outcomes) -> Counter[str]:
    """Run the examiner over recorded outcomes; returns the questions asked by teaching problem."""
    asked: Counter[str] = Counter()
    while questions := examiner.wave():
        examiner.record({question: outcomes[question.demo_id][question.number] for question in questions})
        asked.update(question.problem_id for question in questions)
    return asked


def share_row(name: str, asked: Counter[str], problems: list[Examined]) -> dict[str, Any]:
    """Answers asked over all of the distinct demos that gave an answer."""
    planned = np.array(
        [
            problem.questions
            * len({d for d, a in zip(problem.demo_ids, problem.answers, strict=True) if a is not None})
            for problem in problems
        ]
    )
    used = np.array([asked[problem.problem_id] for problem in problems])
    drawn = np.random.default_rng(0).integers(len(problems), size=(10_000, len(problems)))
    low, high = np.quantile(used[drawn].sum(axis=1) / planned[drawn].sum(axis=1), [0.025, 0.975])
    return row(name, used.sum() / planned.sum(), int(planned.sum()), float(low), float(high))


def row(name: str, value: float, n: int, low: float, high: float) -> dict[str, Any]:
    figures = {"value": float(value), "low": low, "high": high}
    rounded = {key: round(figure, 4) for key, figure in figures.items()}
    return {"name": name, "unit": "share", "n": n, "command": COMMAND} | rounded


def measure(folder: Path) -> list[Row]:
    """Shares of exam answers asked, and how often racing selects what the full exams do.

    Raises RuntimeError if the exact examiner ever selects otherwise.
    """
    table, outcomes, questions = full_exams(folder, max(RATIONALES))
    rows = []
    for rationales in RATIONALES:
        problems = first_samples(table, rationales, questions)
        for rule in RULES:
            suffix = f"{'' if rule == 'sum' else '_max'}.{rationales}"
            full = {
                problem.problem_id: selection_of_full_exams(problem, outcomes, rule) for problem in problems
            }
            settings = SearchSettings(rule=rule)
            exact = ExactExaminer(problems, [STUDENT], settings)
            rows.append(share_row(f"exact_examiner_share{suffix}", sit(exact, outcomes), problems))
            if exact.selected() != full:
                raise RuntimeError(f"The exact examiner differs from the full exams: {rule}, {rationales}.")
            racing = RacingExaminer(problems, [STUDENT], settings, seed=0)
            rows.append(share_row(f"racing_share{suffix}", sit(racing, outcomes), problems))
            selected = racing.selected()
            agreeing = sum(selected[problem] == full[problem] for problem in full)
            low, high = wilson_interval(agreeing, len(full), 0.95)
            rows.append(row(f"racing_agreement{suffix}", agreeing / len(full), len(full), low, high))
    return rows


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "data" / "benchmarks", help="for the store")
    arguments = parser.parse_args()
    hand_over(measure(arguments.folder), arguments.json)


if __name__ == "__main__":
    main()
