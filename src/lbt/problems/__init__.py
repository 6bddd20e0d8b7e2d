"""Teaching, exam and evaluation problems: where they come from, how they are split, what must not leak."""

from lbt.problems.counts import count_problems, count_roles
from lbt.problems.leakage import check_leakage
from lbt.problems.loading import load_problems
from lbt.problems.settings import BUILT_IN, HuggingFaceSettings, PocketProblemSettings, ProblemSettings
from lbt.problems.texts import question_key

__all__ = [
    "BUILT_IN",
    "HuggingFaceSettings",
    "PocketProblemSettings",
    "ProblemSettings",
    "check_leakage",
    "count_problems",
    "count_roles",
    "load_problems",
    "question_key",
]
