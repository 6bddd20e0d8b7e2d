import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lbt.prompts import PromptSettings, Shot, exam_messages, teaching_messages

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


SHOTS = (Shot(question="0+0?", answer="none\n#### 0"), Shot(question="1+0?", answer="#### 1\n"))
FORM = "Q: {question}\n\n"


def test_worked_examples_stand_before_every_question_as_earlier_turns() -> None:
    settings = PromptSettings(
        instruction="Be brief.", prefill="A: ", shots=SHOTS, question_form="Q: {question}"
    )
    shots = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Q: 0+0?"},
        {"role": "assistant", "content": "A: none\n#### 0"},
        {"role": "user", "content": "Q: 1+0?"},
        {"role": "assistant", "content": "A: #### 1\n"},
    ]
    assert teaching_messages("1+1?", settings) == [*shots, {"role": "user", "content": "Q: 1+1?"}]
    assert exam_messages("2+2?", [("1+1?", "#### 2")], settings) == [
        *shots,
        {"role": "user", "content": "Q: 1+1?"},
        {"role": "assistant", "content": "A: #### 2"},
        {"role": "user", "content": "Q: 2+2?"},
    ]


def test_a_document_is_one_user_message_of_blocks() -> None:
    settings = PromptSettings(
        system="You help.",
        instruction="Be brief.",
        layout="document",
        prefill="A: ",
        shots=SHOTS,
        question_form=FORM,
    )
    blocks = [
        "Be brief.",
        "Q: 0+0?\n\nA: none\n#### 0\n",
        "Q: 1+0?\n\nA: #### 1\n",
        "Q: 1+1?\n\nA: #### 2\n",
        "Q: 2+2?\n\n",
    ]
    assert exam_messages("2+2?", [("1+1?", "#### 2")], settings) == [
        {"role": "system", "content": "You help."},
        {"role": "user", "content": "\n\n\n".join(blocks)},
    ]


def test_a_system_message_of_its_own_stands_above_the_instruction() -> None:
    own = PromptSettings(system="You help.")
    assert teaching_messages("1+1?", own)[0] == {"role": "system", "content": "You help."}
    both = PromptSettings(system="You help.", instruction="Be brief.")
    assert teaching_messages("1+1?", both) == [
        {"role": "system", "content": "You help.\n\nBe brief."},
        {"role": "user", "content": "1+1?"},
    ]


@given(question=st.text(), layout=st.sampled_from(["turns", "document"]))
def test_braces_in_a_question_stay_as_they_are(question: str, layout: str) -> None:
    settings = PromptSettings(layout=layout, question_form=FORM)
    written = teaching_messages("{question}" + question, settings)[-1]["content"]
    assert written == "Q: {question}" + question + "\n\n"


@pytest.mark.parametrize("form", ["", "Q:", "{question} {question}", "{0}"])
def test_a_form_without_its_question_is_refused(form: str) -> None:
    with pytest.raises(ValidationError, match=r"must hold \{question\} exactly once"):
        PromptSettings(question_form=form)


def test_the_command_line_can_leave_out_the_worked_examples_of_an_environment() -> None:
    assert PromptSettings.model_validate({"shots": "none"}) == PromptSettings()
