"""Numbers on a page: each stands beside its name and its exact value, so that a program can read it back."""

import re
from collections.abc import Callable, Mapping

from markupsafe import Markup

from lbt.reporting.texts import duration

_MINUS = "\N{MINUS SIGN}"


def _p_value(value: float) -> str:
    return f"{value:.3f}" if value >= 0.001 else "below 0.001"


FORMATS: dict[str, Callable[[float], str]] = {
    "share": lambda value: f"{100 * value:.1f} %",
    "bare": lambda value: f"{100 * value:.1f}",  # a share whose sign of percent stands elsewhere
    "points": lambda value: f"{100 * value:+z.1f}",
    "score": lambda value: f"{value:z.2f}",
    "signed": lambda value: f"{value:+z.2f}",
    "count": lambda value: f"{value:,.0f}",
    "mean": lambda value: f"{value:,.1f}",
    "p": _p_value,
    "seconds": duration,
}
"""How a number of each kind is written."""

_NUMBER = re.compile(r"\{([^|{}]+)\|(\w+)\}")

Figures = Mapping[str, float]


def written(value: float, kind: str) -> str:
    """A number as a person reads it."""
    return FORMATS[kind](value).replace("-", _MINUS)


def marked(figures: Figures, name: str, kind: str) -> Markup:
    """The figure `name` for a page, with its name and exact value as attributes."""
    value = figures[name]
    text = written(value, kind)
    return Markup('<span class="number" data-figure="{}" data-value="{!r}">{}</span>').format(
        name, float(value), text
    )


def filled(text: str, figures: Figures) -> str:
    """A sentence such as `{preferences.pairs|count} pairs`, with its numbers put in, as plain text."""
    return _NUMBER.sub(lambda found: written(figures[found[1]], found[2]), text)


def filled_and_marked(text: str, figures: Figures) -> Markup:
    """The same for a page."""
    parts = _NUMBER.split(text)  # text, name, kind, text, name, kind, …, text
    named = zip(parts[1::3], parts[2::3], parts[3::3], strict=True)
    found = (marked(figures, name, kind) + rest for name, kind, rest in named)
    return Markup("").join([Markup.escape(parts[0]), *found])
