"""The instructor's items of all arms of an iteration, made and checked while its model is loaded once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from lbt.asking import Asked, OpenModel
from lbt.errors import ModelError
from lbt.instructor.checking import Tally, check_items, verify_items
from lbt.instructor.leaks import EvaluationQuestions, Seen
from lbt.instructor.making import Draft, solve_variants, write_items
from lbt.instructor.roles import Roles
from lbt.instructor.settings import FROM_ERRORS, Arm
from lbt.instructor.sources import make_sources
from lbt.training import FineTuningSettings, Training

_ADVICE = {
    "unparsable": "let instructor.prompts.tutor show the form more plainly, or raise "
    "instructor.writing.max_tokens",
    "unanswered": "let instructor.prompts.tutor say how a solution ends, or raise max_tokens",
    "duplicate": "raise the temperature, or ask for fewer items",
    "leaked": "the instructor writes evaluation problems: use other evaluation problems",
    "too_long": "raise instructor.training.maximum_length",
    "unverified": "the instructor does not agree with itself: use a stronger one, or set "
    "instructor.verify: none",
}


@dataclass
class ArmItems:
    """One arm's items of an iteration; those without a fate may be learned.

    Attributes:
        items: Rows of `instructor_items`.
        asked: What the instructor was asked for them.
        errors: Wrong answers that they were made from; None where that is not how the arm learns.
        replies: Of the instructor, from which they were read.
        nothing: Why there are none, if there is nothing to learn from.
    """

    items: list[dict[str, Any]]
    asked: list[Asked] = field(default_factory=list)
    errors: int | None = None
    replies: int = 0
    nothing: str | None = None

    @property
    def usable(self) -> list[dict[str, Any]]:
        """The items that may be learned."""
        return [item for item in self.items if item["fate"] in (None, "learned")]


class NewItems:
    """Makes items, and remembers for each arm what it has had.

    Args:
        roles: Who asks whom.
        training: How items will be learned, which bounds their length.
    """

    def __init__(self, roles: Roles, training: Training[FineTuningSettings]) -> None:
        self._roles = roles
        self._training = training
        self._held_out = EvaluationQuestions(roles.held_out["question"])
        self._seen = {arm: Seen(roles.taught["question"]) for arm in roles.settings.arms}

    def make(self, answers: Mapping[Arm, pd.DataFrame], iteration: int) -> dict[Arm, ArmItems]:
        """The items of every arm, from the target's latest answers in it.

        Raises:
            ModelError: None of an arm's first items may be learned.
        """
        roles = self._roles
        with roles.asker.open(roles.instructor, "problems of the instructor") as model:
            return {arm: self._make(model, arm, iteration, answers[arm]) for arm in answers}

    def _make(self, model: OpenModel, arm: Arm, iteration: int, answers: pd.DataFrame) -> ArmItems:
        roles = self._roles
        sources = make_sources(roles, arm, iteration, answers)
        errors = len(sources) if arm in FROM_ERRORS else None
        if not sources:
            return ArmItems([], errors=errors, nothing="no wrong answer, so there is nothing to learn from")
        make = write_items if roles.settings.questions == "written" else solve_variants
        draft, asked = make(model, roles, arm, iteration, sources)
        check_items(draft, self._seen[arm], self._held_out, self._training)
        verified = verify_items(model, roles, draft)
        self._refuse_useless(arm, iteration, draft)
        return ArmItems(draft.items, [asked] + ([verified] if verified else []), errors, len(asked.table))

    def _refuse_useless(self, arm: Arm, iteration: int, draft: Draft) -> None:
        if iteration > 1 or not draft.items or any(item["fate"] is None for item in draft.items):
            return
        fates = [item["fate"] for item in draft.items]
        most = max(set(fates), key=lambda fate: (fates.count(fate), fate))
        text = next((str(item["question"]) for item in draft.items if item["question"]), None)
        shown = f" The first one: {text[:200]!r}." if text else ""
        raise ModelError(
            f"The instructor ({self._roles.instructor.path}) gave no problem that may be learned in the arm "
            f"{arm}: {Tally(draft.items)}.{shown} What would help most: {_ADVICE[most]}. What was "
            "generated is stored, so nothing is lost."
        )
