"""The types of values that JSON does not have: tuples, sets, complex numbers."""

import ast
from collections.abc import Sequence
from typing import Any


def template_of(examples: Sequence[ast.expr]) -> Any:
    """What some written values have in common: nested (type, template of the members), or None."""
    values = []
    for example in examples:
        try:
            values.append(ast.literal_eval(example))
        except (ValueError, TypeError, SyntaxError):
            continue
    return _template(values)


def shaped(value: Any, template: Any) -> Any:
    """A value of JSON as the template has it."""
    if template is None:
        return value
    kind, members = template
    if kind is complex:
        return complex(value) if isinstance(value, str | int | float) else value
    if kind is dict:
        return {key: shaped(one, members) for key, one in value.items()} if isinstance(value, dict) else value
    if not isinstance(value, list):
        return value
    made = [shaped(one, members) for one in value]
    if kind is set:
        return set(made) if all(isinstance(one, int | float | str | tuple) for one in made) else made
    return tuple(made) if kind is tuple else made


def _template(values: Sequence[Any]) -> Any:
    kinds = {type(value) for value in values}
    for kind in (tuple, list, set):
        if kind in kinds and kinds <= {kind, int, float, str, bool, type(None)}:
            return kind, _template([one for value in values if isinstance(value, kind) for one in value])
    if kinds == {dict}:
        return dict, _template([one for value in values for one in value.values()])
    if complex in kinds:
        return complex, None
    return None
