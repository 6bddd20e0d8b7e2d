"""Problems of a run, all from the side of the split that no corpus contains."""

import logging
from collections.abc import Iterator
from random import Random
from typing import Any

import pandas as pd

from lbt.errors import DataError
from lbt.pocket.split import draw_numbers, has_lucky_numbers
from lbt.pocket.world import FAMILIES, Family, Numbers
from lbt.problems import ProblemSettings, count_roles

SOURCE = "pocket"
MOST_TEACHING = 2_000
"""The families' held-out numbers allow about so many; nearly nothing would be left for exams beyond."""
_SOON = 1_000
"""Problems that are drawn in an instant."""

logger = logging.getLogger(__name__)


def draw_problems(
    *, teaching: int, exam_per_family: int, evaluation: int, lucky_share: float, seed: int
) -> pd.DataFrame:
    """Draw teaching, exam and evaluation problems, spread evenly over the families.

    None occurs twice, nor with the same numbers in another order and the same answer. `lucky_share` of the
    teaching problems, in the families that have lucky numbers, are lucky: a misconception gives their right
    answer too. Exam and evaluation problems never are, so that they tell right procedures from wrong ones. A
    family with few held-out numbers gives fewer evaluation problems and the others make up for it.

    Returns:
        One row a problem: problem_id, family, question, answer, role, source, lucky.
    """
    pools = {name: _FamilyPool(family, Random(f"{seed}/{name}")) for name, family in FAMILIES.items()}
    rows = []
    for name in _round_robin(pools, teaching, Random(f"{seed}/teaching")):
        if row := pools[name].draw_teaching(lucky_share):
            rows.append(row)
    for pool in pools.values():
        rows += [row for row in (pool.draw("exam") for _ in range(exam_per_family)) if row]
    wanted = evaluation
    open_pools = dict(pools)
    while wanted and open_pools:
        for name in _round_robin(open_pools, min(wanted, len(open_pools)), Random(f"{seed}/{wanted}")):
            row = pools[name].draw("evaluation")
            if row is None:
                del open_pools[name]
                continue
            rows.append(row)
            wanted -= 1
    table = pd.DataFrame(rows)
    table["lucky"] = table["lucky"].astype("boolean")
    return table


def load_pocket_problems(settings: ProblemSettings, seed: int) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The problems table and the ingest report of the source "pocket", as `load_problems` gives them."""
    if settings.teaching > MOST_TEACHING:
        raise DataError(
            f"problems.teaching is {settings.teaching:,}, but of the built-in problems no more than about "
            f"{MOST_TEACHING:,} can be taught. Set it to {MOST_TEACHING:,} or less, or use problems of your "
            "own (problems.source and problems.path)."
        )
    if settings.teaching + settings.evaluation > _SOON:
        logger.info("Drawing the built-in problems; so many of them take up to half a minute.")
    problems = draw_problems(
        teaching=settings.teaching,
        exam_per_family=settings.exam_per_family,
        evaluation=settings.evaluation,
        lucky_share=settings.pocket.lucky_share,
        seed=seed,
    )
    taught = int((problems["role"] == "teaching").sum())
    if taught < settings.teaching:
        logger.warning(
            "problems.teaching is %s; the built-in problems gave %s.", f"{settings.teaching:,}", f"{taught:,}"
        )
    report = {"source": SOURCE, "rows_read": len(problems), "set_aside": [], "repeated": 0}
    return problems, report | count_roles(problems)


def _round_robin(pools: dict[str, "_FamilyPool"], count: int, rng: Random) -> Iterator[str]:
    names: list[str] = []
    for _ in range(count):
        if not names:
            names = list(pools)
            rng.shuffle(names)
        yield names.pop()


class _FamilyPool:
    """Draws a family's held-out problems without repeating one, in whatever order of its numbers."""

    def __init__(self, family: Family, rng: Random) -> None:
        self.family, self.rng = family, rng
        self.used: set[tuple[int, Numbers]] = set()
        self.exhausted: set[bool] = set()
        """Whether the lucky and the other numbers have come to an end: looking for more takes seconds."""

    def draw_teaching(self, lucky_share: float) -> dict[str, object] | None:
        lucky = has_lucky_numbers(self.family.name, held_out=True) and self.rng.random() < lucky_share
        return self.draw("teaching", lucky) or self.draw("teaching", not lucky)

    def draw(self, role: str, lucky: bool = False) -> dict[str, object] | None:
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

    def _row(self, numbers: Numbers, role: str) -> dict[str, object]:
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
