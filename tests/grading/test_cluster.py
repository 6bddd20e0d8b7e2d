"""Grading as tasks on a Ray cluster gives the verdicts that grading here gives."""

import subprocess
import sys

import pytest

from lbt.grading import domain_named
from lbt.grading.settings import GradingClusterSettings, GradingSettings

CODE = """
import sys
from lbt.grading import Attempt, domain_named, grade_many
from lbt.grading.settings import GradingClusterSettings, GradingSettings
attempts = [
    Attempt(gold, f"So it is $\\\\boxed{{{answer}}}$.")
    for gold in ("0.5", "x^2-1", "{1,2}") for answer in ("\\\\frac12", "(x-1)(x+1)", "7", "{2,1}", "", "1/2")
]
here = GradingSettings()
there = GradingSettings(cluster=GradingClusterSettings(attempts=5))
verdicts = [
    [graded.verdict for graded in grade_many(domain_named("math", settings), attempts)]
    for settings in (here, there)
]
import ray
print(verdicts[0] == verdicts[1], len(set(verdicts[0])) > 1, ray.is_initialized())
"""


@pytest.mark.slow
@pytest.mark.ray
def test_a_cluster_finds_the_verdicts_that_are_found_here_and_in_their_order() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=600)
    assert done.stdout.split() == ["True", "True", "True"], done.stderr


def test_only_what_is_slow_to_grade_is_spread_and_only_where_it_is_wanted() -> None:
    wanted = GradingSettings(cluster=GradingClusterSettings())
    assert domain_named("math", wanted).spread == wanted
    assert domain_named("math").spread is None
    assert domain_named("number", wanted).spread is None
    assert domain_named("math", wanted).version() == domain_named("math").version()
