"""Read problems from files, and name every row that cannot be used."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from lbt.grading import Domain
from lbt.problems.golds import check_gold, same_gold
from lbt.problems.naming import Naming
from lbt.problems.rows import Account, BadRow, Place, Problem, Unusable, parse_object
from lbt.problems.settings import CodeProblemSettings
from lbt.problems.sources import ROWS
from lbt.problems.texts import question_key

Records = Iterable[tuple[Place, bytes | dict[str, Any]]]


class ProblemReader:
    """Reads the files of one source and keeps account of what they hold.

    With a grading domain, a row whose answer it cannot read is bad. The rows of all files are compared: one
    that repeats an earlier one of its role is counted, and left out unless `keep_repeats`; one that takes an
    id, or gives another answer to the same question, is bad.
    """

    def __init__(
        self,
        source: str,
        default_family: str,
        domain: Domain | None = None,
        code: CodeProblemSettings | None = None,
        naming: Naming | None = None,
    ) -> None:
        self._form = ROWS[source]
        self.default_family = default_family
        self._domain = domain
        self._code = code or CodeProblemSettings()
        self._naming = naming or Naming({}, {})
        self._ids: dict[str, Problem] = {}
        self._questions: dict[tuple[str, str | None], Problem] = {}
        self.account = Account()

    def read(
        self,
        records: Records,
        stem: str,
        role: str | None = None,
        keep_repeats: bool = False,
        unwanted: Sequence[Problem] = (),
    ) -> list[Problem]:
        """The usable rows except the `unwanted`, which are known by id or question.

        `role` is the whole file's role, `stem` begins the ids of rows without one.
        """
        ids = {row.problem_id for row in unwanted}
        keys = {question_key(row.question) for row in unwanted}
        rows: list[Problem] = []
        for place, raw in records:
            self.account.lines += 1
            self.account.rows_by_file[_file(place)] = self.account.rows_by_file.get(_file(place), 0) + 1
            try:
                fields = parse_object(raw, self._form.longest) if isinstance(raw, bytes) else raw
                fields = self._naming.in_our_words(fields)
                row = self._row(fields, place, stem, role)
                if row.problem_id in ids or question_key(row.question) in keys:
                    self.account.left_out += 1
                    continue
                repeated = self._compare_with_earlier(row)
            except Unusable as problem:
                self.account.bad.append(BadRow(place, problem.field, problem.reason))
                continue
            self.account.ignored_fields |= fields.keys() - self._form.known
            self.account.default_family += self._form.family_expected and fields.get("family") is None
            self.account.repeats += repeated
            if keep_repeats or not repeated:
                rows.append(row)
        return rows

    def _row(self, fields: dict[str, Any], place: Place, stem: str, role: str | None) -> Problem:
        read = self._form.read(fields, place, role)
        if role is not None and read.role not in (None, role):
            raise Unusable("role", f"is {read.role!r}, but the parameters make this file's role {role!r}")
        posed = read.posed(self._code)
        if self._domain is not None:
            check_gold(self._domain, posed.answer)
        return Problem(
            position=self.account.lines,
            place=place,
            problem_id=read.id or f"{stem}-{place.line}",
            family=read.family or self.default_family,
            question=posed.question,
            answer=posed.answer,
            role=role or read.role,
            level=read.level,
            subject=read.subject,
            reference=posed.reference,
        )

    def _compare_with_earlier(self, row: Problem) -> bool:
        """Whether the row repeats an earlier one; raises if it contradicts one or takes its id.

        Rows of different roles are not compared here: that is a leak, which `check_leakage` names as such.
        """
        namesake = self._ids.get(row.problem_id)
        if namesake is not None:
            raise Unusable("id", f"is {row.problem_id!r}, which {_seen_from(row, namesake)} has already")
        key = question_key(row.question), row.role
        earlier = self._questions.get(key)
        if earlier is not None and not same_gold(earlier.answer, row.answer, self._domain):
            raise Unusable(
                "question",
                f"is the question of {_seen_from(row, earlier)}, but with another answer "
                f"({row.answer[:40]!r}, not {earlier.answer[:40]!r})",
            )
        self._ids[row.problem_id] = row
        self._questions.setdefault(key, row)
        return earlier is not None


def _seen_from(row: Problem, other: Problem) -> str:
    if row.place.file == other.place.file and other.place.line is not None:
        return f"line {other.place.line}"
    return str(other.place)


def _file(place: Place) -> str:
    return place.file if place.line is not None else Path(place.file).parents[2].as_posix()
