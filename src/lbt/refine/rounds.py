"""One arm over its rounds: new sets, scores, the sets that are kept, and the best one measured."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from lbt.errors import ModelError
from lbt.refine.arms import Propose, Proposed
from lbt.refine.batches import Batches
from lbt.refine.examiner import Examiner
from lbt.refine.exemplars import ExemplarSet, without_duplicates
from lbt.refine.selection import Scored, ranked, score_sets
from lbt.seeds import random_stream

log = logging.getLogger(__name__)

FRUITLESS_ROUNDS = 3
"""After so many rounds in a row without a usable set of the teacher's a run ends."""


@dataclass(frozen=True)
class Round:
    """What a round gave."""

    number: int
    ranked: list[Scored]
    """All sets, the best first."""
    kept: int
    """So many of them are in the beam."""
    scorings: int
    """Questions that scored each set."""
    held_out: pd.DataFrame
    """The teacher's answers to the held-out problems with the best set."""
    proposed: Proposed = field(default_factory=lambda: Proposed([]))

    @property
    def beam(self) -> list[ExemplarSet]:
        """The sets that go into the next round."""
        return [one.set.kept() for one in self.ranked[: self.kept]]

    def rows(self, repeat: int, arm: str) -> Iterator[dict[str, Any]]:
        """The round's rows of the table `refine_state`."""
        for place, one in enumerate(self.ranked):
            for position, (exemplar, origin) in enumerate(
                zip(one.set.exemplars, one.set.origins, strict=True)
            ):
                yield {
                    "repeat": repeat,
                    "arm": arm,
                    "round": self.number,
                    "set_id": one.set.id,
                    "parent": one.set.parent,
                    "rank": place,
                    "kept": place < self.kept,
                    "position": position,
                    "question": exemplar.question,
                    "rationale": exemplar.rationale,
                    "answer": exemplar.answer,
                    "family": exemplar.family,
                    "origin": origin,
                    "teacher_score": one.teacher,
                    "students_score": one.students,
                    "score": one.score,
                }


class Rounds:
    """Runs one arm.

    Args:
        arm: Its name.
        examiner: What asks the models.
        batches: The questions of each round.
        seed: Of this refinement.
    """

    def __init__(self, arm: str, examiner: Examiner, batches: Batches, seed: int) -> None:
        self._arm = arm
        self._examiner = examiner
        self._batches = batches
        self._seed = seed
        self._fruitless = 0

    def run(self, start: Sequence[ExemplarSet], propose: Propose) -> Iterator[Round]:
        """Round 0, which scores the sets of the start, and the rounds after it, each as it ends.

        Raises:
            ModelError: Three rounds in a row the teacher wrote no set that can be used.
        """
        settings = self._examiner.settings
        now = self._select(0, start, Proposed([]))
        yield now
        for number in range(1, settings.rounds + 1):
            proposed = propose(number, now.beam)
            self._watch(number, proposed)
            now = self._select(number, [*now.beam, *self._trimmed(number, proposed.sets)], proposed)
            yield now

    def _select(self, number: int, sets: Sequence[ExemplarSet], proposed: Proposed) -> Round:
        settings, at = self._examiner.settings, f"round {number}"
        candidates = without_duplicates(sets)
        # An arm that sits no exams has more sets, and must not ask less of each for it.
        count = min(len(candidates), settings.most_sets(sum(one.parent == one.id for one in candidates)))
        questions = self._batches.of_scores(number, settings.scorings(count if number else len(candidates)))
        part = f"{self._arm}: scoring, {at}"
        scored = score_sets(self._examiner, candidates, questions, settings.scored_by, part)
        best_first = ranked(scored, self._seed, number, settings.paper)
        answers = self._examiner.measure(best_first[0].set, f"held-out: {self._arm}, {at}")
        kept = min(settings.beam, len(candidates))
        return Round(number, best_first, kept, len(questions), answers, proposed)

    def _trimmed(self, number: int, sets: list[ExemplarSet]) -> list[ExemplarSet]:
        """As the paper's code: of more than `expansion` new sets of one parent, random ones stay."""
        settings = self._examiner.settings
        if not settings.paper or self._arm.startswith("random_"):
            return sets
        rng = random_stream(self._seed, "refine", "trim", self._arm, str(number))
        parents = list(dict.fromkeys(one.parent for one in sets))
        kept = []
        for parent in parents:
            own = without_duplicates(one for one in sets if one.parent == parent)
            chosen = sorted(rng.permutation(len(own))[: settings.expansion].tolist())
            kept += [own[place] for place in chosen]
        return kept

    def _watch(self, number: int, proposed: Proposed) -> None:
        """Say when the teacher wrote nothing usable, and end the run when that goes on."""
        fruitless = proposed.wishes > 0 and proposed.dropped >= proposed.wishes
        self._fruitless = self._fruitless + 1 if fruitless else 0
        if not fruitless:
            return
        log.warning(
            "%s, round %d: none of the teacher's %d replies holds a usable set of exemplars; the round keeps "
            "its old sets.",
            self._arm,
            number,
            proposed.wishes,
        )
        if self._fruitless >= FRUITLESS_ROUNDS:
            raise ModelError(
                f"The teacher wrote no usable set of exemplars in {FRUITLESS_ROUNDS} rounds in a row "
                f"({self._arm}, up to round {number}). Look at what it writes in the generation store, "
                "give it more room (refine.writing.max_tokens) or fewer exemplars (refine.exemplars), "
                "change what it is told (refine.prompts), or set refine.reflection: resample, which needs no "
                "writing."
            )
