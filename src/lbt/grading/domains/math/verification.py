"""Whether Math-Verify finds two tidy answers equal.

Its own time limit works by signals and only in a main thread, so it is off: this runs in worker processes,
which can be killed (`comparison`).
"""

from functools import lru_cache
from typing import Any

from lbt.grading.domains.math.equality import PERCENT, far_apart
from lbt.grading.domains.math.names import without_names


def equal_pair(pair: list[str]) -> bool:
    """What a worker process does with a gold answer and an answer."""
    return equal_slowly(*pair)


def warm_up() -> None:
    """Import what is slow to import, and let the parser build its tables."""
    equal_slowly(r"\frac{1}{2}x^2+\sqrt{3}", r"\{(1,2],\begin{pmatrix}1\\2\end{pmatrix}\}")


def equal_slowly(gold: str, answer: str) -> bool:
    """Whether Math-Verify finds the answer equal to the gold answer, which takes milliseconds or forever.

    What Math-Verify cannot read equals only the same text. An unordered answer, as "1 or 2", does not pass
    for the ordered "(1,2)".

    Raises:
        Exception: Of any kind, if the comparison breaks down.
    """
    gold, answer = without_names(gold, answer)
    bare_gold, bare_answer = gold.removesuffix(PERCENT), answer.removesuffix(PERCENT)
    one_is_percentage = (gold != bare_gold) != (answer != bare_answer)
    return _verified(bare_gold, bare_answer) or (one_is_percentage and _verified(gold, answer))


def _verified(gold: str, answer: str) -> bool:
    from math_verify import verify  # type: ignore[import-untyped]

    if gold.startswith(("(", "[")) and answer.startswith(r"\{"):
        return False
    one, other = _parsed(gold), _parsed(answer)
    if one is None or other is None:
        return gold == answer
    one, other = _with_imaginary_unit(one, other)
    if _differ_at_a_point(one, other):
        return False
    return bool(verify(one, other, allow_set_relation_comp=True, timeout_seconds=None, raise_on_error=True))


@lru_cache(maxsize=4096)
def _parsed(answer: str) -> Any:
    """The SymPy object; None if Math-Verify's parser does not understand the notation."""
    from latex2sympy2_extended.latex2sympy2 import (  # type: ignore[import-untyped]
        NormalizationConfig,
        normalize_latex,
    )
    from math_verify.parser import parse_latex_cached  # type: ignore[import-untyped]

    # Units are gone already, and its rule for them would take the variable of "15d" for one.
    normalization = NormalizationConfig(
        basic_latex=True, units=False, malformed_operators=True, nits=True, boxed="none"
    )
    try:
        return parse_latex_cached(normalize_latex(answer, normalization))
    except (RecursionError, MemoryError):
        raise
    except Exception:  # its parser reports what it does not understand as a bare Exception
        return None


def _with_imaginary_unit(one: Any, other: Any) -> tuple[Any, Any]:
    """Both with i as the imaginary unit, if it is the only letter."""
    from sympy import Expr, I  # type: ignore[import-untyped]

    if isinstance(one, Expr) and isinstance(other, Expr):
        letters = one.free_symbols | other.free_symbols
        if {letter.name for letter in letters} == {"i"}:
            return tuple(side.xreplace(dict.fromkeys(letters, I)) for side in (one, other))
    return one, other


def _differ_at_a_point(one: Any, other: Any) -> bool:
    """Whether two expressions are far apart where their variables have some positive values.

    Most wrong answers are, and to see it takes a hundredth of the time in which Math-Verify simplifies the
    difference.
    """
    from sympy import Expr, Float

    if not (isinstance(one, Expr) and isinstance(other, Expr)):
        return False
    variables = sorted(one.free_symbols | other.free_symbols, key=str)
    point = {variable: Float(0.7137 + 0.2711 * number) for number, variable in enumerate(variables)}
    try:
        first, second = (complex(expression.evalf(subs=point)) for expression in (one, other))
    except (TypeError, ValueError, ArithmeticError):  # no number: an unknown function, a sum without an end
        return False
    return far_apart(first, second)
