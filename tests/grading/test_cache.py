import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from lbt.errors import LbtError
from lbt.grading import Attempt, Graded, GradingSettings, domain_named, grade_many

MATH = domain_named("math")
ATTEMPTS = [
    Attempt("x^2-1", r"\boxed{(x-1)(x+1)}"),
    Attempt("5", r"\boxed{6}"),
    Attempt("5", "We add"),
    Attempt("_7", r"\boxed{5}"),
]


def test_verdicts_come_from_the_cache_and_errors_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "store.sqlite"
    first = grade_many(MATH, ATTEMPTS, cache=path)
    graded: list[Attempt] = []
    find = type(MATH).grade

    def noted(self: object, attempts: Sequence[Attempt]) -> list[Graded]:
        graded.extend(attempts)
        return find(MATH, attempts)

    monkeypatch.setattr(type(MATH), "grade", noted)
    assert grade_many(MATH, ATTEMPTS, cache=path) == first
    assert graded == [ATTEMPTS[3]]


def test_a_cut_text_has_verdicts_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "verdicts.sqlite"
    for cut, verdict in ((True, "truncated"), (False, "correct"), (True, "truncated"), (False, "correct")):
        assert grade_many(MATH, [Attempt("5", "#### 5", cut)], cache=path)[0].verdict == verdict


def test_another_grader_does_not_use_old_verdicts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "verdicts.sqlite"
    grade_many(MATH, ATTEMPTS[1:3], cache=path)
    grade_many(domain_named("math", GradingSettings(extraction="strict")), ATTEMPTS[1:3], cache=path)
    monkeypatch.setattr(type(MATH), "rules", 1000)
    grade_many(MATH, ATTEMPTS[1:3], cache=path)
    with sqlite3.connect(path) as connection:
        graders = [row[0] for row in connection.execute("SELECT DISTINCT grader FROM verdicts")]
    connection.close()
    assert len(graders) == 3
    assert MATH.version() in graders


def test_what_is_found_at_a_glance_is_not_kept(tmp_path: Path) -> None:
    grade_many(domain_named("number"), ATTEMPTS, cache=tmp_path / "verdicts.sqlite")
    assert not (tmp_path / "verdicts.sqlite").exists()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no database, but long enough to be looked at" * 100)
    with pytest.raises(LbtError, match=r"cannot be opened: .*notes\.txt.* not a database"):
        grade_many(MATH, ATTEMPTS, cache=path)
