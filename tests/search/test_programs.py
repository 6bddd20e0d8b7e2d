"""Methods that look at the visible tests, from small tables."""

from collections.abc import Callable, Sequence

import pandas as pd
import pytest
from tests.search.conftest import exams_of, problems_of, rationales_of

from lbt import tables
from lbt.asking import Asker
from lbt.errors import DataError
from lbt.exams import ExamPapers, ExamSettings, plan_exams
from lbt.generation import ModelsSettings, SamplingSettings
from lbt.generation.engines.scripted import scripted_model
from lbt.grading import Voting, domain_named
from lbt.grading.domains.code import CodeGold
from lbt.search import (
    SearchSettings,
    accuracy_by_group,
    accuracy_curve,
    ask_teacher,
    make_methods,
    search_metrics,
    select_answers,
)
from lbt.search.methods import Method
from lbt.teaching import TeachingSettings, sample_rationales

Make = Callable[..., SearchSettings]
Tried = tuple[str, bool, float | None, float | None]
"""An answer, whether it passes every test, and its shares of visible and hidden tests."""

# a: two pass the visible tests, one of them wrongly; b: none passes; c: no visible tests; d: no hidden ones
TRIED: dict[str, list[Tried]] = {
    "a": [
        ("1", False, 0.5, 0.0),
        ("1", False, 0.5, 0.0),
        ("2", False, 1.0, 0.5),
        ("3", True, 1.0, 1.0),
    ],
    "b": [("1", False, 0.0, 0.25), ("2", False, 0.5, 0.75)],
    "c": [("1", True, None, 1.0), ("1", True, None, 1.0), ("2", False, None, 0.0), ("2", False, None, 0.0)],
    "d": [("1", True, 1.0, None)],
}
EXAMS = exams_of(
    [
        *[("s", "a/0", "correct")] * 2,
        ("s", "a/2", "wrong"),
        ("s", "a/3", "correct"),
        ("s", "b/0", "wrong"),
        ("s", "b/1", "correct"),
        ("s", "c/0", "correct"),
    ]
)


def tried(said: dict[str, list[Tried]]) -> pd.DataFrame:
    rows = rationales_of(
        {
            name: [(answer, "correct" if right else "wrong") for answer, right, *_ in samples]
            for name, samples in said.items()
        }
    )
    shares = [one[2:] for samples in said.values() for one in samples]
    return rows.assign(
        visible_share=pd.Series([visible for visible, _ in shares], dtype=float),
        hidden_share=pd.Series([hidden for _, hidden in shares], dtype=float),
    )


def methods(said: dict[str, list[Tried]], settings: SearchSettings) -> list[Method]:
    rationales = tried(said)
    greedy = rationales[rationales["sample_index"] == 0].drop(columns="demo_id").assign(method="greedy")
    voting = Voting(domain_named("number"), dict.fromkeys(said, "?"))
    return make_methods(rationales, EXAMS, greedy, exams_of([]), voting, settings)


def selected(said: dict[str, list[Tried]], settings: SearchSettings) -> pd.DataFrame:
    table = select_answers(problems_of(said), methods(said, settings), {}, settings)
    return tables.selections.validate(table)


def chances(table: pd.DataFrame, method: str) -> Sequence[float]:
    return table[table["method"] == method].sort_values("problem_id")["chance"].tolist()


def test_what_is_drawn_has_the_accuracy_that_is_to_be_expected(settings: Make) -> None:
    table = selected(TRIED, settings())
    assert chances(table, "random") == [1 / 4, 0, 1 / 2, 1]
    assert chances(table, "visible_tests") == [1 / 2, 0, 1 / 2, 1]
    drawn = table[table["rule"] == "any"]
    assert drawn["answer"].isna().all()
    assert drawn["right"].isna().all()
    assert drawn[drawn["method"] == "visible_tests"]["count"].tolist() == [2, 2, 4, 1]


