"""Our grader on the forms that peers' own tests ask for (`tests.grading.peers`)."""

from tests.grading.peers import ORIGINS, Case

from lbt.grading import Attempt, domain_named, grade_many

# Where we decide otherwise: any word after a number is taken for a unit; a formula in words is not read.
DIFFER: set[Case] = {
    ("number", "5", "5abc", False),
    ("number", "42", "The answer is 42abc", False),
    ("math", "odd $n$", "odd $n$", True),
}


def test_peers_cases_get_the_verdicts_that_their_tests_ask_for() -> None:
    missed = set()
    for cases in ORIGINS.values():
        for name in {domain for domain, *_ in cases}:
            of_domain = [case for case in cases if case[0] == name]
            attempts = [Attempt(gold, text) for _, gold, text, _ in of_domain]
            for case, graded in zip(of_domain, grade_many(domain_named(name), attempts), strict=True):
                if (graded.verdict == "correct") != case[3]:
                    missed.add(case)
    assert missed == DIFFER
