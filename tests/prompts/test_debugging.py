"""What a model is told of the test that its program fails."""

import pytest
from pydantic import ValidationError

from lbt.prompts import DebugSettings, debug_messages, tell_failure
from lbt.prompts.debugging import MOST_OF_FAILURE, MOST_OF_TEST

SHOWN = {
    "test": "assert f('{failure}') == 1",
    "failure": "AssertionError: {program}",
    "program": "def f(x): ...",
}


def test_nothing_is_filled_into_what_was_filled_in() -> None:
    told = tell_failure("{test} / {failure} / {program}", SHOWN)
    assert told == " / ".join(SHOWN.values())


def test_a_long_test_and_a_long_failure_are_cut_and_the_program_is_whole() -> None:
    long = dict.fromkeys(SHOWN, "x" * (MOST_OF_TEST + 1))
    told = tell_failure("{test}|{failure}|{program}", long).split("|")
    assert [len(part) for part in told] == [MOST_OF_TEST + 2, MOST_OF_FAILURE + 2, MOST_OF_TEST + 1]


@pytest.mark.parametrize("place", ["test", "failure"])
def test_a_form_that_hides_the_failure_is_refused(place: str) -> None:
    form = DebugSettings().form.replace(f"{{{place}}}", "it")
    with pytest.raises(ValidationError, match=f"must hold {{{place}}}"):
        DebugSettings(form=form)


def test_the_second_turn_follows_the_first_and_the_models_own_answer() -> None:
    asked = [{"role": "user", "content": "Write f."}]
    assert debug_messages(asked, "def f(): ...", "It fails.") == [
        {"role": "user", "content": "Write f."},
        {"role": "assistant", "content": "def f(): ..."},
        {"role": "user", "content": "It fails."},
    ]
