"""HumanEval+ and MBPP+, as EvalPlus publishes them (github.com/evalplus/evalplus): inputs and a solution."""

import ast
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator

from lbt.grading.domains.code import CodeGold
from lbt.grading.domains.code.syntax import parse
from lbt.problems.code.examples import stated_examples
from lbt.problems.code.humaneval import helpers_of
from lbt.problems.code.row import CodeRow, Program, checked, divided, plain
from lbt.problems.code.templates import shaped, template_of
from lbt.problems.rows import Place, Posed, Reference, Unusable, kind_of
from lbt.problems.settings import CodeProblemSettings
from lbt.problems.shapes import Words

_LONGEST_INPUT = 50_000
"""Characters of a call; a few inputs are longer, and left out."""
_UNORDERED = {
    "similar_elements", "find_char_long", "common_in_nested_lists", "extract_singly", "larg_nnum",
    "intersection_array", "find_dissimilar", "Diff",
}  # fmt: skip
_FOUND = {"check_str", "text_match_three", "text_starta_endb"}


def _plain(arguments: list[Any]) -> list[Any] | None:
    """The arguments of a call; None if a number has more digits than Python reads."""
    try:
        return [plain(one) for one in arguments]
    except ValueError:
        return None


def _inputs(value: Any) -> tuple[list[Any], ...]:
    if value == {}:  # so written in MBPP+ where a problem has no further input
        return ()
    if not isinstance(value, list) or not all(isinstance(one, list) for one in value):
        kind = kind_of(value) if not isinstance(value, list) else "a list of something else"
        raise ValueError(f"must be a list with a list of arguments for each test, not {kind}")
    return tuple(made for one in value if (made := _plain(one)) is not None)


Inputs = Annotated[tuple[list[Any], ...], BeforeValidator(_inputs)]


class EvalPlusRow(CodeRow):
    """A function's beginning, or a task in a docstring, and inputs, whose results the solution gives."""

    task_id: Words
    prompt: Program
    entry_point: Words
    canonical_solution: Program
    base_input: Inputs
    plus_input: Inputs = ()
    atol: Annotated[float, BeforeValidator(plain)] = 0.0
    contract: Program = ""
    assertion: Program = ""

    known: ClassVar[frozenset[str]] = frozenset(
        {"task_id", "prompt", "entry_point", "canonical_solution", "base_input", "plus_input", "atol"}
        | {"contract", "assertion", "test", "family", "role", "level", "subject"}
    )

    def worked_out(self, place: Place, role: str | None) -> dict[str, str | None]:
        """The id."""
        return {"id": self.task_id}

    def posed(self, settings: CodeProblemSettings) -> Posed:
        """The prompt, and calls whose results the solution gives."""
        templates = list(self._templates())
        calls = list(self._calls(self.base_input, templates)) + list(self._calls(self.plus_input, templates))
        if not calls:
            raise Unusable("base_input", f"has no input of at most {_LONGEST_INPUT:,} characters")
        examples = stated_examples(self.prompt, self.entry_point)
        visible, hidden = divided(settings, examples, list(dict.fromkeys(calls)), examples)
        begins = f"def {self.entry_point}" in self.prompt
        setup = helpers_of(self.prompt, self.entry_point, ["poly"]) if self.entry_point == "find_zero" else ""
        gold = CodeGold(
            entry_point=self.entry_point,
            prompt=self.prompt if begins else "",
            setup=setup.strip(),
            visible=visible,
            hidden=hidden,
        )
        solution = self.prompt * begins + self.canonical_solution
        lenient = settings.visible in ("as_given", "in_prompt")
        reference = Reference(solution, "canonical_solution", lenient, unanswered=self._comparison())
        question = self.prompt.strip() if begins else self.prompt.strip().strip('"').strip()
        return Posed(question, checked(gold, "base_input"), reference)

    def _comparison(self) -> str:
        """How EvalPlus compares the results of this problem."""
        if self.entry_point == "find_zero":
            return "assert abs(poly({arguments}, {call})) <= " + repr(self.atol or 1e-4)
        if self.entry_point == "sum_div":
            return "assert {call} in ({expected}, 0)"
        if self.entry_point in _UNORDERED:
            return "assert set({call}) == set({expected})"
        if self.entry_point in _FOUND:
            return (
                "found = {call}\nassert (found if isinstance(found, bool) else found is not None) == {found}"
            )
        return "assert nearly_equal({call}, {expected}, " + repr(self.atol) + ")" if self.atol else ""

    def _calls(self, inputs: Sequence[list[Any]], templates: Sequence[Any]) -> Iterator[str]:
        for values in inputs:
            given = [
                repr(shaped(value, templates[place] if place < len(templates) else None))
                for place, value in enumerate(values)
            ]
            call = f"{self.entry_point}({', '.join(given)})"
            if len(call) <= _LONGEST_INPUT:
                yield call

    def _templates(self) -> Iterator[Any]:
        """Of each argument what is a tuple or a set in it, as the row's asserts have it; JSON has neither."""
        tree = parse("\n".join(stated_examples(f"{self.prompt}\n{self.assertion}", self.entry_point)))
        calls = [
            node
            for node in (ast.walk(tree) if tree else ())
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) == self.entry_point
        ]
        for place in range(max((len(call.args) for call in calls), default=0)):
            yield template_of([call.args[place] for call in calls if place < len(call.args)])
