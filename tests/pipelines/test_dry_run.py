"""The dry run as a pipeline, and the presets of the paper."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import constants
from kedro.config import OmegaConfigLoader
from kedro.framework.project import configure_project, pipelines
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner
from kedro.validation.parameter_validator import ParameterValidator
from tests.real_data import DATA, needs_real_data

from lbt import settings
from lbt.errors import DataError
from lbt.grading.domains.math.statements import math_statements
from lbt.hooks import ParameterNames
from lbt.prompts import exam_messages

ROOT = Path(__file__).parents[2]
PRESETS = ["paper_math", "paper_m2"]

# The forms of the paper's prompt (examples/config/math/*.yaml of github.com/imagination-research/lbt).
PAPER_DEMO = (
    "[[Question]]:\n{question}\n\n[[Solution]]:\nLet's think step by step.\n\n"
    "{rationale}\n\n[[Final Answer]]:\n${answer}$\n"
)
PAPER_QUESTION = "[[Question]]:\n{question}\n\n"


@pytest.fixture(autouse=True)
def _project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    configure_project("lbt")
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "no_cache"))
    for name in ("LBT_TEACHER", "LBT_STUDENT", "LBT_ENGINE", "LBT_API", "LBT_TEACHER_URL", "LBT_STUDENT_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def raw_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The real files where the presets look for them."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data/01_raw").symlink_to(DATA)
    monkeypatch.setenv("LBT_DATA", str(tmp_path / "data"))


def loader(env: str) -> OmegaConfigLoader:
    return OmegaConfigLoader(str(ROOT / "conf"), env=env, **settings.CONFIG_LOADER_ARGS)


def typed(env: str) -> dict[str, Any]:
    return ParameterValidator(dict(pipelines)).validate_raw_params(loader(env)["parameters"])


def dry_run(env: str, folder: Path) -> tuple[dict[str, Any], str]:
    entries = loader(env)["catalog"]
    outputs = {name: dict(entries[name]) for name in ("dry_run_plan", "dry_run_report")}
    for name, entry in outputs.items():
        entry["filepath"] = str(folder / name)
    catalog = DataCatalog.from_config(outputs)
    for name, value in typed(env).items():
        catalog[f"params:{name}"] = MemoryDataset(value)
    catalog["parameters"] = MemoryDataset(typed(env))
    SequentialRunner().run(pipelines["dry_run"], catalog)
    return catalog.load("dry_run_plan"), catalog.load("dry_run_report")


def of_stage(plan: dict[str, Any], job: str) -> dict[str, dict[str, Any]]:
    return {load["stage"]: load for load in plan["jobs"][job]["loads"]}


@pytest.mark.slow
def test_the_default_is_planned_and_the_report_printed(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    with caplog.at_level(logging.INFO, logger="lbt"):
        plan, report = dry_run("base", tmp_path)
    assert report.rstrip() in caplog.messages
    assert plan["data"]["by_role"] == {"teaching": 84, "exam": 336, "evaluation": 560}
    assert plan["warnings"] == []
    assert [model["name"] for model in plan["models"]] == ["teacher", "strong", "weak"]
    assert of_stage(plan, "lbt_finetune")["teaching"]["generations"] == 84 * 16


@pytest.mark.parametrize("env", PRESETS)
def test_a_preset_is_valid_and_all_of_it_is_read(env: str) -> None:
    parameters = typed(env)
    ParameterNames().after_catalog_created({"parameters": parameters})
    assert parameters["domain"].root == "math"
    assert not {"strong", "weak"} & set(parameters["models"].students)
    sampled = (parameters["teaching"].sampling, parameters["exams"].sampling)
    for sampling in sampled:
        assert (sampling.temperature, sampling.top_k, sampling.top_p, sampling.max_tokens) == (
            0.7,
            20,
            1,
            1024,
        )
    assert (parameters["exams"].problems_per_demo, parameters["exams"].repeats) == (3, 3)


def test_both_presets_have_one_prompt() -> None:
    first, second = (typed(env)["prompts"] for env in PRESETS)
    assert first == second
    assert len(first.shots) == 4


def test_the_prompt_is_the_papers_to_the_letter() -> None:
    prompts = typed("paper_math")["prompts"]
    shots = []
    for shot in prompts.shots:
        rationale, answer = shot.answer.split("\n\n[[Final Answer]]:\n")
        shots.append((shot.question, rationale, answer.strip().strip("$")))
    said = "It is so.\n\n[[Final Answer]]:\n$4$"
    system, user = exam_messages("2+3?", [("2+2?", said)], prompts)
    demos = [*shots, ("2+2?", "It is so.", "4")]
    blocks = [
        PAPER_DEMO.replace("{question}", question)
        .replace("{rationale}", rationale)
        .replace("{answer}", answer)
        for question, rationale, answer in demos
    ]
    instruction = (
        "Your task is to answer the last question below. Give step by step reasoning before you answer. When "
        "you're ready to answer, please wrap your answer and conclude using the format\n'''\n"
        "[[Final Answer]]:\n$ANSWER$\n'''\n\n\n\n"
    )
    assert user["content"] == instruction + "\n\n\n".join([*blocks, PAPER_QUESTION.format(question="2+3?")])
    assert system == {"role": "system", "content": "You are a helpful assistant."}
    assert [answer for _, _, answer in shots] == ["[2,5)", "24", "16", r"-\frac{2}{3}"]


def test_the_final_answers_of_the_worked_examples_are_what_grading_reads() -> None:
    for shot in typed("paper_math")["prompts"].shots:
        first = next(math_statements(shot.answer))
        assert first.rule == "[[Final Answer]]"
        assert rf"\boxed{{{first.text.strip('$')}}}" in shot.answer


def test_the_pair_of_models_is_chosen_by_environment_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    models = typed("paper_math")["models"]
    assert models.teacher.path == "meta-llama/Meta-Llama-3-70B-Instruct"
    assert models.students["student"].path == "meta-llama/Meta-Llama-3-8B-Instruct"
    monkeypatch.setenv("LBT_TEACHER", "my/teacher")
    monkeypatch.setenv("LBT_TEACHER_URL", "http://far:1/v1")
    monkeypatch.setenv("LBT_API", "chat")
    teacher = typed("paper_math")["models"].teacher
    assert (teacher.path, teacher.server.endpoints, teacher.server.api) == (
        "my/teacher",
        ("http://far:1/v1",),
        "chat",
    )
    monkeypatch.setenv("LBT_ENGINE", "vllm")
    assert typed("paper_math")["models"].teacher.engine == "vllm"


def test_the_preset_of_m2_has_the_papers_numbers() -> None:
    parameters = typed("paper_m2")
    preferences, training = parameters["preferences"], parameters["training"]
    assert parameters["teaching"].samples == 32
    assert (preferences.weights, preferences.margin) == ((0.5, 0.5), 0.3)
    assert preferences.maximum_pairs_per_problem == 8
    assert (training.beta, training.sft_weight, training.learning_rate) == (0.1, 50, 5e-7)
    assert (training.batch_size, training.epochs) == (16, 1)


@pytest.mark.slow
@needs_real_data
def test_the_search_of_the_paper_is_181_problems_256_rationales_9_exams(
    raw_data: None, tmp_path: Path
) -> None:
    plan, report = dry_run("paper_math", tmp_path)
    assert plan["data"]["by_role"] == {"teaching": 181, "exam": 543, "evaluation": 0}
    assert plan["data"]["by_level"]["teaching"] == {"1": 25, "2": 47, "3": 47, "4": 36, "5": 26}
    found = of_stage(plan, "lbt_search")
    assert found["teaching"]["generations"] == 46_336
    # 12 problems have one variant twice, so that 531 of 543 are examined
    assert found["exams of student"]["generations"] == 256 * 531 * 3 + 531 * 3
    assert "http://127.0.0.1:8001/v1" in report
    assert "Algebra" in report


@pytest.mark.slow
@needs_real_data
def test_the_training_of_the_paper_has_1564_problems_and_is_evaluated_on_500(
    raw_data: None, tmp_path: Path
) -> None:
    plan, _ = dry_run("paper_m2", tmp_path)
    assert plan["data"]["by_role"] == {"teaching": 1564, "exam": 3 * 1564 - 1, "evaluation": 500}
    assert of_stage(plan, "lbt_finetune")["teaching"]["generations"] == 50_048
    assert plan["training"]["most_pairs"] == 12_512
    # even at half the characters a token that are assumed
    assert 2 * (plan["training"]["longest_pair"] - 1024) + 1024 <= plan["training"]["maximum_length"]
    assert plan["warnings"] == []


def leetcode(number: int) -> dict[str, Any]:
    tests = [{"arguments": [x], "expected": x + number, "visible": x < 2} for x in range(4)]
    return {
        "question": f"Add {number} to x.",
        "family": "sums",
        "starter": f"class Solution:\n    def add{number}(self, x: int) -> int:\n        ",
        "entry_point": f"add{number}",
        "tests": tests,
    }


def test_the_papers_experiment_on_programs_is_planned_for_a_file_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LBT_DATA", str(tmp_path / "data"))
    raw = tmp_path / "data/01_raw"
    raw.mkdir(parents=True)
    with pytest.raises(DataError, match=r"leetcode\.jsonl: LeetCode problems that you bring"):
        dry_run("paper_code", tmp_path)
    (raw / "leetcode.jsonl").write_text("\n".join(json.dumps(leetcode(number)) for number in range(5)))
    parameters = typed("paper_code")
    ParameterNames().after_catalog_created({"parameters": parameters})
    teaching, exams = parameters["teaching"], parameters["exams"]
    assert (teaching.samples, teaching.sampling.temperature, teaching.sampling.top_p) == (8, 0.6, 0.9)
    assert (exams.maker, exams.sampling.temperature, parameters["search"].rule) == ("family", 0, "max")
    assert not parameters["debug"].on
    plan, _ = dry_run("paper_code", tmp_path)
    assert plan["data"]["by_role"] == {"teaching": 5, "exam": 0, "evaluation": 0}
    assert plan["data"]["exams"]["exams_by_size"] == {"4": 5}, "all other problems of the topic"
    found = of_stage(plan, "lbt_search")
    assert found["teaching"]["generations"] == 5 * 8
    assert found["exams of student"]["generations"] == 5 * 8 * 4 + 5
    assert "class Solution" in plan["prompts"]["teaching"]
    assert "expected" not in json.dumps(plan["prompts"]), "tests are not part of a prompt"


@pytest.fixture
def labelled_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The files of Liar and Logical Fallacy where the presets look for them."""
    raw = tmp_path / "data/01_raw"
    raw.mkdir(parents=True)
    for name in ("liar_train", "liar_test", "fallacy_train"):
        (raw / f"{name}.jsonl").symlink_to(DATA / f"{name}.jsonl")
    parts = [(DATA / f"fallacy_{part}.jsonl").read_bytes() for part in ("dev", "test")]
    (raw / "fallacy_held_out.jsonl").write_bytes(b"".join(parts))
    monkeypatch.setenv("LBT_DATA", str(tmp_path / "data"))


