"""The tables of a refinement, filled as its rounds end."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pandas as pd

from lbt import tables
from lbt.refine.exemplars import ExemplarSet
from lbt.refine.measures import Measure
from lbt.refine.rounds import Round
from lbt.refine.selection import Scored

Watch = Callable[[pd.DataFrame], None]
"""Called after each round with the table `refine_state` so far."""


class Tables(NamedTuple):
    """What a refinement leaves."""

    state: pd.DataFrame
    failures: pd.DataFrame
    held_out: pd.DataFrame
    rounds: pd.DataFrame


class Account:
    """Keeps what every round gave.

    Args:
        measure: What is measured of held-out answers.
        watch: Called with the state after each round.
    """

    def __init__(self, measure: Measure, watch: Watch) -> None:
        self.repeat = 0
        """The refinement that is being noted."""
        self._measure = measure
        self._watch = watch
        self._state: list[pd.DataFrame] = []
        self._rounds: list[dict[str, Any]] = []
        self._failures = [tables.make_table(tables.refine_failures, [])]
        self._held_out: list[pd.DataFrame] = []

    def note(self, arm: str, done: Round, answers: int) -> None:
        """A round of an arm that is refined; `answers` were asked for in it so far."""
        proposed = done.proposed
        counts = {
            "sets": len(done.ranked),
            "wishes": proposed.wishes,
            "asked_again": proposed.asked_again,
            "dropped": proposed.dropped,
            "failures": len(proposed.failures),
            "answers": answers,
            "scorings": done.scorings,
            "score": done.ranked[0].score,
        }
        self._failures.append(proposed.failures.assign(repeat=self.repeat))
        self._add(arm, done, counts)

    def note_fixed(self, arm: str, chosen: ExemplarSet | None, held_out: pd.DataFrame) -> None:
        """An arm that stays as it is: one round, number 0, in which nothing is scored."""
        ranked = [] if chosen is None else [Scored(chosen, None, None, None)]
        done = Round(0, ranked, len(ranked), scorings=0, held_out=held_out)
        counts = dict.fromkeys(("wishes", "asked_again", "dropped", "failures", "answers", "scorings"), 0)
        self._add(arm, done, counts | {"sets": len(ranked)})

    def tables(self) -> Tables:
        """All that was noted."""
        held_out = pd.concat(self._held_out, ignore_index=True)
        return Tables(
            self._state_table(),
            tables.make_table(tables.refine_failures, pd.concat(self._failures).to_dict("records")),
            tables.make_table(tables.refine_held_out, held_out.to_dict("records")),
            tables.make_table(tables.refine_rounds, self._rounds),
        )

    def _add(self, arm: str, done: Round, counts: dict[str, Any]) -> None:
        place = {"repeat": self.repeat, "arm": arm, "round": done.number}
        self._rounds.append(place | counts | self._measure.of(done.held_out))
        self._held_out.append(done.held_out.assign(repeat=self.repeat, arm=arm, round=done.number))
        self._state.append(tables.make_table(tables.refine_state, done.rows(self.repeat, arm)))
        self._watch(self._state_table())

    def _state_table(self) -> pd.DataFrame:
        return pd.concat(self._state, ignore_index=True)
