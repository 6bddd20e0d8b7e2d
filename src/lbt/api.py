"""Learning by teaching from a notebook or a script, on tables of your own.

    from lbt.api import Classroom, build_pairs

    room = Classroom({"weak": "src/lbt/pocket/models/student_weak"})
    scored = room.score(problems, rationales)  # two tables: question and answer; problem and explanation
    scored.scores  # the LbT score of every explanation
    build_pairs(scored)  # the better and the worse explanation of a problem

`docs/python.md` shows all of it at work.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from lbt import preferences
from lbt.asking import Asker
from lbt.errors import DataError
from lbt.exams import ExamPapers, ExamSettings, plan_exams, sit_exams
from lbt.generation import GenerationStore, ModelSettings, SamplingSettings
from lbt.grading import Attempt, GradingSettings, domain_named, grade_many
from lbt.preferences import PreferenceSettings
from lbt.prompts import PromptSettings
from lbt.scoring import ScoringSettings, score_rationales
from lbt.teaching.rationales import demo_id

_EXAMS = ExamSettings(sampling=SamplingSettings(temperature=0.7, max_tokens=256))


@dataclass(frozen=True)
class Scored:
    """Rationales that were examined: the tables `problems`, `rationales`, `exam_answers` and `lbt_scores`."""

    problems: pd.DataFrame
    rationales: pd.DataFrame
    exam_answers: pd.DataFrame
    scores: pd.DataFrame
    """A row for each distinct rationale and student, and one for the mean over the students ("mean")."""


@dataclass(frozen=True)
class Classroom:
    """Students that sit exams with rationales in their prompt.

    Args:
        students: By name, a model folder or hub id, or `ModelSettings` for another engine.
        domain: What an answer is: number, math, choice, text or code.
        exams: How many exam problems and repeats, and how answers are sampled.
        prompts: The text around a question.
        store: The file that keeps every answer, so that the same question is not asked twice.
        seed: Every random choice derives from it.
    """

    students: Mapping[str, str | ModelSettings]
    domain: str = "number"
    exams: ExamSettings = _EXAMS
    prompts: PromptSettings = field(default_factory=PromptSettings)
    store: str | Path = "generations.sqlite"
    seed: int = 0

    def score(self, problems: pd.DataFrame, rationales: pd.DataFrame) -> Scored:
        """Let the students sit exams with each rationale, and score the rationales by their answers.

        Args:
            problems: `problem_id`, `question` and `answer`; optionally `family` (exams are about problems of
                the same family; all problems are one family if there is none). Problems that have rationales
                are taught, all others are exam problems.
            rationales: `problem_id` and `text`, an explanation that ends with an answer.

        Raises:
            DataError: A column is missing, or a family has no exam problem.
            ModelError: A student cannot be loaded, or gives no readable answer.
        """
        taught = _problems_table(problems, rationales)
        graded = self._graded(taught, rationales)
        students = {
            name: ModelSettings(path=model) if isinstance(model, str) else model
            for name, model in self.students.items()
        }
        domain = domain_named(self.domain)
        plan = plan_exams(taught, graded, self.exams, self.seed, domain)
        papers = ExamPapers(plan, taught, graded, self.prompts, self.exams, domain)
        with GenerationStore(self.store) as store:
            asker = Asker(self.prompts, store, self.seed, domain)
            answers = sit_exams(asker, papers, students).table
        scores = score_rationales(answers, ScoringSettings())
        return Scored(taught, graded, answers, scores)

    def _graded(self, problems: pd.DataFrame, rationales: pd.DataFrame) -> pd.DataFrame:
        """The table `rationales`, as far as exams and pairs need it."""
        known = problems.set_index("problem_id")
        own = rationales[["problem_id", "text"]].astype("str").reset_index(drop=True)
        numbers = own.groupby("problem_id").cumcount()
        golds = known.loc[own["problem_id"], "answer"].tolist()
        verdicts = grade_answers(golds, own["text"].tolist(), self.domain)
        named = zip(own["problem_id"], own["text"], strict=True)
        return own.assign(
            rationale_id=own["problem_id"] + "/" + numbers.astype("str"),
            sample_index=numbers,
            family=known.loc[own["problem_id"], "family"].tolist(),
            demo_id=[demo_id(*of) for of in named],
            answer=verdicts["answer"],
            verdict=verdicts["verdict"],
            finish_reason="stop",
            tokens=0,
        )


def grade_answers(
    golds: Sequence[str], texts: Sequence[str], domain: str = "number", extraction: str = "flexible"
) -> pd.DataFrame:
    """Grade each text against its right answer.

    Args:
        golds: The right answers.
        texts: What was said; each is graded against the right answer at the same place.
        domain: What an answer is: number, math, choice, text or code.
        extraction: strict counts only answers that a text marks; flexible also what its last sentence states.

    Returns:
        One row per text: `verdict` (correct, wrong, no_answer, error), `answer` (as it was compared) and
        `rule` (how it was found); of code also the columns of `docs/grading.md`.
    """
    chosen = domain_named(domain, GradingSettings(extraction=extraction))
    graded = grade_many(chosen, [Attempt(gold, text) for gold, text in zip(golds, texts, strict=True)])
    rows = [(one.verdict, one.answer, one.rule, *map(one.details.get, chosen.details)) for one in graded]
    return pd.DataFrame(rows, columns=["verdict", "answer", "rule", *chosen.details])


def build_pairs(scored: Scored, seed: int = 0, **settings: Any) -> pd.DataFrame:
    """Preference pairs of examined rationales: the table `pairs`.

    Args:
        scored: What `Classroom.score` gave.
        seed: Decides between pairs of equal gaps.
        settings: Fields of `PreferenceSettings`, such as margin=0.3 or signal="lbt".
    """
    pairs, _ = preferences.build_pairs(
        scored.problems, scored.rationales, scored.scores, PreferenceSettings(**settings), seed
    )
    return pairs


def read_run(run_id: str | None = None, tracking_uri: str = "sqlite:///mlflow.db") -> dict[str, pd.DataFrame]:
    """The tables of a run by name, such as `rationales` and `exam_answers`.

    Args:
        run_id: By default the newest run that has kept any: a run that has just begun, a dry run or an arm of
            another run has none.
        tracking_uri: Where MLflow is.

    Raises:
        DataError: There is no such run, or it has kept no table.
    """
    import mlflow

    client = mlflow.MlflowClient(tracking_uri)
    experiments = [one.experiment_id for one in client.search_experiments()]
    newest_first = client.search_runs(experiments, order_by=["attributes.start_time DESC"])
    for name in [run_id] if run_id else [run.info.run_id for run in newest_first]:
        tables = [file for file in client.list_artifacts(name, "tables") if file.path.endswith(".parquet")]
        if tables:
            return {
                Path(file.path).stem: pd.read_parquet(client.download_artifacts(name, file.path))
                for file in tables
            }
    if run_id is None:
        raise DataError(f"There is no run with tables in {tracking_uri} yet. Make one with `make run`.")
    raise DataError(f"The run {run_id} has kept no table. Its stages may not have been reached.")


def _problems_table(problems: pd.DataFrame, rationales: pd.DataFrame) -> pd.DataFrame:
    """The table `problems`, with what is left out filled in."""
    _check_columns("problems", problems, "problem_id", "question", "answer")
    _check_columns("rationales", rationales, "problem_id", "text")
    ids, named = problems["problem_id"].astype("str"), rationales["problem_id"].astype("str")
    if ids.duplicated().any():
        raise DataError(f"Two problems have the id {ids[ids.duplicated()].iloc[0]!r}. Give each its own.")
    strange = set(named) - set(ids)
    if strange:
        raise DataError(f"No problem has the id {min(strange)!r}, which a rationale names.")
    table = problems.assign(
        role=ids.isin(named).map({True: "teaching", False: "exam"}),
        family=problems.get("family", "all"),
        source=problems.get("source", "your table"),
    )
    texts = ["problem_id", "question", "answer", "family", "role", "source"]
    return table.assign(**{name: table[name].astype("str") for name in texts})


def _check_columns(name: str, table: pd.DataFrame, *needed: str) -> None:
    missing = [column for column in needed if column not in table]
    if missing:
        raise DataError(f"The table {name} has no column {missing[0]!r}. It needs {', '.join(needed)}.")
