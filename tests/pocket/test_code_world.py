"""The world of code keeps its word: right is right, wrong is wrong, and lucky tests cannot tell."""

from collections.abc import Iterator
from itertools import islice
from random import Random

import pandas as pd
import pytest

from lbt.pocket.code import CODE, CODE_FAMILIES, Family
from lbt.pocket.code.examples import draw_examples, tells
from lbt.pocket.code.split import draw_constants, is_held_out
from lbt.pocket.corpus import CorpusSettings, documents
from lbt.pocket.problems import draw_problems
from lbt.pocket.procedures import label_procedures
from lbt.pocket.worlds import Constants, Kind
from lbt.sandbox.programs import Examination, ProgramLimits, Test, examine_programs

FAMILIES = pytest.mark.parametrize("family", CODE_FAMILIES.values(), ids=CODE_FAMILIES)


def _constants(family: Family, count: int) -> Iterator[Constants]:
    rng = Random(f"test/{family.name}")
    return (family.draw(rng) for _ in range(count))


def _wrong(family: Family) -> list[Kind]:
    return [kind for kind in family.procedures() if kind != "right"]


def test_every_program_of_a_procedure_computes_what_the_procedure_says() -> None:
    jobs, rng = [], Random(0)
    for family in CODE_FAMILIES.values():
        for kind, procedure in family.procedures().items():
            for expression in procedure.expressions:
                [constants] = _constants(family, 1)
                calls = [family.inputs(rng, *constants) for _ in range(8)]
                wanted = [family.value(kind, constants, call) for call in calls]
                program = f"def f({family.parameters}):\n    return {expression.format(*constants)}"
                tests = [
                    Test(f"assert f({', '.join(map(repr, call))}) == {value!r}")
                    for call, value in zip(calls, wanted, strict=True)
                ]
                jobs.append(Examination(program, tuple(tests), names=("f",)))
    for job, examined in zip(jobs, examine_programs(jobs, ProgramLimits()), strict=True):
        assert all(result.passed for result in examined.results), job.program


@FAMILIES
def test_no_two_sets_of_constants_make_the_same_function(family: Family) -> None:
    rng = Random(0)
    constants = sorted(set(_constants(family, 1000)), key=repr)
    calls = [family.inputs(rng, *rng.choice(constants)) for _ in range(150)]
    behaviours = {repr([family.value("right", one, call) for call in calls]) for one in constants}
    assert len(behaviours) == len(constants)


@FAMILIES
@pytest.mark.parametrize("lucky", [True, False])
def test_visible_tests_tell_the_misconception_unless_lucky_and_hidden_tests_always(
    family: Family, lucky: bool
) -> None:
    rng = Random(0)
    for constants in _constants(family, 20):
        examples = draw_examples(family, constants, "f", rng, lucky)
        for kind in _wrong(family):
            assert _passes(family, kind, constants, examples.visible) == (lucky and kind == "misconception")
            assert not _passes(family, kind, constants, examples.hidden)
        assert _passes(family, "right", constants, examples.visible + examples.hidden)
        assert len({*examples.visible, *examples.hidden}) == 7


def _passes(family: Family, kind: Kind, constants: Constants, tests: tuple[str, ...]) -> bool:
    """Trusted: the world's own functions."""
    scope = {"f": lambda *inputs: family.value(kind, constants, inputs)}
    try:
        for test in tests:
            exec(test, scope)
    except AssertionError:
        return False
    return True


@FAMILIES
def test_every_rationale_tells_its_procedure_by_its_opener(family: Family) -> None:
    rng = Random(0)
    for constants in _constants(family, 5):
        for kind in family.kinds():
            assert CODE.recognise(family.name, family.rationale(kind, constants, "f", rng)) == kind
    assert CODE.recognise("brackets", "Something else.") is None
    assert CODE.recognise("no family", "```python") is None


@FAMILIES
def test_enough_functions_are_held_out(family: Family) -> None:
    held_out = {constants for constants in _constants(family, 20_000) if is_held_out(family, constants)}
    assert len(held_out) >= 100


@pytest.fixture(scope="module")
def problems() -> pd.DataFrame:
    return draw_problems(teaching=84, exam_per_family=12, evaluation=280, lucky_share=0.5, seed=0, world=CODE)


def test_no_problem_of_a_run_occurs_in_a_corpus_or_twice(problems: pd.DataFrame) -> None:
    assert problems["problem_id"].is_unique
    assert problems.groupby("role").size().to_dict() == {"teaching": 84, "exam": 168, "evaluation": 280}
    ids = set(problems["problem_id"])
    for settings in (
        CorpusSettings(one_shot_share=0.35, teacher=True),
        CorpusSettings(one_shot_share=0.85, ignored_demo_share=0.1),
    ):
        for document in islice(documents(settings, "test", CODE), 10_000):
            for turn in document:
                assert not is_held_out(CODE_FAMILIES[turn.family], turn.numbers)
                assert f"{turn.family}_{'_'.join(map(str, turn.numbers))}" not in ids


def test_only_teaching_problems_are_lucky_and_in_the_wanted_share(problems: pd.DataFrame) -> None:
    lucky = problems.groupby("role")["lucky"].mean()
    assert lucky["exam"] == lucky["evaluation"] == 0
    assert lucky["teaching"] == pytest.approx(0.5, abs=0.15)


def test_the_same_seed_draws_the_same_problems(problems: pd.DataFrame) -> None:
    again = draw_problems(
        teaching=84, exam_per_family=12, evaluation=280, lucky_share=0.5, seed=0, world=CODE
    )
    pd.testing.assert_frame_equal(again, problems)


def test_a_run_labels_the_procedures_of_its_rationales(problems: pd.DataFrame) -> None:
    row = problems.iloc[0]
    texts = [
        CODE.turn(row["family"], kind, Random(0)).rationale for kind in ("right", "misconception", "terse")
    ]
    rationales = pd.DataFrame(
        {
            "rationale_id": ["a", "b", "c", "d"],
            "problem_id": row["problem_id"],
            "family": row["family"],
            "text": [*texts, "Nothing known."],
        }
    )
    labelled = label_procedures(problems, rationales).set_index("rationale_id")
    assert labelled["procedure"].to_dict() == {"a": "right", "b": "misconception", "c": "terse"}
    assert labelled["right"].to_dict() == {"a": True, "b": False, "c": False}
    of_files = problems.assign(source="mine.jsonl:1")
    assert label_procedures(of_files, rationales).empty


@FAMILIES
def test_constants_come_from_the_side_that_was_asked_for(family: Family) -> None:
    rng = Random(0)
    for held_out in (True, False):
        assert is_held_out(family, draw_constants(family, rng, held_out=held_out)) is held_out


def test_a_misconception_is_wrong_somewhere_whatever_the_constants() -> None:
    rng = Random(0)
    for family in CODE_FAMILIES.values():
        for constants in _constants(family, 20):
            calls = [family.inputs(rng, *constants) for _ in range(60)]
            assert all(tells(family, kind, constants, calls) for kind in _wrong(family))
