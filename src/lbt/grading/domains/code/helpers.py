"""Python that is added to programs and to tests."""

from lbt.grading.domains.code.gold import CodeGold
from lbt.grading.domains.code.solutions import CALL, around_solution, solution_in_tests
from lbt.grading.domains.code.syntax import parse, used

COMPARISONS = '''
inf, nan = float("inf"), float("nan")


def nearly_equal(found, expected, tolerance=1e-6):
    """Whether two values are equal but for small differences of their numbers."""
    if isinstance(expected, (list, tuple)):
        same = isinstance(found, (list, tuple)) and len(found) == len(expected)
        return same and all(nearly_equal(one, other, tolerance) for one, other in zip(found, expected))
    if isinstance(expected, dict):
        same = isinstance(found, dict) and found.keys() == expected.keys()
        return same and all(nearly_equal(found[key], expected[key], tolerance) for key in expected)
    if isinstance(expected, float) and isinstance(found, (int, float)) and not isinstance(found, bool):
        if found != found or expected != expected:
            return found != found and expected != expected
        if found in (inf, -inf) or expected in (inf, -inf):
            return found == expected
        return abs(found - expected) <= tolerance + 1e-7 * abs(expected)
    return found == expected


def equal_in_any_order(found, expected, depth=1):
    """Whether two lists have the same members; with depth 2 the order in each member is free too."""
    if depth == 0 or not isinstance(expected, (list, tuple)) or not isinstance(found, (list, tuple)):
        return found == expected
    left = list(expected)
    for value in found:
        place = next((n for n, other in enumerate(left) if equal_in_any_order(value, other, depth - 1)), None)
        if place is None:
            return False
        del left[place]
    return not left
'''.lstrip()

_COMPARISON_NAMES = frozenset({"inf", "nan", "nearly_equal", "equal_in_any_order"})


def whole_program(program: str, gold: CodeGold) -> str:
    """What is run of a program."""
    return around_solution(program, gold) if gold.kind == "solution" else program


def whole_setup(gold: CodeGold) -> str:
    """What is run before the tests."""
    parts = [gold.setup]
    trees = [parse(text) for text in (gold.setup, *gold.tests) if isinstance(text, str)]
    if any(_COMPARISON_NAMES & used(tree.body) for tree in trees if tree):
        parts.insert(0, COMPARISONS)
    if gold.kind == "solution":
        parts.append(solution_in_tests(gold))
    return "\n".join(part for part in parts if part)


def names(gold: CodeGold) -> tuple[str, ...]:
    """The program's names that the tests use."""
    if gold.kind == "solution":
        return (CALL,)
    return tuple(name for name in gold.names() if name not in _COMPARISON_NAMES)
