import random

from lbt.grading import domain_named

MATH = domain_named("math")


def test_equal_answers_share_a_class_and_no_answer_has_none() -> None:
    answers = [r"\dfrac12", "0.5", None, "1/2", "", "3", "x=3", r"\frac{6}{2}", "  ", "0.50"]
    assert MATH.votes(answers, "") == ["0", "0", None, "0", None, "1", "1", "1", None, "0"]


def test_classes_do_not_depend_on_the_order_of_the_samples() -> None:
    answers = [
        "(3,1)",
        "1,3",
        "3,1",
        "x<3",
        "(-\\infty,3)",
        "12\\%",
        "0.12",
        "12",
        "2\\sqrt{5}",
        "\\sqrt{20}",
    ]
    partitions = set()
    for seed in range(5):
        shuffled = random.Random(seed).sample(answers, len(answers))
        classes: dict[str | None, set[str]] = {}
        for answer, number in zip(shuffled, MATH.votes(shuffled, ""), strict=True):
            classes.setdefault(number, set()).add(answer)
        partitions.add(frozenset(frozenset(members) for members in classes.values()))
    assert len(partitions) == 1


def test_a_hedge_is_a_class_of_its_own() -> None:
    assert MATH.votes(["3", "3 or 4", "4", "3, 4"], "") == ["0", "1", "2", "1"]


def test_numbers_and_texts_vote_for_themselves() -> None:
    assert domain_named("number").votes(["1,210", "$1210.00", None, "7"], "") == ["1210", "1210", None, "7"]
    assert domain_named("text").votes(["Yes", "yes.", "no", "."], "") == ["yes", "yes", "no", None]
