"""What nodes add to the domain functions they call; those are replaced here by recorders."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from lbt import tables
from lbt.asking import Asked, Usage
from lbt.errors import ModelError
from lbt.evaluation import EvaluationSettings
from lbt.exams import ExamSettings
from lbt.generation import (
    GenerationStore,
    ModelSettings,
    ModelsSettings,
    SamplingSettings,
    ServerSettings,
)
from lbt.grading import GradingSettings
from lbt.pipelines.evaluation import nodes as evaluation
from lbt.pipelines.parameters import Domain, Folder, Seed
from lbt.pipelines.problems import nodes as problems
from lbt.pipelines.training import nodes as training
from lbt.prompts import DebugSettings, PromptSettings
from lbt.teaching import TeachingSettings
from lbt.training import Checkpoint, TrainingSettings

TEACHER = ModelSettings(path="teacher", revision="main", adapter="adapter", batch_size=8)
MODELS = ModelsSettings(
    teacher=TEACHER, students={"strong": ModelSettings(path="s1"), "weak": ModelSettings(path="s2")}
)
_FOLDER = Path(__file__).parents[2] / "src/lbt/pocket/models"
EMBEDDED = ModelsSettings(
    teacher=ModelSettings(path=str(_FOLDER / "teacher")),
    students={"weak": ModelSettings(path=str(_FOLDER / "student_weak"))},
)
EVALUATION = EvaluationSettings(sampling=SamplingSettings(temperature=0.7, max_tokens=8))
USAGE: Usage = {"new": 3.0, "reused": 1.0, "failed": 0.0, "tokens": 10.0, "seconds": 0.5}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ModelSettings]]:
    """The models that evaluation asked, by label."""
    seen: list[tuple[str, ModelSettings]] = []

    def answer_problems(asker: Any, problems: Any, label: str, model: ModelSettings, settings: Any) -> Asked:
        seen.append((label, model))
        table = pd.DataFrame({"model": [label]})
        return Asked(table, USAGE, table.head(0))

    monkeypatch.setattr(evaluation.stage, "answer_problems", answer_problems)
    return seen


def evaluate(checkpoint: Checkpoint, tmp_path: Path) -> tuple[pd.DataFrame, dict[str, float]]:
    store = GenerationStore(tmp_path / "store.sqlite")
    return evaluation.answer_problems(
        pd.DataFrame(),
        MODELS,
        checkpoint,
        EVALUATION,
        PromptSettings(),
        store,
        Seed(0),
        Domain("number"),
        GradingSettings(),
        DebugSettings(),
    )


def test_the_tuned_teacher_runs_as_the_base_one_does(
    asked: list[tuple[str, ModelSettings]], tmp_path: Path
) -> None:
    answers, usage = evaluate(Checkpoint(tmp_path / "tuned", True, None, "f"), tmp_path)
    [(_, base), (_, tuned)] = asked
    assert base == TEACHER
    # the checkpoint is a whole model: the base one's revision and adapter are in it
    assert tuned == ModelSettings(path=str(tmp_path / "tuned"), batch_size=8)
    assert answers["model"].tolist() == ["base", "tuned"]
    assert usage["new"] == 6


def test_without_a_tuned_teacher_only_the_base_one_is_evaluated(
    asked: list[tuple[str, ModelSettings]], tmp_path: Path
) -> None:
    evaluate(Checkpoint(tmp_path, False, "too few", "f"), tmp_path)
    assert [label for label, _ in asked] == ["base"]


def test_an_evaluation_without_problems_has_no_figures() -> None:
    metrics, by_family, transcripts = evaluation.compare_models(
        pd.DataFrame(),
        tables.make_table(tables.evaluation_answers, []),
        EVALUATION,
        Seed(0),
        Domain("number"),
        GradingSettings(),
    )
    assert metrics == {}
    assert by_family.empty
    assert "problems.evaluation: 0" in transcripts


@pytest.mark.parametrize(
    ("checkpoint", "outcome"),
    [
        (Checkpoint(Path("x"), True, None, "f"), {"outcome": "trained"}),
        (
            Checkpoint(Path("x"), False, "3 pairs", "f"),
            {"outcome": "too_few_pairs", "outcome_reason": "3 pairs"},
        ),
    ],
)
def test_the_run_is_marked_with_what_came_of_the_training(
    monkeypatch: pytest.MonkeyPatch, checkpoint: Checkpoint, outcome: dict[str, str]
) -> None:
    monkeypatch.setattr(training.stage, "train_model", lambda *_: (checkpoint, pd.DataFrame(), {}))
    result = training.train_teacher(
        pd.DataFrame(),
        MODELS,
        PromptSettings(),
        TrainingSettings(),
        Folder(Path("work")),
        Seed(0),
        {"trainable": True},
    )
    assert result[3] == outcome


def test_a_teacher_on_a_server_is_evaluated_here_with_its_weights(
    asked: list[tuple[str, ModelSettings]], tmp_path: Path
) -> None:
    server = ServerSettings(endpoints=("http://127.0.0.1:1/v1",))
    served = TEACHER.model_copy(update={"engine": "openai", "server": server})
    for engine, expected in ((None, "transformers"), ("vllm", "vllm")):
        asked.clear()
        evaluation.answer_problems(
            pd.DataFrame(),
            MODELS.model_copy(update={"teacher": served}),
            Checkpoint(tmp_path / "tuned", True, None, "f"),
            EVALUATION.model_copy(update={"engine": engine}),
            PromptSettings(),
            GenerationStore(tmp_path / "store.sqlite"),
            Seed(0),
            Domain("number"),
            GradingSettings(),
            DebugSettings(),
        )
        assert [(model.engine, model.server) for _, model in asked] == [(expected, None)] * 2


def test_a_teacher_without_weights_is_refused_before_anything_is_generated() -> None:
    server = ServerSettings(endpoints=("http://127.0.0.1:1/v1",), api="chat")
    teacher = ModelSettings(path="hosted", engine="openai", server=server)
    with pytest.raises(ModelError, match=r"models\.teacher: hosted .* cannot be trained"):
        problems.check_trainable(MODELS.model_copy(update={"teacher": teacher}), EVALUATION, {})
    identities = problems.identify_models(EMBEDDED, teaching_of(96), exams_of(96))
    assert problems.check_trainable(EMBEDDED, EVALUATION, identities) == {"trainable": True}


def teaching_of(max_tokens: int) -> TeachingSettings:
    return TeachingSettings(sampling=SamplingSettings(temperature=1.0, max_tokens=max_tokens))


def exams_of(max_tokens: int) -> ExamSettings:
    return ExamSettings(sampling=SamplingSettings(temperature=0.7, max_tokens=max_tokens))


def test_answers_that_leave_a_model_no_room_for_a_prompt_are_refused_before_anything_is_generated() -> None:
    with pytest.raises(
        ModelError, match=r"teaching\.sampling\.max_tokens is 512, but models\.teacher .* 512"
    ):
        problems.identify_models(EMBEDDED, teaching_of(512), exams_of(96))
    with pytest.raises(ModelError, match=r"exams\.sampling\.max_tokens is 99,999, but models\.students\."):
        problems.identify_models(EMBEDDED, teaching_of(511), exams_of(99_999))
    identities = problems.identify_models(EMBEDDED, teaching_of(96), exams_of(96))
    long = EVALUATION.model_copy(update={"sampling": SamplingSettings(temperature=0.7, max_tokens=600)})
    with pytest.raises(ModelError, match=r"evaluation\.sampling\.max_tokens is 600"):
        problems.check_trainable(EMBEDDED, long, identities)
