import random

from lbt.grading import answer_classes


def test_equal_answers_share_a_class_and_no_answer_has_none() -> None:
    answers = [r"\dfrac12", "0.5", None, "1/2", "", "3", "x=3", r"\frac{6}{2}", "  ", "0.50"]
    assert answer_classes("math", answers) == [0, 0, None, 0, None, 1, 1, 1, None, 0]


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
        classes: dict[int | None, set[str]] = {}
        for answer, number in zip(shuffled, answer_classes("math", shuffled), strict=True):
            classes.setdefault(number, set()).add(answer)
        partitions.add(frozenset(frozenset(members) for members in classes.values()))
    assert len(partitions) == 1


def test_a_hedge_is_a_class_of_its_own() -> None:
    assert answer_classes("math", ["3", "3 or 4", "4", "3, 4"]) == [0, 1, 2, 1]


def test_numbers_and_texts_have_classes_too() -> None:
    assert answer_classes("number", ["1,210", "$1210.00", None, "7"]) == [0, 0, None, 1]
    assert answer_classes("text", ["Yes", "yes.", "no", "."]) == [0, 0, 1, None]
