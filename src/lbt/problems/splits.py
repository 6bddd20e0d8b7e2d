"""Give every problem a role, and draw as many of each role as are wanted."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from lbt.errors import DataError
from lbt.problems.rows import Row
from lbt.problems.texts import question_key
from lbt.seeds import derive_seed

TEACHING_SHARE = 0.4
EXAM_SHARE = 0.3


def check_roles(rows: Sequence[Row], name: str) -> bool:
    """Whether the file gives the roles itself; raises DataError if only some of its rows do."""
    with_role = next((row for row in rows if row.role is not None), None)
    without = next((row for row in rows if row.role is None), None)
    if with_role is None or without is None:
        return with_role is not None
    raise DataError(
        f"{name}: {_line(with_role)} has a role ({with_role.role}) and {_line(without)} has none. "
        "Give every row a role, or none of them: then the split is made for you."
    )


def split_by_hash(rows: Sequence[Row], seed: int, evaluation: bool = True) -> list[Row]:
    """Roles by a seeded hash of the question within its family, about 40 / 30 / 30.

    Without `evaluation`, teaching and exam share everything, about 57 / 43. A family of three rows or more
    gets all its roles; one of two teaches and examines; a single row is an evaluation problem, since nothing
    could examine it. The order of the file does not matter.
    """
    families: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        families[row.family].append(row)
    assigned = []
    for members in families.values():
        shuffled = sorted(members, key=lambda row: _rank(row, seed, "split"))
        teaching, exam = _shares(len(shuffled), evaluation)
        for position, row in enumerate(shuffled):
            role = (
                "teaching" if position < teaching else "exam" if position < teaching + exam else "evaluation"
            )
            assigned.append(replace(row, role=role))
    return assigned


def _shares(size: int, evaluation: bool) -> tuple[int, int]:
    if size < 3:
        return (0, 0) if size == 1 else (1, 1)
    if not evaluation:
        teaching = round(size * TEACHING_SHARE / (TEACHING_SHARE + EXAM_SHARE))
        return teaching, size - teaching
    return max(1, round(TEACHING_SHARE * size)), max(1, round(EXAM_SHARE * size))


def draw(rows: Sequence[Row], role: str, limit: int, seed: int) -> list[Row]:
    """At most `limit` rows of a role, spread as evenly over the families as they allow."""
    families: dict[str, list[Row]] = defaultdict(list)
    for row in sorted((row for row in rows if row.role == role), key=lambda row: _rank(row, seed, "draw")):
        families[row.family].append(row)
    turns = [
        (turn, derive_seed(seed, "family", family), row)
        for family, members in families.items()
        for turn, row in enumerate(members)
    ]
    turns.sort(key=lambda entry: (entry[0], entry[1], _rank(entry[2], seed, "draw")))
    return sorted((row for _, _, row in turns[:limit]), key=lambda row: row.position)


def draw_per_family(rows: Sequence[Row], role: str, limit: int, seed: int) -> list[Row]:
    """At most `limit` rows of a role in each family."""
    families: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        families[row.family].append(row)
    drawn = [row for members in families.values() for row in draw(members, role, limit, seed)]
    return sorted(drawn, key=lambda row: row.position)


def _rank(row: Row, seed: int, purpose: str) -> tuple[int, str]:
    return derive_seed(seed, purpose, row.family, question_key(row.question)), row.problem_id


def _line(row: Row) -> str:
    return str(row.place) if row.place.line is None else f"line {row.place.line}"
