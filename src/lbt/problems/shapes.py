"""What the fields of a row mean, by source."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

from lbt.problems.golds import boxed_gold, gsm8k_gold
from lbt.problems.rows import Place, Unusable, read_level, read_optional, read_role, read_text


@dataclass(frozen=True)
class Shaped:
    """The values of a row; what is None is up to the loader."""

    question: str
    answer: str
    problem_id: str | None
    family: str | None
    role: str | None
    level: int | None = None
    subject: str | None = None


@dataclass(frozen=True)
class Shape:
    """How a source is read: the fields it knows, and what makes values of them.

    `read` gets the fields, their place, and the role that the file as a whole was given, if any.
    """

    fields: frozenset[str]
    read: Callable[[dict[str, Any], Place, str | None], Shaped]
    family_expected: bool = False


def _own(fields: dict[str, Any], place: Place, role: str | None) -> Shaped:
    return Shaped(
        question=read_text(fields, "question", numbers=False),
        answer=read_text(fields, "answer"),
        family=read_optional(fields, "family"),
        role=read_role(fields),
        problem_id=read_optional(fields, "id"),
        level=read_level(fields),
        subject=read_optional(fields, "subject"),
    )


def _gsm8k(fields: dict[str, Any], place: Place, role: str | None) -> Shaped:
    question = read_text(fields, "question", numbers=False)
    answer = read_text(fields, "answer", numbers=False)
    own_role = read_role(fields)
    return Shaped(question, gsm8k_gold(answer), read_optional(fields, "id"), None, own_role)


def _math(fields: dict[str, Any], place: Place, role: str | None) -> Shaped:
    """A problem of MATH: a file of its folders, or a row of MATH500 or of a file like it."""
    question = read_text(fields, "problem" if "problem" in fields else "question", numbers=False)
    answer = read_optional(fields, "answer")
    if answer is None:
        answer = boxed_gold(read_text(fields, "solution", numbers=False), "solution")
    subject = read_optional(fields, "subject" if "subject" in fields else "type")
    unique_id = read_optional(fields, "unique_id")
    if unique_id is None and place.line is None:
        unique_id = "/".join(PurePath(place.file).parts[-3:])
    return Shaped(question, answer, unique_id, subject, read_role(fields), read_level(fields), subject)


def _math_variant(fields: dict[str, Any], place: Place, role: str | None) -> Shaped:
    """A problem of MATH, whose family is the problem itself with its variants in the snapshots of MATH()."""
    shaped = _math(fields, place, role)
    if shaped.problem_id is None:
        raise Unusable("unique_id", "is missing; without it a problem cannot be matched with its variants")
    if role != "exam":
        return replace(shaped, family=shaped.problem_id if role == "teaching" else shaped.subject)
    snapshot = read_optional(fields, "snapshot") or (place.line is None and PurePath(place.file).parts[-4])
    if not snapshot:
        raise Unusable("snapshot", "is missing; without it all variants of a problem would have one id")
    return replace(shaped, problem_id=f"{shaped.problem_id}@{snapshot}", family=shaped.problem_id)


def _hub(gold: Callable[[str], str]) -> Callable[[dict[str, Any], Place, str | None], Shaped]:
    """As our own rows, with the answer taken out of a solution."""

    def read(fields: dict[str, Any], place: Place, role: str | None) -> Shaped:
        shaped = _own(fields, place, role)
        return replace(shaped, answer=gold(shaped.answer))

    return read


_MATH_FIELDS = frozenset(
    {"problem", "question", "solution", "answer", "subject", "type", "level", "unique_id", "role"}
    | {"snapshot", "is_static"}  # of MATH()
)
_OWN_FIELDS = frozenset({"question", "answer", "family", "id", "role", "level", "subject"})
SHAPES: Mapping[str, Shape] = {
    "jsonl": Shape(_OWN_FIELDS, _own, family_expected=True),
    "huggingface_plain": Shape(_OWN_FIELDS, _own, family_expected=True),
    "huggingface_gsm8k": Shape(_OWN_FIELDS, _hub(gsm8k_gold), family_expected=True),
    "huggingface_boxed": Shape(
        _OWN_FIELDS, _hub(lambda solution: boxed_gold(solution, "answer")), family_expected=True
    ),
    "gsm8k": Shape(frozenset({"question", "answer", "id", "role"}), _gsm8k),
    "math": Shape(_MATH_FIELDS, _math),
    "math_variants": Shape(_MATH_FIELDS, _math_variant),
}
