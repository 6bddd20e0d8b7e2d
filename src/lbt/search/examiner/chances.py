"""How likely the next exam answers are to be right, given those so far.

The estimates steer which questions are asked first, and decide anything in the racing mode alone.
"""

from lbt.search.examiner.bounds import Answer

PRIOR = 0.5
"""The share of right answers before anything is known, which weighs as much as one exam."""


def average_chance(answer: Answer) -> tuple[float, int]:
    """The mean share right of the answer's exams that have begun, prior included, and their number."""
    shares = [exam.right / exam.counted for exam in answer.exams if exam.counted]
    return (PRIOR + sum(shares)) / (1 + len(shares)), len(shares)


def chances(answer: Answer) -> list[float]:
    """The estimated chance of a right answer in each exam of `answer.exams`.

    An exam's outcomes are weighed against one outcome of the answer's average exam: rationales with the same
    answer mostly hold the same procedure, and a student follows it or not.
    """
    average, _ = average_chance(answer)
    return [(average + exam.right) / (1 + exam.counted) for exam in answer.exams]
