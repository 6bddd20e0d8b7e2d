"""The world of mathematics: grade-school problems with whole numbers."""

from random import Random

from lbt.pocket.split import draw_numbers, has_lucky_numbers
from lbt.pocket.tokenizer import ANSWER_MARK
from lbt.pocket.world import FAMILIES, Family, Numbers
from lbt.pocket.world.family import TERSE_OPENER
from lbt.pocket.worlds import Kind, ProblemRow, Turn, World

LUCKY_SHARE = 0.25
"""Share of lucky numbers in a corpus, in the families that have them."""
SOURCE = "pocket"


def _turn(family_name: str, kind: Kind, rng: Random) -> Turn:
    family = FAMILIES[family_name]
    lucky = rng.random() < LUCKY_SHARE if has_lucky_numbers(family.name, held_out=False) else None
    numbers = draw_numbers(family, rng, held_out=False, lucky=lucky)
    if numbers is None:
        raise ValueError(f"family {family.name} has no training numbers")
    question = family.question(numbers, rng.randrange(len(family.questions)))
    return Turn(family.name, numbers, kind, question, family.rationale(kind, numbers, rng))


def _demo(family_name: str, kind: Kind, rng: Random) -> tuple[str, str]:
    family = FAMILIES[family_name]
    numbers = draw_numbers(family, rng, held_out=True, lucky=False)
    if numbers is None:
        raise ValueError(f"family {family_name} has no held-out numbers")
    question = family.question(numbers, rng.randrange(len(family.questions)))
    return question, family.rationale(kind, numbers, rng)


def _openers(family: Family) -> dict[Kind, str]:
    openers: dict[Kind, str] = {
        "terse": TERSE_OPENER,
        "right": family.right.opener,
        "misconception": family.misconception.opener,
    }
    if family.second_misconception is not None:
        openers["second_misconception"] = family.second_misconception.opener
    return {kind: openers[kind] for kind in family.kinds()}


class _Pool:
    """Draws a family's held-out problems without repeating one, in whatever order of its numbers."""

    def __init__(self, family_name: str, rng: Random) -> None:
        self.family, self.rng = FAMILIES[family_name], rng
        self.used: set[tuple[int, Numbers]] = set()
        self.exhausted: set[bool] = set()
        """Whether the lucky and the other numbers have come to an end: looking for more takes seconds."""

    def draw_teaching(self, lucky_share: float) -> ProblemRow | None:
        lucky = has_lucky_numbers(self.family.name, held_out=True) and self.rng.random() < lucky_share
        return self.draw("teaching", lucky) or self.draw("teaching", not lucky)

    def draw(self, role: str, lucky: bool = False) -> ProblemRow | None:
        for _ in range(0 if lucky in self.exhausted else 300):
            numbers = draw_numbers(self.family, self.rng, held_out=True, lucky=lucky)
            if numbers is None:
                break
            content = self.family.answer(numbers), tuple(sorted(numbers))
            if content not in self.used:
                self.used.add(content)
                return self._row(numbers, role)
        self.exhausted.add(lucky)
        return None

    def _row(self, numbers: Numbers, role: str) -> ProblemRow:
        family = self.family
        return {
            "problem_id": f"{family.name}-{'-'.join(map(str, numbers))}",
            "family": family.name,
            "question": family.question(numbers, self.rng.randrange(len(family.questions))),
            "answer": str(family.answer(numbers)),
            "role": role,
            "source": SOURCE,
            "lucky": family.is_lucky(numbers),
        }


MATHEMATICS = World(
    source=SOURCE,
    domain="number",
    mark=ANSWER_MARK,
    openers={name: _openers(family) for name, family in FAMILIES.items()},
    turn=_turn,
    demo=_demo,
    pool=_Pool,
    misleading=frozenset(list(FAMILIES)[1::2]),
    most_teaching=2_000,
    words={
        "tasks": "grade-school problems",
        "command": "make pocket",
        "held_out": "One problem in five",
        "constants": "numbers",
    },
)
