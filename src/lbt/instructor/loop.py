"""The whole loop: answers, new items, equal training sets, trainings, answers again."""

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from lbt import tables
from lbt.asking import Usage, add_usage
from lbt.evaluation import EvaluationSettings
from lbt.generation import ModelSettings
from lbt.instructor.answering import answer_problems, answer_tasks
from lbt.instructor.choosing import equal_size, in_turn, parts_of
from lbt.instructor.items import ArmItems, NewItems
from lbt.instructor.originals import original_items
from lbt.instructor.references import References, ask_references, read_references
from lbt.instructor.roles import Roles
from lbt.instructor.settings import FROM_ERRORS, Arm
from lbt.training import FineTuningSettings, Training, train_on_items

log = logging.getLogger(__name__)


@dataclass
class Instruction:
    """All that was asked, made and trained, as lists of tables or rows."""

    answers: list[pd.DataFrame] = field(default_factory=list)
    replies: list[pd.DataFrame] = field(default_factory=list)
    items: list[dict[str, Any]] = field(default_factory=list)
    logs: list[pd.DataFrame] = field(default_factory=list)
    trainings: list[dict[str, Any]] = field(default_factory=list)
    usages: list[Usage] = field(default_factory=list)

    def tables(self) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame, Usage]:
        """The tables instructor_answers, _replies, _items, _log and _trainings, and the usage in all."""
        log_table = pd.concat(self.logs, ignore_index=True) if self.logs else None
        return (
            pd.concat(self.answers, ignore_index=True),
            pd.concat(self.replies, ignore_index=True),
            tables.make_table(tables.instructor_items, self.items),
            tables.make_table(tables.instructor_log, []) if log_table is None else log_table,
            tables.make_table(tables.instructor_trainings, self.trainings),
            add_usage(self.usages),
        )


def run_instruction(roles: Roles, evaluation: EvaluationSettings, work_folder: Path) -> Instruction:
    """Run all iterations and arms; everything asked or trained before comes from the store and `work_folder`.

    Raises:
        ModelError: The instructor's first problems are all unusable, or a model gives no readable answer.
        LbtError: A training diverged or could not be written.
    """
    return _Run(roles, evaluation, work_folder).run()


