"""What was said about each teaching problem, as votes, and what the exams say about each demo."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from lbt.grading import COUNTED, Voting, paper_answer_key
from lbt.search.selection import exam_score
from lbt.search.settings import SearchSettings

Marks = Mapping[str, Mapping[str, tuple[int, int]]]
"""By student and demo: the right and the counted exam answers."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """The samples of one teaching problem, in their order; failed generations are left out."""

    keys: tuple[str | None, ...]
    """What each votes for: equal keys are one answer, None votes for nothing."""
    answers: tuple[str | None, ...]
    """The answers as they were extracted."""
    right: tuple[bool, ...]
    demo_ids: tuple[str, ...]
    """The demo of each; empty texts where no exam is sat with the samples."""
    visible: tuple[float | None, ...] = ()
    """Of programs, the share of visible tests that each passes; None without such tests or a program."""
    hidden: tuple[float | None, ...] = ()
    """Of programs, the share of hidden tests."""

    def passers(self, places: Sequence[int]) -> Sequence[int]:
        """Those of these samples that pass all visible tests; all of these where none does."""
        return [place for place in places if self.visible[place] == 1] or places

    def hidden_shares(self, places: Sequence[int]) -> list[float]:
        """What each sample passes of the hidden tests, 0 without a program; empty without such tests."""
        if all(share is None for share in self.hidden):
            return []
        return [self.hidden[place] or 0.0 for place in places]


def make_ballots(samples: pd.DataFrame, voting: Voting, settings: SearchSettings) -> dict[str, Ballot]:
    """The ballot of every teaching problem that has a counted sample.

    Args:
        samples: Graded answers: problem_id, sample_index, text, answer, verdict, and demo_id for rationales.
        voting: What an answer votes for.
        settings: Whether votes are counted by answer classes or by string keys.
    """
    counted = samples[samples["verdict"].isin(COUNTED)].sort_values(["problem_id", "sample_index"])
    if "demo_id" not in counted:
        counted = counted.assign(demo_id="")
    return {str(problem): _ballot(rows, voting, settings) for problem, rows in counted.groupby("problem_id")}


def exam_marks(exam_answers: pd.DataFrame) -> dict[str, dict[str, tuple[int, int]]]:
    """The right and the counted answers of every student with every demo."""
    counted = exam_answers[exam_answers["demo_id"].notna() & exam_answers["verdict"].isin(COUNTED)]
    right = counted["verdict"].eq("correct").groupby([counted["student"], counted["demo_id"]])
    marks: dict[str, dict[str, tuple[int, int]]] = {
        str(name): {} for name in sorted(exam_answers["student"].unique())
    }
    for (student, demo), hits, n in right.agg(["sum", "size"]).itertuples():
        marks[student][demo] = (int(hits), int(n))
    return marks


def score_demos(marks: Marks, students: Iterable[str], settings: SearchSettings) -> dict[str, Fraction]:
    """Each demo's exam score over these students; a demo without a counted answer has none.

    The mean of the students' shares of right answers (a student without a counted answer adds nothing), the
    share of all their answers (pooled), or in `paper` the number of right answers.
    """
    chosen = [marks[name] for name in students]
    scores: dict[str, Fraction] = {}
    for demo in dict.fromkeys(demo for of_student in chosen for demo in of_student):
        found = [of_student[demo] for of_student in chosen if demo in of_student]
        right, counted = sum(one for one, _ in found), sum(n for _, n in found)
        if settings.paper:
            scores[demo] = Fraction(right)
        elif settings.combination == "pooled":
            scores[demo] = Fraction(right, counted)
        else:
            scores[demo] = (exam_score(found) or Fraction(0)) / len(chosen)
    return scores


def _ballot(rows: pd.DataFrame, voting: Voting, settings: SearchSettings) -> Ballot:
    answers = [answer if isinstance(answer, str) else None for answer in rows["answer"]]
    return Ballot(
        tuple(_keys(rows, answers, voting, settings)),
        tuple(answers),
        tuple(verdict == "correct" for verdict in rows["verdict"]),
        tuple(rows["demo_id"]),
        _shares(rows, "visible_share"),
        _shares(rows, "hidden_share"),
    )


def _shares(rows: pd.DataFrame, name: str) -> tuple[float | None, ...]:
    if name not in rows:
        return ()
    return tuple(None if pd.isna(share) else float(share) for share in rows[name])


def _keys(
    rows: pd.DataFrame, answers: Sequence[str | None], voting: Voting, settings: SearchSettings
) -> list[str | None]:
    if not settings.by_string:
        return voting.keys(str(rows["problem_id"].iloc[0]), answers)
    keys = [paper_answer_key(text) for text in rows["text"]]
    if settings.paper:
        return list(keys)
    return [None if answer is None else key for answer, key in zip(answers, keys, strict=True)]
