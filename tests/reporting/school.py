"""The tables of a run that no model made: answers by chance, through the stages' own functions."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from lbt import tables
from lbt.evaluation import EvaluationSettings, compare_models
from lbt.generation import SamplingSettings
from lbt.grading import Voting, domain_named
from lbt.preferences import PreferenceSettings, build_pairs
from lbt.reporting.page import RunMaterial
from lbt.scoring import ScoringSettings, lucky_auc, score_metrics, score_rationales

FAMILIES = [f"family_{letter}" for letter in "abcdefghijkl"]
BATCH = 16
FACTS: dict[str, Any] = {
    "name": "lbt+correctness seed 0 lbt_finetune",
    "pipeline": "lbt_finetune",
    "env": "base",
    "arm": "lbt+correctness",
    "seed": 0,
    "command": "kedro run --pipeline=lbt_finetune",
    "commit": "0123456789abcdef",
    "dirty": False,
    "started": "2026-11-26 06:00 UTC",
    "version": "2026-11-26T06.00.00.000Z",
    "models": [{"name": "teacher", "path": "models/teacher"}],
    "differences": [{"name": "training.beta", "here": "2.0", "base": "1.0"}],
}
_VERDICTS = ("correct", "wrong", "no_answer", "truncated", "error")


class School:
    """A run's tables.

    Args:
        seed: Decides every answer.
        levels: Whether the problems have levels.
        procedures: Whether it is known how rationales came to their answers.
        tuned: Whether there is a tuned teacher.
    """

    def __init__(self, seed: int, levels: bool = False, procedures: bool = True, tuned: bool = True) -> None:
        self.rng = np.random.default_rng(seed)
        self.seed, self.tuned = seed, tuned
        self.problems = self._problems(levels)
        self.rationales = self._rationales()
        self.procedures = self._procedures() if procedures else tables.make_table(tables.procedures, [])
        self.exam_answers = self._exams()
        self.lbt_scores = score_rationales(self.exam_answers, ScoringSettings())
        self.pairs, _ = build_pairs(
            self.problems, self.rationales, self.lbt_scores, PreferenceSettings(margin=0.2), seed
        )
        self.evaluation_answers = self._evaluation()
        self.training_log = self._log() if tuned else tables.make_table(tables.training_log, [])
        self.usages = {
            stage: {"new": 100.0 + i, "reused": 10.0, "failed": 1.0, "tokens": 5000.0, "seconds": 60.5 + i}
            for i, stage in enumerate(("teaching", "exams", "evaluation"))
        }

    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables by name."""
        return {name: value for name, value in vars(self).items() if isinstance(value, pd.DataFrame)}

    def material(self, **other: Any) -> RunMaterial:
        """What the report is made of; `other` fields in place of its own."""
        settings = EvaluationSettings(sampling=SamplingSettings(temperature=0.7, max_tokens=9))
        golds = dict(zip(self.problems["problem_id"], self.problems["answer"], strict=True))
        voting = Voting(domain_named("number"), golds)
        metrics, by_family = compare_models(self.evaluation_answers, settings, self.seed, voting)
        metrics |= score_metrics(self.rationales, self.lbt_scores, seed=self.seed)
        metrics |= lucky_auc(self.rationales, self.lbt_scores, self.procedures, seed=self.seed)
        taught = self.rationales["problem_id"].nunique()
        metrics |= {
            "preferences.pairs": float(len(self.pairs)),
            "preferences.teaching_problems": float(taught),
            "preferences.problems_without_pairs": float(taught - self.pairs["problem_id"].nunique()),
        }
        metrics |= self._training_metrics() if self.tuned else {}
        reason = "only 3 pairs, fewer than training.minimum_pairs"
        fields: dict[str, Any] = {
            "facts": FACTS,
            "accuracy_by_family": by_family,
            "outcome": {"outcome": "trained"} if self.tuned else {"outcome": "few", "outcome_reason": reason},
            "metrics": metrics,
            "usages": self.usages,
            "seed": self.seed,
            **self.tables(),
        }
        return RunMaterial(**fields | other)

    def _problems(self, levels: bool) -> pd.DataFrame:
        counts = {"teaching": 2, "exam": 3, "evaluation": 10}
        rows = [
            (f"{family}-{role}-{i}", family, f"What is {i} of {family}?", str(i), role, "test", None)
            for family in FAMILIES
            for role, count in counts.items()
            for i in range(count)
        ]
        names = list(tables.problems.columns)[:7]
        table = pd.DataFrame(rows, columns=names)
        if levels:
            table["level"] = self.rng.integers(1, 4, len(table))
        return tables.problems.validate(table)

    def _verdicts(self, count: int, right: float) -> list[str]:
        rest = (1 - right) * np.array([0.8, 0.1, 0.05, 0.05])
        return self.rng.choice(_VERDICTS, count, p=[right, *rest]).tolist()

    def _answers(self, verdicts: list[str], golds: list[str]) -> list[str | None]:
        said = {"correct": lambda gold: gold, "wrong": lambda gold: f"1{gold}{self.rng.integers(3)}"}
        return [
            said.get(verdict, lambda _: None)(gold) for verdict, gold in zip(verdicts, golds, strict=True)
        ]

    def _rationales(self) -> pd.DataFrame:
        taught = self.problems[self.problems["role"] == "teaching"]
        rows = taught.loc[taught.index.repeat(6)].reset_index(drop=True)
        verdicts = self._verdicts(len(rows), 0.5)
        kinds = self.rng.integers(0, 5, len(rows))
        answers = self._answers(verdicts, rows["answer"].tolist())
        texts = [
            f"Way {kind} of {verdict}, said at some length.\n#### {answer}"
            for kind, verdict, answer in zip(kinds, verdicts, answers, strict=True)
        ]
        number = rows.groupby("problem_id").cumcount()
        told = pd.Series(texts) + rows["problem_id"]
        return tables.rationales.validate(
            pd.DataFrame(
                {
                    "rationale_id": rows["problem_id"] + "/" + number.astype(str),
                    "problem_id": rows["problem_id"],
                    "family": rows["family"],
                    "sample_index": number,
                    "text": texts,
                    "answer": answers,
                    "verdict": verdicts,
                    "finish_reason": ["length" if one == "truncated" else "stop" for one in verdicts],
                    "tokens": self.rng.integers(5, 40, len(rows)),
                    "demo_id": "d" + pd.Series(pd.factorize(told)[0]).astype(str),
                }
            )
        )

    def _procedures(self) -> pd.DataFrame:
        answered = self.rationales[self.rationales["verdict"].isin(["correct", "wrong"])]
        right = (answered["verdict"] == "correct") & (self.rng.random(len(answered)) < 0.7)
        names = right.map({True: "right", False: "misconception"})
        return pd.DataFrame({"rationale_id": answered["rationale_id"], "procedure": names, "right": right})

    def _exams(self) -> pd.DataFrame:
        demos = self.rationales[self.rationales["verdict"].isin(["correct", "wrong"])].drop_duplicates(
            "demo_id"
        )
        of_family = self.problems[self.problems["role"] == "exam"].groupby("family")["problem_id"].apply(list)
        asked = [
            (
                demo["demo_id"],
                demo["problem_id"],
                exam,
                demo["family"],
                0.55 if demo["verdict"] == "correct" else 0.3,
            )
            for demo in demos.to_dict("records")
            for exam in of_family[demo["family"]][:2]
        ]
        asked += [(None, None, exam, family, 0.35) for family, exams in of_family.items() for exam in exams]
        rows = [
            (student, demo, taught, exam, family, repeat, "text", None, verdict, "stop", 7)
            for student in ("strong", "weak")
            for demo, taught, exam, family, right in asked
            for repeat, verdict in enumerate(self._verdicts(3, right))
        ]
        return tables.make_table(tables.exam_answers, rows)

    def _evaluation(self) -> pd.DataFrame:
        held_out = self.problems[self.problems["role"] == "evaluation"]
        rows = []
        for model, right in (("base", 0.45), ("tuned", 0.65)) if self.tuned else (("base", 0.45),):
            for decoding, samples in (("greedy", 1), ("sampled", 4)):
                for problem in held_out.to_dict("records"):
                    verdicts = self._verdicts(samples, right)
                    answers = self._answers(verdicts, [problem["answer"]] * samples)
                    rows += [
                        (
                            model,
                            problem["problem_id"],
                            problem["family"],
                            decoding,
                            i,
                            f"I say {answer}",
                            answer,
                            verdict,
                            "stop",
                            9,
                        )
                        for i, (answer, verdict) in enumerate(zip(answers, verdicts, strict=True))
                    ]
        return tables.make_table(tables.evaluation_answers, rows)

    def _log(self) -> pd.DataFrame:
        steps = -(-len(self.pairs) // BATCH)
        count = 2 * steps
        columns = {name: self.rng.random(count) for name in tables.training_log.columns}
        columns["step"] = np.arange(1.0, count + 1)
        columns["epoch"] = columns["step"] / steps
        columns["logps_chosen"] = np.linspace(-5, -4, count)
        return tables.training_log.validate(pd.DataFrame(columns))

    def _training_metrics(self) -> Mapping[str, float]:
        last = self.training_log.tail(len(self.training_log) // 2)
        sizes = np.full(len(last), float(BATCH))
        sizes[-1] = len(self.pairs) - BATCH * (len(last) - 1)
        return {
            "training.steps": float(len(self.training_log)),
            "training.pairs": float(len(self.pairs)),
            "training.pairs_too_long": 0.0,
            "training.seconds": 12.5,
            **{
                f"training.last_epoch.{name}": float(np.average(last[name], weights=sizes))
                for name in ("reward_margin", "reward_accuracy")
            },
        }
