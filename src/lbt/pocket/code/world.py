"""The world of code, put together."""

from random import Random

from lbt.grading.domains.code.gold import CodeGold
from lbt.pocket.code.examples import draw_examples
from lbt.pocket.code.family import FENCE, NAMES, Family
from lbt.pocket.code.numbers import NUMBERS
from lbt.pocket.code.sequences import SEQUENCES
from lbt.pocket.code.split import draw_constants
from lbt.pocket.worlds import Constants, Kind, ProblemRow, Turn, World

CODE_FAMILIES: dict[str, Family] = {family.name: family for family in (*NUMBERS, *SEQUENCES)}
SOURCE = "pocket_code"
MISLEADING = frozenset(
    ("range_sum", "last_digit", "distance", "even_indices", "ends", "rotate", "reverse"),
)
"""Families with one misconception only, so that it is more frequent than the right way."""
_TRIES = 300


def _posed(family_name: str, kind: Kind, rng: Random, *, held_out: bool) -> Turn:
    family, name = CODE_FAMILIES[family_name], rng.choice(NAMES)
    constants = draw_constants(family, rng, held_out=held_out)
    question = family.question(constants, name, rng.randrange(len(family.questions)))
    return Turn(family.name, constants, kind, question, family.rationale(kind, constants, name, rng))


def _turn(family_name: str, kind: Kind, rng: Random) -> Turn:
    return _posed(family_name, kind, rng, held_out=False)


def _demo(family_name: str, kind: Kind, rng: Random) -> tuple[str, str]:
    turn = _posed(family_name, kind, rng, held_out=True)
    return turn.question, turn.rationale


class _Pool:
    """Draws a family's held-out functions without repeating one under another name."""

    def __init__(self, family_name: str, rng: Random) -> None:
        self.family, self.rng = CODE_FAMILIES[family_name], rng
        self.used: set[Constants] = set()

    def draw_teaching(self, lucky_share: float) -> ProblemRow | None:
        return self.draw("teaching", self.rng.random() < lucky_share)

    def draw(self, role: str, lucky: bool = False) -> ProblemRow | None:
        for _ in range(_TRIES):
            constants = draw_constants(self.family, self.rng, held_out=True)
            if constants not in self.used:
                self.used.add(constants)
                return self._row(constants, role, lucky)
        return None

    def _row(self, constants: Constants, role: str, lucky: bool) -> ProblemRow:
        family, rng = self.family, self.rng
        name = rng.choice(NAMES)
        examples = draw_examples(family, constants, name, rng, lucky)
        gold = CodeGold(entry_point=name, visible=examples.visible, hidden=examples.hidden)
        return {
            "problem_id": f"{family.name}_{'_'.join(map(str, constants))}",
            "family": family.name,
            "question": family.question(constants, name, rng.randrange(len(family.questions))),
            "answer": gold.dumped(),
            "role": role,
            "source": SOURCE,
            "lucky": lucky,
        }


def _openers(family: Family) -> dict[Kind, str]:
    openers: dict[Kind, str] = {kind: procedure.opener for kind, procedure in family.procedures().items()}
    return openers | {"terse": FENCE}


CODE = World(
    source=SOURCE,
    domain="code",
    mark=f"\n{FENCE}",
    openers={name: _openers(family) for name, family in CODE_FAMILIES.items()},
    turn=_turn,
    demo=_demo,
    pool=_Pool,
    misleading=MISLEADING,
    most_teaching=500,
    words={
        "tasks": "small Python functions",
        "command": "make pocket ARGS=--env=pocket_code",
        "held_out": "One function in four",
        "constants": "constants",
    },
)
