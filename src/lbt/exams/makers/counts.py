"""What exams the settings make, in counts, before anything is taught."""

from collections import Counter
from typing import Any

import pandas as pd

from lbt.exams.makers.exams import make_exams
from lbt.exams.makers.same_answer import SharedAnswers
from lbt.exams.settings import ExamSettings
from lbt.grading import Domain

_SHOWN = 10


def report_exams(problems: pd.DataFrame, settings: ExamSettings, seed: int, domain: Domain) -> dict[str, Any]:
    """A JSON-ready report on the exams of all teaching problems.

    Raises DataError as `make_exams` does, so that what the exams lack is known before a model is loaded.
    """
    taught = problems[problems["role"] == "teaching"]
    exams = make_exams(taught, problems, settings, seed, domain)
    family = dict(zip(problems["problem_id"], problems["family"], strict=True))
    sizes = Counter(len(exam) for exam in exams.values())
    without = sorted(set(taught["problem_id"]) - exams.keys())
    answers = SharedAnswers(problems, domain)
    return {
        "maker": settings.maker,
        "same_answer": settings.same_answer,
        "with_same_answer": sum(answers.shared(tp, name) for tp, exam in exams.items() for name in exam),
        "teaching_problems": len(taught),
        "without_exam": len(without),
        "some_without_exam": without[:_SHOWN],
        "exams_by_size": {str(size): count for size, count in sorted(sizes.items())},
        "exam_problems_in_use": len({name for exam in exams.values() for name in exam}),
        "of_own_family": sum(family[name] == family[tp] for tp, exam in exams.items() for name in exam),
        "of_other_families": sum(family[name] != family[tp] for tp, exam in exams.items() for name in exam),
    }
