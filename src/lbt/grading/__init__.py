"""Verdicts on answers: what was answered, and whether it is right."""

from lbt.grading.domains import DOMAINS, Domain, domain_named
from lbt.grading.domains.number import read_number
from lbt.grading.many import grade, grade_completions, grade_many
from lbt.grading.paper import paper_answer_key
from lbt.grading.programs import runs_programs
from lbt.grading.settings import GradingSettings
from lbt.grading.verdicts import ANSWERED, COUNTED, Attempt, Graded, Verdict
from lbt.grading.voting import Voting, majority_of

__all__ = [
    "ANSWERED",
    "COUNTED",
    "DOMAINS",
    "Attempt",
    "Domain",
    "Graded",
    "GradingSettings",
    "Verdict",
    "Voting",
    "domain_named",
    "grade",
    "grade_completions",
    "grade_many",
    "majority_of",
    "paper_answer_key",
    "read_number",
    "runs_programs",
]
