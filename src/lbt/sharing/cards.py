"""Cards from their templates."""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


def card(template: str, **told: Any) -> str:
    """The Markdown of a card."""
    return _environment().get_template(template).render(told)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("lbt.sharing"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