def test_after_the_visible_tests_a_rule_selects_among_those_that_pass(settings: Make) -> None:
    table = selected(TRIED, settings()).set_index(["method", "problem_id"])
    assert table.loc[("sc", "a"), "answer"] == table.loc[("sum", "a"), "answer"] == "1"
    assert table.loc[("visible_tests.sc", "a"), ["answer", "count"]].tolist() == ["2", 1]
    assert table.loc[("visible_tests.sum", "a"), ["answer", "right", "score"]].tolist() == ["3", True, 1]
    assert table.loc[("visible_tests.max", "b"), "answer"] == "2", "where none passes, all take part"


def test_each_methods_program_has_its_share_of_hidden_tests(settings: Make) -> None:
    table = selected(TRIED, settings()).set_index(["method", "problem_id"])["hidden_share"]
    assert table["random"].tolist()[:3] == [1.5 / 4, 0.5, 0.5]
    assert table["visible_tests"].tolist()[:3] == [0.75, 0.5, 0.5]
    assert table["visible_tests.sum"].tolist()[:3] == [1, 0.75, 1]
    assert table.xs("d", level="problem_id").isna().all()


def test_the_figures_of_a_draw_have_intervals_over_problems(settings: Make) -> None:
    metrics = search_metrics(selected(TRIED, settings()), settings(), 0)
    assert metrics["search.problems"] == 4
    assert metrics["search.visible_tests.accuracy"] == 0.5
    assert metrics["search.visible_tests.accuracy_ci_low"] == 0
    assert metrics["search.visible_tests.accuracy_ci_high"] == pytest.approx(1.0, abs=0.2)
    assert metrics["search.visible_tests.sum_minus_visible_tests"] == pytest.approx(
        (1 / 2 + 0 + 1 / 2 + 0) / 4
    )
    # a t test of the differences 1/2, 0, 1/2, 0
    assert metrics["search.visible_tests.sum_minus_visible_tests_p_value"] == pytest.approx(0.1817, abs=1e-4)
    assert metrics["search.sum_minus_visible_tests"] == pytest.approx((-1 / 2 + 0 + 1 / 2 + 0) / 4)
    assert metrics["search.visible_tests.hidden_share"] == pytest.approx((0.75 + 0.5 + 0.5) / 3)
    assert "search.visible_tests.sum_minus_visible_tests.sc" in metrics
    assert "search.visible_tests.sum_minus_worked_examples" not in metrics


def test_a_program_that_is_not_there_passes_no_hidden_test(settings: Make) -> None:
    said: dict[str, list[Tried]] = {"a": [("1", True, 1.0, 1.0)], "b": [("1", False, 0.0, 0.0)]}
    table = selected(said, settings())
    table.loc[(table["method"] == "greedy") & (table["problem_id"] == "a"), "hidden_share"] = float("nan")
    metrics = search_metrics(table, settings(), 0)
    assert metrics["search.greedy.hidden_share"] == 0
    assert metrics["search.sc.hidden_share"] == 0.5


def test_groups_and_curve_know_the_methods_that_draw(settings: Make) -> None:
    table = selected(TRIED, settings())
    problems = problems_of(TRIED).assign(level=pd.Series([1, 1, 2, 2], dtype="Int64"))
    groups = tables.search_by_group.validate(accuracy_by_group(problems, table, settings()))
    assert groups[groups["method"] == "visible_tests"]["accuracy"].tolist() == [0.25, 0.75]
    curve = tables.search_curve.validate(accuracy_curve(methods(TRIED, settings()), settings(), 0))
    last = curve[curve["rationales"] == 4].set_index("method")["accuracy"]
    assert last["visible_tests"] == 0.5
    assert last["visible_tests.sum"] == 0.75
    first = curve[curve["rationales"] == 1].set_index("method")["accuracy"]
    assert first["visible_tests"] == first["sc"], "of one rationale there is nothing to choose"


