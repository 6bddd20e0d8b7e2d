"""Templates to pages. Everything that a page needs is in the page, so that it opens anywhere."""

import base64
import gzip
import json
from collections.abc import Mapping
from functools import cache, partial
from typing import Any

import plotly.graph_objects as go
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from lbt.reporting.page.numbers import Figures, filled_and_marked, marked


def render(template: str, plots: Mapping[str, go.Figure], figures: Figures, **told: Any) -> str:
    """A page.

    Args:
        template: A file in `templates`.
        plots: By the names under which the template calls `plot(name)`.
        figures: All numbers of the page by their names, which the template calls as `number(name, kind)`.
        told: What else the template shows.
    """
    return (
        _environment()
        .get_template(template)
        .render(
            told,
            figures=figures,
            number=partial(marked, figures),
            sentence=lambda text: filled_and_marked(text, figures),
            plot_data={name: _as_json(figure) for name, figure in plots.items()},
            plotly=_packed_plotly(),
        )
    )


def figure_page(figure: go.Figure, title: str) -> str:
    """A page with one figure."""
    return render("figure.html", {"figure": figure}, {}, title=title)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("lbt.reporting.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _as_json(figure: go.Figure) -> Markup:
    """Data and layout for plotly's browser part; the page brings title, colours and fonts."""
    content: dict[str, Any] = json.loads(figure.to_json())
    for name in ("template", "title"):
        content["layout"].pop(name, None)
    # no text can end the script that it stands in
    return Markup(json.dumps(content, ensure_ascii=False).replace("<", "\\u003c"))


@cache
def _packed_plotly() -> Markup:
    """Plotly's browser part, a third of its size; every browser since 2023 unpacks it."""
    packed = gzip.compress(get_plotlyjs().encode(), mtime=0)
    return Markup(base64.b64encode(packed).decode())
