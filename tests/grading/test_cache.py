import sqlite3
from pathlib import Path

import pytest

from lbt.errors import LbtError
from lbt.grading import grade_many, grader_version, many

PAIRS = [("x^2-1", r"\boxed{(x-1)(x+1)}"), ("5", r"\boxed{6}"), ("5", "We add"), ("_7", r"\boxed{5}")]


def test_verdicts_come_from_the_cache_and_errors_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "store.sqlite"
    first = grade_many("math", PAIRS, cache=path)
    graded: list[object] = []
    grade_all = many._grade_all
    monkeypatch.setattr(
        many,
        "_grade_all",
        lambda domain, pairs, *rest: graded.extend(pairs) or grade_all(domain, pairs, *rest),
    )
    assert grade_many("math", PAIRS, cache=path) == first
    assert graded == [PAIRS[3]]


def test_the_finish_reason_is_no_part_of_what_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "verdicts.sqlite"
    for reason, verdict in (("length", "truncated"), ("stop", "no_answer"), ("length", "truncated")):
        assert grade_many("math", [PAIRS[2]], finish_reasons=[reason], cache=path)[0].verdict == verdict


def test_another_grader_or_domain_does_not_use_old_verdicts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "verdicts.sqlite"
    grade_many("number", PAIRS[1:3], cache=path)
    grade_many("math", PAIRS[1:3], cache=path)
    monkeypatch.setattr(many, "RULES", many.RULES + 1)
    grade_many("math", PAIRS[1:3], cache=path)
    with sqlite3.connect(path) as connection:
        graders = [row[0] for row in connection.execute("SELECT DISTINCT grader FROM verdicts")]
    connection.close()
    assert len(graders) == 3
    assert grader_version("math") in graders


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no database, but long enough to be looked at" * 100)
    with pytest.raises(LbtError, match=r"cannot be opened: .*notes\.txt.* not a database"):
        grade_many("math", PAIRS, cache=path)
