"""What each method selects, and whether it is right."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from lbt import tables
from lbt.errors import DataError
from lbt.search.ballots import Ballot
from lbt.search.methods import ALL, Method
from lbt.search.selection import Ties, leader, standings
from lbt.search.settings import SearchSettings


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a method comes to on one problem."""

    chance: float
    """The chance that it answers rightly: 0 or 1 where it selects, without a draw."""
    places: tuple[int, ...] = ()
    """The sample that is selected, which is the first that gives the answer, or all that may be drawn."""
    count: int = 0
    """Samples that give the answer, or that may be drawn."""
    score: Fraction | None = None
    """What the rule maximises."""


def outcome_of(method: Method, ballot: Ballot, places: Sequence[int], ties: Ties) -> Outcome:
    """What a method makes of these samples of a problem, given by their positions in ascending order."""
    if method.filtered:
        places = ballot.passers(places)
    if method.rule == "any":
        right = sum(ballot.right[place] for place in places)
        return Outcome(right / len(places), tuple(places), len(places))
    every = method.scores_of(ballot)
    keys, scores = [ballot.keys[place] for place in places], [every[place] for place in places]
    leading = leader(standings(keys, scores, method.rule), ties)
    if leading is None:
        return Outcome(0.0)
    first = places[leading.first]
    score = None if method.rule == "sc" else leading.score
    return Outcome(float(ballot.right[first]), (first,), leading.count, score)


def select_answers(
    problems: pd.DataFrame,
    methods: Sequence[Method],
    decisions: Mapping[str, str | None],
    settings: SearchSettings,
) -> pd.DataFrame:
    """One row per method and teaching problem: the selected answer, whether it is right, its votes and score.

    `right` is that of the first sample that gives the answer; an answerless problem is wrong, and one whose
    generations all failed neither. `score` is what the method's rule maximises; greedy, sc,
    worked_examples and equal_generations, which go by votes, have none. `decisions` are those of exams that
    ended early, by teaching problem: the method `search.rule`, without a score. Of programs there are two
    further columns: `chance`, which is `right` or, of a method that draws, what is to be expected; and
    `hidden_share`.
    """
    taught = problems[problems["role"] == "teaching"].sort_values("problem_id")
    families = dict(zip(taught["problem_id"], taught["family"], strict=True))
    drawn = any(method.rule == "any" for method in methods)
    records = _records(families, methods, decisions, settings)
    return tables.make_table(tables.selections, records, ("chance", "hidden_share") if drawn else ())


def _records(
    families: Mapping[str, str],
    methods: Sequence[Method],
    decisions: Mapping[str, str | None],
    settings: SearchSettings,
) -> Iterator[dict[str, object]]:
    for method in methods:
        about = {"method": method.name, "rule": method.rule, "students": method.students}
        for problem, family in families.items():
            ballot = method.ballots.get(problem)
            found = (
                None
                if ballot is None
                else outcome_of(method, ballot, range(len(ballot.keys)), settings.tie_rule)
            )
            told = _told(ballot, found, drawn=method.rule == "any")
            yield about | {"problem_id": problem, "family": family} | told
    if decisions:
        ballots = next(method.ballots for method in methods if method.name == "sc")
        about = {"method": settings.rule, "rule": settings.rule, "students": ALL}
        for problem, family in families.items():
            ballot = ballots.get(problem)
            decided = None if ballot is None else _decided(problem, ballot, decisions.get(problem))
            yield about | {"problem_id": problem, "family": family} | _told(ballot, decided, drawn=False)


def _decided(problem: str, ballot: Ballot, key: str | None) -> Outcome:
    if key is None:
        return Outcome(0.0)
    if key not in ballot.keys:
        raise DataError(
            f"The answer that the exams selected for {problem} is no longer among its answers: programs "
            "that depend on time or chance gave something else when they were run again. Set "
            "search.examiner: full."
        )
    first = ballot.keys.index(key)
    return Outcome(float(ballot.right[first]), (first,), ballot.keys.count(key))


def _told(ballot: Ballot | None, found: Outcome | None, drawn: bool) -> dict[str, object]:
    """The outcome's columns; a draw selects no answer, and one that all generations failed for nothing."""
    if ballot is None or found is None:
        return {
            "answer": None,
            "right": None,
            "count": 0,
            "score": None,
            "chance": None,
            "hidden_share": None,
        }
    shares = ballot.hidden_shares(found.places)
    hidden = sum(shares) / len(shares) if shares else _none_of(ballot)
    selected = not drawn and found.places
    return {
        "answer": ballot.answers[found.places[0]] if selected else None,
        "right": None if drawn else found.chance == 1,
        "count": found.count,
        "score": None if found.score is None else float(found.score),
        "chance": found.chance,
        "hidden_share": hidden,
    }


def _none_of(ballot: Ballot) -> float | None:
    """What no program passes of the hidden tests: nothing, or None without such tests."""
    return 0.0 if ballot.hidden_shares([0]) else None
