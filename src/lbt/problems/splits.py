"""Give every problem a role, and draw as many of each role as are wanted."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from lbt.errors import DataError
from lbt.problems.rows import Problem
from lbt.problems.texts import question_key
from lbt.seeds import SEEDS, derive_seed

TEACHING_SHARE = 0.4
EXAM_SHARE = 0.3


def check_roles(rows: Sequence[Problem], name: str) -> bool:
    """Whether the file gives the roles itself; raises DataError if only some of its rows do."""
    with_role = next((row for row in rows if row.role is not None), None)
    without = next((row for row in rows if row.role is None), None)
    if with_role is None or without is None:
        return with_role is not None
    raise DataError(
        f"{name}: {_line(with_role)} has a role ({with_role.role}) and {_line(without)} has none. "
        "Give every row a role, or none of them: then the split is made for you."
    )


def split_by_hash(rows: Sequence[Problem], seed: int, evaluation: bool = True) -> list[Problem]:
    """Roles by a seeded hash of the question within its family, about 40 / 30 / 30.

    Without `evaluation`, teaching and exam share everything, about 57 / 43. Each row's role is where its own
    hash falls, whatever other rows there are, so rows that are added move none. Only in a family of which no
    row falls into some role do others stand in, as few as possible and those whose hashes are nearest; they
    go back when a row comes that falls there. So a family of three rows or more has every role. Of two rows
    one teaches and one examines; a single row is an evaluation problem, since nothing could examine it.
    """
    families: dict[str, list[Problem]] = defaultdict(list)
    for row in rows:
        families[row.family].append(row)
    teaching = TEACHING_SHARE if evaluation else TEACHING_SHARE / (TEACHING_SHARE + EXAM_SHARE)
    ends = {"teaching": (0.0, teaching), "exam": (teaching, teaching + EXAM_SHARE if evaluation else 1.0)}
    if evaluation:
        ends["evaluation"] = (ends["exam"][1], 1.0)
    return [
        replace(row, role=role)
        for members in families.values()
        for row, role in _roles_of_family(
            sorted(members, key=lambda row: _rank(row, seed, "split")), seed, ends
        )
    ]


def _roles_of_family(
    members: Sequence[Problem], seed: int, ends: Mapping[str, tuple[float, float]]
) -> list[tuple[Problem, str]]:
    """The role of each of a family's rows, which come in the order of their hashes."""
    if len(members) < 3:
        return list(zip(members, ("evaluation",) if len(members) == 1 else ("teaching", "exam"), strict=True))
    places = [_rank(row, seed, "split")[0] / SEEDS for row in members]
    roles = [next(role for role, (_, end) in ends.items() if place < end) for place in places]
    for role, (start, end) in ends.items():
        if role in roles:
            continue
        apart = [max(start - place, place - end) for place in places]
        spare = [index for index, own in enumerate(roles) if roles.count(own) > 1]
        roles[min(spare, key=apart.__getitem__)] = role
    return list(zip(members, roles, strict=True))


def draw(rows: Sequence[Problem], role: str, limit: int, seed: int) -> list[Problem]:
    """At most `limit` rows of a role, spread as evenly over the families as they allow."""
    families: dict[str, list[Problem]] = defaultdict(list)
    for row in sorted((row for row in rows if row.role == role), key=lambda row: _rank(row, seed, "draw")):
        families[row.family].append(row)
    turns = [
        (turn, derive_seed(seed, "family", family), row)
        for family, members in families.items()
        for turn, row in enumerate(members)
    ]
    turns.sort(key=lambda entry: (entry[0], entry[1], _rank(entry[2], seed, "draw")))
    return sorted((row for _, _, row in turns[:limit]), key=lambda row: row.position)


def draw_per_family(rows: Sequence[Problem], role: str, limit: int, seed: int) -> list[Problem]:
    """At most `limit` rows of a role in each family."""
    families: dict[str, list[Problem]] = defaultdict(list)
    for row in rows:
        families[row.family].append(row)
    drawn = [row for members in families.values() for row in draw(members, role, limit, seed)]
    return sorted(drawn, key=lambda row: row.position)


def _rank(row: Problem, seed: int, purpose: str) -> tuple[int, str]:
    return derive_seed(seed, purpose, row.family, question_key(row.question)), row.problem_id


def _line(row: Problem) -> str:
    return str(row.place) if row.place.line is None else f"line {row.place.line}"
