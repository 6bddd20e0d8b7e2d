"""M1: the answers that the students' exams speak for, beside what the same labels give without students."""

from lbt.search.adaptive import examine_adaptively
from lbt.search.baselines import ask_teacher
from lbt.search.curve import accuracy_curve
from lbt.search.methods import make_methods
from lbt.search.metrics import accuracy_by_group, generation_costs, search_metrics
from lbt.search.selections import select_answers
from lbt.search.settings import SearchSettings

__all__ = [
    "SearchSettings",
    "accuracy_by_group",
    "accuracy_curve",
    "ask_teacher",
    "examine_adaptively",
    "generation_costs",
    "make_methods",
    "search_metrics",
    "select_answers",
]
