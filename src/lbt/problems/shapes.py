"""What the rows of each source hold: a pydantic model for each."""

import re
from pathlib import PurePath
from typing import Annotated, Any, ClassVar, Self

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from lbt.problems.golds import boxed_gold, gsm8k_gold
from lbt.problems.rows import LONGEST_ROW, ROLES, Constant, Number, Place, Posed, Unusable, kind_of
from lbt.problems.settings import CodeProblemSettings

_LEVEL = re.compile(r"(?:Level\s+)?([0-9]{1,9})", re.IGNORECASE)
_NO_LEVEL = "Level ?"  # so written in MATH where nobody set one


def _text(value: Any, expected: str = "text or a number") -> str:
    if value is None or isinstance(value, Constant):
        raise ValueError("is null")
    if not isinstance(value, str):
        raise ValueError(f"must be {expected}, not {kind_of(value)}")
    if not value.strip():
        raise ValueError("is empty")
    if "\0" in value:
        raise ValueError("contains a NUL character")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("contains half a character (a lone surrogate)") from None
    return str(value).strip()


def _words(value: Any) -> str:
    if isinstance(value, Number):
        raise ValueError("must be text, not a number")
    return _text(value, "text")


def _role(value: Any) -> str | None:
    role = None if value is None else _words(value)
    if role is not None and role not in ROLES:
        raise ValueError(f"is {role!r}; it may be {', '.join(ROLES)}")
    return role


def _level(value: Any) -> int | None:
    level = None if value is None else _text(value)
    if level is None or level == _NO_LEVEL:
        return None
    found = _LEVEL.fullmatch(level)
    if found is None:
        raise ValueError(f"is {level[:40]!r}; it must be a whole number, such as 3 or Level 3")
    return int(found[1])


Text = Annotated[str, BeforeValidator(_text)]
Words = Annotated[str, BeforeValidator(_words)]
TextOrNone = Annotated[str | None, BeforeValidator(lambda value: None if value is None else _text(value))]
WordsOrNone = Annotated[str | None, BeforeValidator(lambda value: None if value is None else _words(value))]


class SourceRow(BaseModel):
    """A row of our own form, and the base of the others; what is None is up to the loader."""

    model_config = ConfigDict(frozen=True)

    question: Words
    answer: Text
    family: TextOrNone = None
    role: Annotated[str | None, BeforeValidator(_role)] = None
    id: TextOrNone = None
    level: Annotated[int | None, BeforeValidator(_level)] = None
    subject: TextOrNone = None

    known: ClassVar[frozenset[str]] = frozenset(
        {"question", "answer", "family", "id", "role", "level", "subject"}
    )
    family_expected: ClassVar[bool] = True
    longest: ClassVar[int] = LONGEST_ROW

    @classmethod
    def read(cls, fields: dict[str, Any], place: Place, role: str | None) -> Self:
        """The row's values; `role` is the one that the whole file was given, if any. Raises Unusable."""
        try:
            row = cls.model_validate({name: fields[name] for name in cls.known & fields.keys()})
        except ValidationError as error:
            first = error.errors()[0]
            reason = "is missing" if first["type"] == "missing" else str(first["ctx"]["error"])
            raise Unusable(str(first["loc"][0]), reason) from error
        return row.model_copy(update=row.worked_out(place, role))

    def worked_out(self, place: Place, role: str | None) -> dict[str, str | None]:
        """The values that follow from others."""
        return {}

    def posed(self, settings: CodeProblemSettings) -> Posed:
        """Question and answer; the settings are about answers that are programs. Raises Unusable."""
        return Posed(self.question, self.answer)


class SolvedRow(SourceRow):
    """As our own rows, but the answer is a solution that ends "#### N"."""

    def worked_out(self, place: Place, role: str | None) -> dict[str, str | None]:
        """The answer itself."""
        return {"answer": gsm8k_gold(self.answer)}


class BoxedRow(SourceRow):
    """As our own rows, but the answer is a solution whose last box holds it."""

    def worked_out(self, place: Place, role: str | None) -> dict[str, str | None]:
        """The answer itself."""
        return {"answer": boxed_gold(self.answer, "answer")}


class Gsm8kRow(SolvedRow):
    """A row of GSM8K; all are of one family."""

    answer: Words

    known = frozenset({"question", "answer", "id", "role"})
    family_expected = False


class MathRow(SourceRow):
    """A problem of MATH: a file of its folders, or a row of MATH500 or of a file like it."""

    question: Words = Field(validation_alias=AliasChoices("problem", "question"))
    answer: TextOrNone = None  # type: ignore[assignment]  # then it is in the solution
    solution: WordsOrNone = None
    subject: TextOrNone = Field(default=None, validation_alias=AliasChoices("subject", "type"))
    id: TextOrNone = Field(default=None, validation_alias="unique_id")
    snapshot: TextOrNone = None  # of MATH()

    known = frozenset(
        {"problem", "question", "solution", "answer", "subject", "type", "level", "unique_id", "role"}
        | {"snapshot", "is_static"}
    )
    family_expected = False

    def worked_out(self, place: Place, role: str | None) -> dict[str, str | None]:
        """Answer, id and family."""
        answer = self.answer
        if answer is None:
            if self.solution is None:
                raise Unusable("solution", "is missing, and there is no answer either")
            answer = boxed_gold(self.solution, "solution")
        from_file = "/".join(PurePath(place.file).parts[-3:]) if place.line is None else None
        return {"answer": answer, "id": self.id or from_file, "family": self.subject}


class MathVariantRow(MathRow):
    """A problem of MATH, whose family is the problem itself with its variants in the snapshots of MATH()."""

    def worked_out(self, place: Place, role: str | None) -> dict[str, str | None]:
        """As of MATH, with the problem's id as family; a variant's own id has its snapshot too."""
        values = super().worked_out(place, role)
        problem = values["id"]
        if problem is None:
            raise Unusable("unique_id", "is missing; without it a problem is not matched with its variants")
        if role != "exam":
            return values | {"family": problem if role == "teaching" else self.subject}
        snapshot = self.snapshot or (place.line is None and PurePath(place.file).parts[-4])
        if not snapshot:
            raise Unusable("snapshot", "is missing; without it all variants of a problem would have one id")
        return values | {"id": f"{problem}@{snapshot}", "family": problem}
