"""Tests of a function, written from the right procedure."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from lbt.pocket.code.family import Family, Inputs
from lbt.pocket.worlds import Constants, Kind

VISIBLE = 2
HIDDEN = 5
_TRIES = 5_000


@dataclass(frozen=True)
class Examples:
    """A problem's tests as assert statements."""

    visible: tuple[str, ...]
    hidden: tuple[str, ...]


def draw_examples(
    family: Family, constants: Constants, function_name: str, rng: Random, lucky: bool
) -> Examples:
    """Draw the tests of one problem.

    Hidden tests tell every misconception from the right procedure. So do the visible ones, unless the problem
    is lucky: then the main misconception passes them.
    """
    for _ in range(_TRIES):
        inputs = _distinct(family, constants, rng)
        if inputs is None:
            continue
        visible, hidden = inputs[:VISIBLE], inputs[VISIBLE:]
        others: list[Kind] = [kind for kind in family.procedures() if kind != "right"]
        told = {kind: tells(family, kind, constants, visible) for kind in others}
        as_wanted = told == {kind: not (lucky and kind == "misconception") for kind in others}
        if as_wanted and all(tells(family, kind, constants, hidden) for kind in others):
            tests = [_test(family, constants, function_name, arguments) for arguments in inputs]
            return Examples(tuple(tests[:VISIBLE]), tuple(tests[VISIBLE:]))
    raise ValueError(f"no {'lucky ' * lucky}tests were found for {family.name} with {constants}")


def tells(family: Family, kind: Kind, constants: Constants, inputs: Sequence[Inputs]) -> bool:
    """Whether a procedure gives a wrong value for one of the inputs at least."""
    return any(family.value(kind, constants, one) != family.value("right", constants, one) for one in inputs)


def _distinct(family: Family, constants: Constants, rng: Random) -> list[Inputs] | None:
    inputs = [family.inputs(rng, *constants) for _ in range(VISIBLE + HIDDEN)]
    return inputs if len(set(map(repr, inputs))) == len(inputs) else None


def _test(family: Family, constants: Constants, function_name: str, inputs: Inputs) -> str:
    call = f"{function_name}({', '.join(map(repr, inputs))})"
    return f"assert {call} == {family.value('right', constants, inputs)!r}"