@needs_real_data
@pytest.mark.slow
@pytest.mark.parametrize(
    ("env", "held_out", "task"),
    [
        ("paper_m3_liar", 461, "is a lie (Yes) or not (No)"),
        ("paper_m3_fallacy", None, "faulty generalization"),
    ],
)
def test_the_presets_of_m3_are_planned_and_say_what_the_papers_prompts_say(
    labelled_data: None, tmp_path: Path, env: str, held_out: int | None, task: str
) -> None:
    plan, report = dry_run(env, tmp_path)
    found = of_stage(plan, "lbt_refine")
    assert set(plan["jobs"]) == {"lbt_refine"}
    assert found["refining, teacher: students: scoring"]["generations"] == 4 * 64 + 5 * 36 * 64
    assert found["refining, student: students: exams"]["generations"] == 5 * 4 * 64
    assert found["refining, teacher: own: exams"]["generations"] == 5 * 4 * 64 * 3
    assert found["refining, teacher: students: reasons"]["generations"] == 5 * 32
    assert held_out in (None, found["refining, teacher: held-out: none"]["generations"])
    for title, prompt in plan["prompts"].items():
        assert task in prompt, title
        assert title in report
    reasons = next(text for title, text in plan["prompts"].items() if "why exemplars misled" in title)
    writing = next(text for title, text in plan["prompts"].items() if "new exemplars" in title)
    for text in (reasons, writing):
        assert text.count("<question>") >= 8
        assert "Right answer: " in text
        assert "Answer given: " in text
    assert "Write 8 new worked examples" in writing
    assert "<answer>No or Yes</answer>" in writing
    exam = next(text for title, text in plan["prompts"].items() if "exam with exemplars" in title)
    assert exam.count("Text: ") == 9
    assert "Answer Yes or No." in exam
