"""The plan counts what the stages would ask, and fits what they would store."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from huggingface_hub import constants
from tests.instructor.conftest import instructor_settings

from lbt.asking import Asker
from lbt.errors import DataError, ModelError, SettingsError
from lbt.evaluation import EvaluationSettings
from lbt.exams import ExamPapers, ExamSettings, plan_exams, report_exams
from lbt.exams.settings import ConsensusSettings
from lbt.exams.sitting import sit_one
from lbt.generation import (
    Completion,
    GenerationStore,
    ModelSettings,
    ModelsSettings,
    Origin,
    SamplingSettings,
    ServerSettings,
)
from lbt.generation.engines.scripted import scripted_model
from lbt.grading import GradingSettings, domain_named
from lbt.grading.domains.code import CodeGold
from lbt.planning import JOBS, DryRunSettings, RunSettings, check_files, describe_plan, plan_run
from lbt.planning.counting import Load
from lbt.planning.disk import BYTES_A_TOKEN, store_bytes
from lbt.planning.prompting import prompting_of
from lbt.pocket.problems import load_pocket_problems
from lbt.preferences import PreferenceSettings
from lbt.problems import ProblemSettings
from lbt.prompts import DebugSettings, PromptSettings, Shot
from lbt.refine import RefineSettings, refine
from lbt.search import SearchSettings
from lbt.teaching import TeachingSettings, sample_rationales
from lbt.training import TrainingSettings

POCKET = Path(__file__).parents[2] / "src/lbt/pocket/models"
SAMPLING = SamplingSettings(temperature=0.7, max_tokens=24)
PROBLEMS, INGEST = load_pocket_problems(ProblemSettings(teaching=6, exam_per_family=3, evaluation=5), 0)
EXAMS = ExamSettings(problems_per_demo=2, repeats=3, sampling=SAMPLING)
NUMBER = domain_named("number")
PROMPTS = PromptSettings(shots=(Shot(question="1 + 1", answer="2"),))
MODELS = ModelsSettings(
    teacher=ModelSettings(path=str(POCKET / "teacher")),
    students={"strong": ModelSettings(path=str(POCKET / "student_strong"))},
)
SETTINGS: dict[str, Any] = {
    "exams": EXAMS,
    "models": MODELS,
    "prompts": PROMPTS,
    "teaching": TeachingSettings(samples=4, sampling=SAMPLING),
    "search": SearchSettings(examples=1, solutions=2),
    "refine": RefineSettings(rounds=1, beam=2, proposals=2, batch=3, score_batch=2),
    "instructor": instructor_settings(target="strong", problems=6, items=6, minimum_items=1),
    "dry_run": DryRunSettings(jobs=("lbt_finetune", "lbt_search")),
    "preferences": PreferenceSettings(),
    "training": TrainingSettings(),
    "evaluation": EvaluationSettings(samples=2, sampling=SAMPLING),
    "seed": 0,
    "domain": "number",
    "grading": GradingSettings(),
    "debug": DebugSettings(),
}


def plan(**options: Any) -> dict[str, Any]:
    settings = RunSettings(**SETTINGS | options)
    ingest = INGEST | {"exams": report_exams(PROBLEMS, settings.exams, settings.seed, NUMBER)}
    return plan_run(settings, PROBLEMS, ingest)


def loads(planned: dict[str, Any], job: str) -> dict[str, dict[str, Any]]:
    return {load["stage"]: load for load in planned["jobs"][job]["loads"]}


@pytest.fixture
def no_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "no_cache"))


def test_exams_are_counted_as_they_are_planned_and_sat(asker: Asker) -> None:
    teacher = scripted_model(lambda messages, sample: f"{sample}\n#### 1", "teacher")
    rationales = sample_rationales(asker, PROBLEMS, teacher, SETTINGS["teaching"]).table
    assert rationales["demo_id"].nunique() == 6 * 4
    papers = ExamPapers(
        plan_exams(PROBLEMS, rationales, EXAMS, 0, NUMBER), PROBLEMS, rationales, PROMPTS, EXAMS, NUMBER
    )
    student = scripted_model(lambda messages, sample: "#### 1", "student")
    sat = sit_one(asker, papers, "strong", student)
    load = loads(plan(), "lbt_finetune")["exams of strong"]
    assert load["prompts"] == len(papers.plan)
    assert load["generations"] == len(sat.table) == sat.usage["new"]
    one = rationales[rationales["sample_index"] == 0]
    assert load["fewest"] == len(plan_exams(PROBLEMS, one, EXAMS, 0, NUMBER)) * papers.repeats


def test_prompt_tokens_are_those_of_the_rendered_prompts() -> None:
    prompting = prompting_of("strong", MODELS.students["strong"], "models.students.strong")
    assert prompting.renderer is not None
    longest = "apples " * SAMPLING.max_tokens
    (size,) = prompting.count([longest])
    taught = PROBLEMS[PROBLEMS["role"] == "teaching"]
    rationales = pd.DataFrame(
        [
            {"problem_id": name, "demo_id": f"{name}/{place}", "text": longest, "verdict": "wrong"}
            for name in taught["problem_id"]
            for place in range(4)
        ]
    )
    papers = ExamPapers(
        plan_exams(PROBLEMS, rationales, EXAMS, 0, NUMBER), PROBLEMS, rationales, PROMPTS, EXAMS, NUMBER
    )
    prompts = [prompting.render(task.messages, "") for task in papers.tasks("strong")]
    sizes = prompting.count(prompts)
    load = loads(plan(), "lbt_finetune")["exams of strong"]
    longer = 6 * 4 * 2 * (size - SAMPLING.max_tokens)
    assert load["prompt_tokens"] == sum(sizes) - longer
    assert load["longest"] == max(sizes) - (size - SAMPLING.max_tokens) + SAMPLING.max_tokens


def test_teaching_and_evaluation_are_asked_of_the_teacher() -> None:
    found = loads(plan(), "lbt_finetune")
    assert list(found) == ["teaching", "exams of strong", "evaluation of base", "evaluation of tuned"]
    assert found["teaching"]["generations"] == found["teaching"]["fewest"] == 6 * 4
    assert found["evaluation of base"]["generations"] == found["evaluation of base"]["fewest"] == 5 * 3
    assert found["evaluation of base"]["prompts"] == 5 * 2
    assert found["evaluation of tuned"]["fewest"] == 0
    assert found["teaching"]["tokens"] == 6 * 4 * 24


def test_a_consensus_and_further_exams_are_counted_at_their_most() -> None:
    exams = EXAMS.model_copy(
        update={"labels": "consensus", "reexam": 1, "consensus": ConsensusSettings(samples=5)}
    )
    planned = loads(plan(exams=exams), "lbt_finetune")
    asked = PROBLEMS["role"].eq("exam").sum()
    assert planned["consensus"]["generations"] == 5 * asked
    further = planned["further exams of strong"]
    # one fresh problem of each of the 6 taught problems, for each of at most 4 rationales, 3 times
    assert further["generations"] == 6 * 4 * 3
    assert further["fewest"] == 0
    assert "further exams of strong" not in loads(plan(), "lbt_finetune")


def test_the_baselines_of_the_search_are_counted_as_they_are_asked() -> None:
    found = loads(plan(), "lbt_search")
    assert found["teaching"]["generations"] == 6 * 4
    assert found["baselines: greedy"]["generations"] == 6
    assert found["baselines: worked examples"]["generations"] == 6 * 4
    assert found["baselines: worked examples"]["prompts"] == 6 * 2  # of one example each, two taking turns
    used = found["exams of strong"]["prompts"] - 6 * 4 * 2
    assert found["baselines: solutions"]["generations"] == used * 2
    assert found["baselines: own exams"]["generations"] == 6 * 4 * 2 * 3
    more = loads(plan(search=SearchSettings(baselines=("equal_generations",))), "lbt_search")
    exams = 6 * 4 * 2 * 3  # of one student
    assert more["baselines: equal generations"]["generations"] == 6 * 4 + exams
    assert more["baselines: equal generations"]["fewest"] == 6 * 4 + exams / 4
    alone = loads(plan(search=SearchSettings(samples=8, baselines="none")), "lbt_search")
    assert list(alone) == ["teaching", "exams of strong", "baselines: greedy"]
    assert alone["teaching"]["generations"] == 6 * 8


def test_exams_that_may_end_early_may_cost_nothing() -> None:
    full = loads(plan(), "lbt_search")["exams of strong"]
    exact = loads(plan(search=SearchSettings(examiner="exact")), "lbt_search")["exams of strong"]
    assert exact["fewest"] == 0
    assert exact["generations"] == 6 * 4 * 2 * 3 < full["generations"]


GOLD = CodeGold(entry_point="f", visible=("assert f(1) == 1",), hidden=("assert f(2) == 2",))
CODE: dict[str, Any] = {"domain": "code", "debug": DebugSettings(teacher=True, students=True)}


def coded(job: str, **options: Any) -> dict[str, dict[str, Any]]:
    problems = PROBLEMS.assign(answer=GOLD.dumped())
    settings = RunSettings(**SETTINGS | CODE | options)
    ingest = INGEST | {"exams": report_exams(problems, settings.exams, settings.seed, NUMBER)}
    return loads(plan_run(settings, problems, ingest), job)


def test_second_turns_are_counted_as_if_every_answer_were_debugged() -> None:
    found = coded("lbt_search")
    first = [stage for stage in found if not stage.endswith("debugging")]
    assert [stage for stage in found if stage not in first] == [
        "teaching: debugging",
        "exams of strong: debugging",
        "baselines: greedy, debugging",
        "baselines: solutions, debugging",
        "baselines: worked examples, debugging",
        "baselines: own exams, debugging",
    ]
    for stage in first:
        second = found[f"{stage}, debugging" if ":" in stage else f"{stage}: debugging"]
        asked = found[stage]
        assert second["generations"] == second["prompts"] == asked["generations"]
        assert second["fewest"] == 0
        assert second["longest"] > asked["longest"] + SAMPLING.max_tokens
        assert second["prompt_tokens"] > asked["generations"] * SAMPLING.max_tokens
    teachers_own = coded("lbt_finetune", debug=DebugSettings(teacher=True))
    assert list(teachers_own) == [
        "teaching",
        "teaching: debugging",
        "exams of strong",
        "evaluation of base",
        "evaluation of tuned",
    ]


def test_no_more_second_turns_are_asked_than_are_counted(asker: Asker) -> None:
    teacher = scripted_model(lambda messages, sample: "```python\ndef f(x): return 3\n```", "wrong")
    problems = PROBLEMS.assign(answer=GOLD.dumped())
    debugging = Asker(PROMPTS, asker.store, 0, domain_named("code"), DebugSettings(teacher=True))
    sampled = sample_rationales(debugging, problems, teacher, SETTINGS["teaching"])
    counted = coded("lbt_finetune")
    assert len(sampled.first) == counted["teaching: debugging"]["generations"]


def test_what_only_mathematics_can_vote_by_or_be_debugged_is_refused() -> None:
    with pytest.raises(SettingsError, match="answers: paper counts votes"):
        coded("lbt_search", search=SearchSettings(answers="paper"))
    with pytest.raises(SettingsError, match=r"debug\.students shows a model"):
        plan(debug=DebugSettings(students=True))


def test_a_model_with_two_roles_is_named_by_both() -> None:
    own = MODELS.teacher
    planned = plan(models=ModelsSettings(teacher=own, students={"itself": own}))
    assert [model["name"] for model in planned["models"]] == ["teacher", "itself"]
    found = loads(planned, "lbt_finetune")
    assert found["teaching"]["model"] == found["exams of itself"]["model"] == "teacher, itself"


def test_the_first_prompts_are_those_of_the_chat_template() -> None:
    shown = plan()["prompts"]
    assert all(text.startswith("<|user|>1 + 1<|assistant|>2<|end|><|user|>") for text in shown.values())
    assert shown["teaching"].endswith("<|assistant|>")
    assert "<what the teacher said about this problem><|end|>" in shown["exam"]


def test_a_model_that_is_not_to_be_had_is_planned_with_messages_and_estimates(no_hub: None) -> None:
    server = ServerSettings(endpoints=("http://127.0.0.1:1/v1",), model="served")
    far = ModelSettings(path="nobody/nothing", engine="openai", server=server)
    planned = plan(models=ModelsSettings(teacher=far, students={"far": far}))
    teacher = planned["models"][0]
    assert teacher["asked_at"].startswith("http://127.0.0.1:1/v1 (completions) as served")
    assert "not available" in teacher["chat_template"]
    assert teacher["tokens_counted"] == "4 characters a token"
    assert planned["prompts"]["teaching"].startswith("[user]\n1 + 1\n[assistant]\n2\n[user]\n")
    assert "as messages, since the chat template is not available here" in describe_plan(planned)


def test_a_hosted_teacher_is_planned_and_its_training_warned_of() -> None:
    server = ServerSettings(endpoints=("http://127.0.0.1:1/v1",), api="chat")
    hosted = ModelSettings(path="hosted", engine="openai", server=server)
    planned = plan(models=ModelsSettings(teacher=hosted, students={"hosted": hosted}))
    assert planned["models"][0]["chat_template"] == "the server's own"
    assert any("cannot be trained" in warning for warning in planned["warnings"])


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    empty = ModelSettings(path=str(tmp_path))
    with pytest.raises(ModelError, match=r"models\.students\.mine: .* holds no weights"):
        plan(models=ModelsSettings(teacher=MODELS.teacher, students={"mine": empty}))


def test_what_does_not_fit_the_context_or_the_training_is_warned_of() -> None:
    assert plan()["warnings"] == []
    long = SamplingSettings(temperature=0.7, max_tokens=490)
    found = plan(teaching=TeachingSettings(samples=1, sampling=long))["warnings"]
    assert any("context of strong is 512" in warning for warning in found)
    assert any("training.maximum_length" in warning for warning in found)


def test_the_report_shows_every_load_and_endpoint() -> None:
    planned = plan()
    text = describe_plan(planned)
    for job in planned["jobs"].values():
        for load in job["loads"]:
            lines = [line for line in text.splitlines() if line.startswith(f"  {load['stage']}  ")]
            assert any(f"  {load['generations']:,}  " in line for line in lines)
    assert "transformers on this machine" in text
    assert "6 teaching, " in text


def test_the_store_is_about_as_large_as_planned(tmp_path: Path) -> None:
    load = Load("exams of student", "student", 4000, 0, 0, 0, max_tokens=300, longest=0)
    text = "x" * (300 * BYTES_A_TOKEN)
    path = tmp_path / "store.sqlite"
    with GenerationStore(path) as store:
        origin = Origin("0" * 64, "meta-llama/Meta-Llama-3-8B-Instruct", "openai", "vllm 0.32.0", "teaching")
        store.put(((f"{row:064d}", 0, Completion(text, "stop", 900, 300)) for row in range(4000)), origin)
    assert store_bytes([load]) == pytest.approx(path.stat().st_size, rel=0.3)


def test_missing_files_are_all_named_with_where_they_are_to_be_had(tmp_path: Path) -> None:
    there = tmp_path / "mine.jsonl"
    there.write_text("")
    problems = ProblemSettings(
        source="math_variants",
        path=str(tmp_path / "math500_test.jsonl"),
        exam_paths=(str(tmp_path / "math_fneval_variants.jsonl"), str(tmp_path / "other.jsonl"), str(there)),
    )
    with pytest.raises(DataError) as caught:
        check_files(problems)
    lines = str(caught.value).splitlines()[1:4]
    assert [line.split(":")[0].rpartition("/")[2] for line in lines] == [
        "math500_test.jsonl",
        "math_fneval_variants.jsonl",
        "other.jsonl",
    ]
    assert "github.com/openai/prm800k" in lines[0]
    assert "github.com/consequentai/fneval" in lines[1]


REFINING: dict[str, Any] = {"dry_run": DryRunSettings(jobs=("lbt_refine",))}


def test_a_refinement_is_counted_at_its_most() -> None:
    found = loads(plan(**REFINING), "lbt_refine")
    # Sets that show a question the same exemplar ask it once.
    assert 3 <= found["refining, strong: students: exams"]["generations"] <= 2 * 3
    for arm in ("students", "own", "random_changes"):
        assert found[f"refining, teacher: {arm}: scoring"]["generations"] <= 2 * 2 + 6 * 2
        assert found[f"refining, teacher: held-out: {arm}"]["generations"] == 2 * 5
        assert found[f"refining, teacher: held-out: {arm}"]["fewest"] == 5
    twice = SETTINGS["refine"].model_copy(update={"repeats": 2})
    again = loads(plan(refine=twice, **REFINING), "lbt_refine")
    for stage, load in found.items():
        assert again[stage]["generations"] == 2 * load["generations"]


def test_no_refinement_asks_more_than_is_counted(asker: Asker) -> None:
    models = ModelsSettings(
        teacher=scripted_model(lambda messages, sample: f"{sample}\n#### 1", "teacher"),
        students={"strong": scripted_model(lambda messages, sample: "#### 1", "student")},
    )
    wrong = SETTINGS["refine"].model_copy(update={"only_right": False})
    refined = refine(asker, PROBLEMS, models, SETTINGS["teaching"], wrong)
    counted = loads(plan(refine=wrong, **REFINING), "lbt_refine")
    assert refined.usage["new"] <= sum(load["generations"] for load in counted.values())


def test_only_the_named_jobs_are_planned_and_by_default_those_that_the_problems_allow() -> None:
    assert set(plan(dry_run=DryRunSettings())["jobs"]) == set(JOBS)
    only = plan(dry_run=DryRunSettings(jobs="lbt_refine"))
    assert set(only["jobs"]) == {"lbt_refine"}
    assert only["training"] is None
    assert "refining: the first exam with exemplars, for strong" in describe_plan(only)
    with pytest.raises(ValueError, match="must be null or a list of"):
        DryRunSettings(jobs=("lbt_training",))
    with pytest.raises(KeyError, match="lbt_refine"):
        coded("lbt_refine", dry_run=DryRunSettings())