def test_domains_without_tests_have_no_such_methods(settings: Make) -> None:
    plain = tried(TRIED).drop(columns=["visible_share", "hidden_share"])
    greedy = plain[plain["sample_index"] == 0].drop(columns="demo_id").assign(method="greedy")
    voting = Voting(domain_named("number"), dict.fromkeys(TRIED, "?"))
    found = make_methods(plain, EXAMS, greedy, exams_of([]), voting, settings())
    assert [method.name for method in found] == ["greedy", "sc", "max", "sum", "avg"]
    table = select_answers(problems_of(TRIED), found, {}, settings())
    assert not {"chance", "hidden_share"} & set(table)


GOLD = CodeGold(entry_point="f", visible=("assert f(2) == 4",), hidden=("assert f(-7) == 49",))
ASKED = pd.DataFrame(
    [("t", "Square.", "teaching"), ("e", "Square again.", "exam"), ("h", "Too hard.", "exam")],
    columns=["problem_id", "question", "role"],
).assign(family="f", answer=GOLD.dumped(), source="x")
SAMPLING = SamplingSettings(temperature=1.0, max_tokens=99)


def test_a_worked_example_passes_the_visible_tests_and_an_unsolved_problem_is_none(asker: Asker) -> None:
    prompts: list[str] = []

    def teacher(messages: Sequence[tuple[str, str]], sample: int) -> str:
        prompts.append("\n".join(content for _, content in messages))
        expression = "x + 9" if messages[-1][1] == "Too hard." else "x * abs(x)"  # wrong below 0 only
        return f"Sample {sample}.\n```python\ndef f(x):\n    return {expression}\n```"

    code = Asker(asker.prompts, asker.store, 0, domain_named("code"))
    model = scripted_model(teacher, "coder")
    models = ModelsSettings(teacher=model, students={"s": model})
    teaching = TeachingSettings(samples=2, sampling=SAMPLING)
    exams = ExamSettings(problems_per_demo=2, repeats=1, sampling=SAMPLING)
    rationales = sample_rationales(code, ASKED, model, teaching).table
    plan = plan_exams(ASKED, rationales, exams, 0, code.domain)
    papers = ExamPapers(plan, ASKED, rationales, code.prompts, exams, code.domain)
    found = ask_teacher(code, ASKED, papers, models, teaching, SearchSettings(solutions=2))
    answers = tables.baseline_answers.validate(found.answers)
    solved = answers[answers["method"] == "solution"].groupby("problem_id")["verdict"].first()
    assert solved.to_dict() == {"e": "correct", "h": "wrong"}, "by the visible test"
    assert (answers[answers["method"] == "greedy"]["verdict"] == "wrong").all(), "by all tests"
    [shown] = {text for text in prompts if text.endswith("Square.") and text != "Square."}
    assert shown.startswith("Square again.\nSample 0.\n```python")
    assert "Too hard" not in shown
    assert not any("assert" in text for text in prompts), "a gold answer was shown"


def test_no_vote_depends_on_a_hidden_test() -> None:
    programs = [f"def f(x):\n    return {expression}" for expression in ("x * x", "x * abs(x)", "x ** 2")]
    other = GOLD.model_copy(update={"hidden": ("assert f(-123456) == 0",)})
    keys = [Voting(domain_named("code"), {"t": gold.dumped()}).keys("t", programs) for gold in (GOLD, other)]
    assert keys[0] == keys[1]
    assert keys[0][0] == keys[0][2] != keys[0][1], "inputs like the visible one tell the second apart"


def test_a_selected_class_that_another_run_does_not_find_is_not_guessed(settings: Make) -> None:
    adaptive = settings(examiner="exact", rule="max")
    ways = methods(TRIED, adaptive)
    assert not {"max", "sum", "visible_tests.max"} & {way.name for way in ways}
    table = select_answers(problems_of(TRIED), ways, dict.fromkeys(TRIED, "1"), adaptive)
    assert chances(tables.selections.validate(table), "max") == [0, 0, 1, 1]
    with pytest.raises(DataError, match=r"selected for a is no longer among .* search\.examiner: full"):
        select_answers(problems_of(TRIED), ways, {"a": "other"}, adaptive)
