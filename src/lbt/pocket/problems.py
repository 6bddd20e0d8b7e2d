"""Problems of a run, all from the side of the split that no corpus contains."""

import logging
from collections.abc import Iterator
from random import Random
from typing import Any

import pandas as pd

from lbt.errors import DataError
from lbt.pocket.code import CODE
from lbt.pocket.mathematics import MATHEMATICS
from lbt.pocket.worlds import Pool, World
from lbt.problems import ProblemSettings, count_roles

SOURCES: dict[str, World] = {world.source: world for world in (MATHEMATICS, CODE)}
"""The worlds by the value of problems.source that draws from them."""
_SOON = 1_000
"""Problems that are drawn in an instant."""

logger = logging.getLogger(__name__)


def draw_problems(
    *,
    teaching: int,
    exam_per_family: int,
    evaluation: int,
    lucky_share: float,
    seed: int,
    world: World = MATHEMATICS,
) -> pd.DataFrame:
    """Draw teaching, exam and evaluation problems, spread evenly over the families.

    None occurs twice, nor with the same numbers in another order and the same answer, nor under another name.
    `lucky_share` of the teaching problems, in the families that have lucky ones, are lucky: a misconception
    gives their right answer too, or passes their visible tests. Exam and evaluation problems never are, so
    that they tell right procedures from wrong ones. A family with few held-out problems gives fewer
    evaluation problems and the others make up for it.

    Returns:
        One row a problem: problem_id, family, question, answer, role, source, lucky.
    """
    pools = {name: world.pool(name, Random(f"{seed}/{name}")) for name in world.families}
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
    """The problems table and the ingest report of a built-in source, as `load_problems` gives them."""
    world = SOURCES[settings.source]
    most = world.most_teaching
    if settings.teaching > most:
        raise DataError(
            f"problems.teaching is {settings.teaching:,}, but no more than about {most:,} of the "
            f"built-in problems can be taught. Set it to {most:,} or less, or use problems of your "
            "own (problems.source and problems.path)."
        )
    if settings.teaching + settings.evaluation > _SOON:
        logger.info("Drawing the built-in problems; this many take up to half a minute.")
    problems = draw_problems(
        teaching=settings.teaching,
        exam_per_family=settings.exam_per_family,
        evaluation=settings.evaluation,
        lucky_share=settings.pocket.lucky_share,
        seed=seed,
        world=world,
    )
    taught = int((problems["role"] == "teaching").sum())
    if taught < settings.teaching:
        logger.warning(
            "problems.teaching is %s; the built-in problems gave %s.", f"{settings.teaching:,}", f"{taught:,}"
        )
    report = {"source": world.source, "rows_read": len(problems), "set_aside": [], "repeated": 0}
    return problems, report | count_roles(problems)


def _round_robin(pools: dict[str, Pool], count: int, rng: Random) -> Iterator[str]:
    names: list[str] = []
    for _ in range(count):
        if not names:
            names = list(pools)
            rng.shuffle(names)
        yield names.pop()
