"""The teacher writes exemplars, and what it writes is checked."""

import re

import pytest

from lbt.asking import Asker
from lbt.errors import ModelError
from lbt.grading import domain_named
from lbt.refine.reading import Rules, read_exemplars
from tests.refine.conftest import World, knows, labelled, settings

PROBLEMS = labelled()
TEXT = {"start": "written", "reflection": "text", "arms": ["students", "own", "random_search", "none"]}


def written(number: int, count: int = 4, answer: str = "") -> str:
    """A reply with a set of exemplars."""
    return "Sure!\n" + "\n".join(
        f"<example><question>invented {number} and {place}</question>"
        "<reasoning>since {x}\n# it is</reasoning>"
        f"<answer>{answer or ('Yes', 'No')[place % 2]}</answer></example>"
        for place in range(count)
    )


class Author:
    """A teacher that writes a new set each time."""

    def __init__(self, count: int = 4, answer: str = "", bad_first: int = 0) -> None:
        self.asked: list[str] = []
        self._count, self._answer, self._bad = count, answer, bad_first
        self._answers = knows(5)

    def __call__(self, asked: str) -> str:
        if "Explain in a few sentences" in asked:
            return "The examples show only one kind of text and never the other."
        if "worked examples" not in asked:
            return self._answers(asked)
        self.asked.append(asked)
        if self._bad > 0:
            self._bad -= 1
            return "I would rather not."
        return written(len(self.asked), self._count, self._answer)


def place(asker: Asker, author: Author) -> World:
    return World(asker.store, {"teacher": author, "one": knows(2), "two": knows(4)})


def test_failures_reasons_and_the_current_set_reach_the_teacher(asker: Asker) -> None:
    author = Author()
    refined = place(asker, author).refine(PROBLEMS, settings(**TEXT))
    rewriting = [asked for asked in author.asked if "What was wrong" in asked]
    assert rewriting
    for asked in rewriting:
        assert "never the other" in asked
        assert "Right answer: " in asked
        assert len(re.findall(r"<question>invented", asked)) == 4
        assert "Yes or No" in asked or "No or Yes" in asked
    state = refined.tables.state
    assert set(state["origin"]) == {"written", "reflected", "kept"}
    assert state.groupby(["arm", "round", "set_id"]).size().eq(4).all()


def test_words_of_an_exemplar_never_become_part_of_a_prompts_form(asker: Asker) -> None:
    refined = place(asker, Author()).refine(PROBLEMS, settings(**TEXT))
    assert refined.tables.state["rationale"].eq("since {x}\n# it is").all()


def test_a_reply_without_a_set_is_asked_for_once_more_and_then_dropped(asker: Asker) -> None:
    author = Author(bad_first=1)
    refined = place(asker, author).refine(PROBLEMS, settings(**TEXT | {"arms": ["students"], "rounds": 1}))
    first = refined.tables.state.query("round == 0")
    assert first["set_id"].nunique() == 2
    assert len({asked for asked in author.asked if "invent the questions" in asked}) == 1
    assert sum("invent the questions" in asked for asked in author.asked) == 3


def test_three_rounds_without_a_usable_set_end_the_run_and_earlier_ones_keep_their_sets(asker: Asker) -> None:
    class Tired(Author):
        def __call__(self, asked: str) -> str:
            return "No more." if "What was wrong" in asked else super().__call__(asked)

    world = place(asker, Tired())
    two = world.refine(PROBLEMS, settings(**TEXT | {"arms": ["students"], "rounds": 2}))
    rounds = two.tables.rounds.set_index("round")
    assert rounds.loc[2, "dropped"] == rounds.loc[2, "wishes"] == 4
    kept = two.tables.state.groupby("round")["set_id"].agg(set)
    assert kept[0] == kept[2]
    with pytest.raises(ModelError, match=r"3 rounds in a row[\s\S]*refine.reflection: resample"):
        world.refine(PROBLEMS, settings(**TEXT | {"arms": ["students"], "rounds": 3}))


def test_a_teacher_that_never_writes_a_first_set_is_named(asker: Asker) -> None:
    with pytest.raises(ModelError, match="to begin with"):
        place(asker, Author(count=3)).refine(PROBLEMS, settings(**TEXT))


CHOICE = domain_named("choice")
RULES = Rules.of(PROBLEMS.to_dict("records"), 2, {"no": "No", "yes": "Yes"}, CHOICE, True)
TRAINING, HELD_OUT = (
    PROBLEMS.loc[PROBLEMS["role"] == role].iloc[1]["question"] for role in ("teaching", "evaluation")
)
GOOD = ("a text of its own", "since it is", "yes")


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (("another text", "", "No."), None),
        ((TRAINING, "copied from training", "No"), None),
        ((TRAINING, "copied from training", "Yes"), "wrongly"),
        (("another text", "", "Maybe"), "is not valid"),
        (("another text", "", "True"), "is not valid"),
        ((f"See: {HELD_OUT.upper()}!", "", "No"), "evaluation"),
        (("another text", f"as in {HELD_OUT}", "No"), "evaluation"),
        (("A text of its own.", "again", "No"), "twice"),
    ],
)
def test_a_set_keeps_the_rules_or_is_not_used(row: tuple[str, str, str], fault: str | None) -> None:
    found = RULES.fault([GOOD, row])
    assert (found is None) if fault is None else (found is not None and fault in found)


def test_a_set_has_exactly_as_many_exemplars_as_it_should() -> None:
    assert RULES.fault([GOOD]) == "has 1 exemplars, not 2"


def test_labels_are_spelt_as_the_problems_spell_them() -> None:
    [one] = RULES.exemplars([("q", "", "**yes**.")], "{answer}")
    assert (one.answer, one.text) == ("Yes", "Yes")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "<example><question>q</question><reasoning>r</reasoning><answer>Yes</answer></example>",
            [("q", "r", "Yes")],
        ),
        ("<example><question>q</question><answer>Yes</answer>", []),
        ("<example><question>q</question></example> I like it", []),
        (
            "**Question:** q\n**Reasoning:** r\n**Answer:** Yes\n\nText: t\nLabel: No",
            [("q", "r", "Yes"), ("t", "", "No")],
        ),
        ("No examples today.", []),
    ],
)
def test_a_reply_is_read_by_tags_or_else_by_lines_and_never_taken_whole(
    text: str, expected: list[tuple[str, str, str]]
) -> None:
    assert read_exemplars(text) == expected