class _Run:
    def __init__(self, roles: Roles, evaluation: EvaluationSettings, work_folder: Path) -> None:
        self._roles = roles
        self._evaluation = evaluation.greedy
        self._work_folder = work_folder
        self._done = Instruction()
        self._targets: dict[str, ModelSettings] = dict.fromkeys(roles.settings.arms, roles.target)
        self._answers: dict[str, pd.DataFrame] = {}

    def run(self) -> Instruction:
        settings = self._roles.settings
        asked = ask_references(self._roles)
        self._note(asked.table, asked.usage)
        references = read_references(self._roles, asked.table)
        new = NewItems(self._roles, self._training(self._roles.target))
        base = self._answer("base", 0, self._roles.target, references, bool(self._errors_matter()))
        self._answers = dict.fromkeys(settings.arms, base)
        for iteration in range(1, settings.iterations + 1):
            made = self._make(new, references, iteration)
            if not self._train(made, references, iteration):
                log.info(
                    "No arm was trained in iteration %d, so a further one would change nothing.", iteration
                )
                break
            for arm in settings.arms:
                again = arm in FROM_ERRORS and iteration < settings.iterations
                self._answers[arm] = self._answer(arm, iteration, self._targets[arm], references, again)
        return self._done

    def _errors_matter(self) -> set[Arm]:
        return set(FROM_ERRORS) & set(self._roles.settings.arms)

    def _training(self, target: ModelSettings) -> Training[FineTuningSettings]:
        roles = self._roles
        name = f"models.students.{roles.settings.target}"
        prompts, seed = roles.asker.prompts, roles.asker.seed
        return Training(target, name, prompts, roles.settings.training, seed, "instructor.training")

    def _note(self, replies: pd.DataFrame, usage: Usage) -> None:
        self._done.replies.append(replies)
        self._done.usages.append(usage)

    def _answer(
        self, arm: str, iteration: int, target: ModelSettings, references: References, training: bool
    ) -> pd.DataFrame:
        golds = references.golds if training else None
        tasks = answer_tasks(self._roles, arm, iteration, golds, self._evaluation)
        asked = answer_problems(self._roles, target, tasks, f"{arm}, iteration {iteration}")
        self._done.answers.append(asked.table)
        self._done.usages.append(asked.usage)
        return asked.table

    def _make(self, new: NewItems, references: References, iteration: int) -> dict[Arm, ArmItems]:
        """Every arm's items of this iteration."""
        arms = [arm for arm in self._roles.settings.arms if arm != "original"]
        made = new.make({arm: self._answers[arm] for arm in arms}, iteration)
        for one in made.values():
            for asked in one.asked:
                self._note(asked.table, asked.usage)
        if "original" in self._roles.settings.arms:
            items = original_items(references, "original", iteration, self._roles.asker.seed)
            made["original"] = ArmItems(items)
        return {arm: made[arm] for arm in self._roles.settings.arms}

    def _train(self, made: dict[Arm, ArmItems], references: References, iteration: int) -> bool:
        """Train every arm that has enough; whether there was one."""
        settings = self._roles.settings
        usable = {arm: len(one.usable) for arm, one in made.items()}
        size, reasons = equal_size(usable, len(references.solutions), settings)
        reasons |= {arm: one.nothing for arm, one in made.items() if one.nothing}
        for arm, one in made.items():
            chosen = [] if arm in reasons else self._choose(arm, one, references, size, iteration)
            self._done.items += one.items + [item for item in chosen if item["mixed"]]
            log.info("%s, iteration %d: %s", arm, iteration, reasons.get(arm) or f"{len(chosen)} items")
            self._train_one(arm, one, chosen, reasons.get(arm), iteration)
        return len(reasons) < len(made)

    def _choose(
        self, arm: Arm, one: ArmItems, references: References, size: int, iteration: int
    ) -> list[dict[str, Any]]:
        """The training set, whose items get the fate "learned"; what is beyond it is surplus."""
        seed = self._roles.asker.seed
        own, mixed = parts_of(size, arm, self._roles.settings)
        usable = one.usable
        if arm != "original":
            usable = in_turn(usable, [item["source_id"] for item in usable], seed, str(iteration))
        originals = original_items(references, arm, iteration, seed)[:mixed] if mixed else []
        chosen = usable[:own] + originals
        for item in chosen:
            item["fate"] = "learned"
        for item in usable[own:]:
            item["fate"] = "surplus"
        return chosen

    def _train_one(
        self, arm: Arm, one: ArmItems, chosen: list[dict[str, Any]], reason: str | None, iteration: int
    ) -> None:
        for item in one.items:
            item["fate"] = item["fate"] or "surplus"
        metrics: dict[str, float] = {}
        trained = False
        if reason is None:
            rows = pd.DataFrame(chosen)[["question", "solution", "finish_reason"]]
            checkpoint, training_log, metrics = train_on_items(
                rows, self._training(self._targets[arm]), self._work_folder
            )
            trained, reason = checkpoint.trained, checkpoint.reason
            if trained:
                path = {"path": str(checkpoint.path), "revision": None, "adapter": None}
                self._targets[arm] = self._targets[arm].model_copy(update=path)
                self._done.logs.append(training_log.assign(arm=arm, iteration=iteration))
        self._done.trainings.append(
            {
                "arm": arm,
                "iteration": iteration,
                "trained": trained,
                "reason": reason,
                "model": self._targets[arm].path,
                "errors": one.errors,
                "replies": one.replies,
                "items": len(chosen),
                "mixed": sum(item["mixed"] for item in chosen),
                "steps": int(metrics.get("training.steps", 0)),
                "last_loss": metrics.get("training.last_epoch.loss"),
            }
        )
