import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lbt.prompts import PromptSettings, exam_messages, teaching_messages

SYSTEM = PromptSettings(instruction="Be brief.")
USER = PromptSettings(instruction="Be brief.", instruction_role="user")


def test_without_an_instruction_the_question_stands_alone() -> None:
    assert teaching_messages("1+1?", PromptSettings()) == [{"role": "user", "content": "1+1?"}]


def test_the_instruction_stands_where_the_settings_say() -> None:
    assert teaching_messages("1+1?", SYSTEM) == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "1+1?"},
    ]
    assert teaching_messages("1+1?", USER) == [{"role": "user", "content": "Be brief.\n\n1+1?"}]


def test_a_demo_is_one_earlier_turn_as_the_teacher_had_it() -> None:
    settings = PromptSettings(instruction="Be brief.", instruction_role="user", prefill="Well, ")
    messages = exam_messages("2+2?", [("1+1?", "one and one\n#### 2")], settings)
    assert messages == [
        {"role": "user", "content": "Be brief.\n\n1+1?"},
        {"role": "assistant", "content": "Well, one and one\n#### 2"},
        {"role": "user", "content": "Be brief.\n\n2+2?"},
    ]


def test_the_system_instruction_comes_once_and_first() -> None:
    messages = exam_messages("2+2?", [("1+1?", "#### 2")], SYSTEM)
    assert [message["role"] for message in messages] == ["system", "user", "assistant", "user"]


@given(question=st.text(), instruction=st.text(), role=st.sampled_from(["system", "user"]))
def test_the_baseline_is_asked_as_in_teaching(question: str, instruction: str, role: str) -> None:
    settings = PromptSettings(instruction=instruction, instruction_role=role)
    assert exam_messages(question, [], settings) == teaching_messages(question, settings)


@given(demo=st.tuples(st.text(), st.text()), question=st.text())
def test_exams_of_one_demo_share_all_but_the_last_message(demo: tuple[str, str], question: str) -> None:
    first, second = exam_messages("2+2?", [demo], SYSTEM), exam_messages(question, [demo], SYSTEM)
    assert first[:-1] == second[:-1]


def test_a_misspelt_setting_is_refused() -> None:
    with pytest.raises(ValidationError, match="instructions"):
        PromptSettings.model_validate({"instructions": "Be brief."})
