"""A study's page: one HTML file that needs no network."""

from collections.abc import Mapping

import jinja2
import plotly.graph_objects as go
from markdown_it import MarkdownIt
from plotly.offline import get_plotlyjs

_PAGE = jinja2.Template(
    """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
<style>
 body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem;
        color: #1b2733 }
 table { border-collapse: collapse; display: block; overflow-x: auto; font-size: 14px; margin: 1rem 0 }
 th, td { border-bottom: 1px solid #dde3ea; padding: .35rem .6rem; text-align: left; white-space: nowrap }
 th { color: #51606f; font-weight: 600 }
</style>
{% if plots %}<script>{{ plotly }}</script>{% endif %}
{{ text }}
{% for name, plot in plots.items() %}<div id="{{ name }}">{{ plot }}</div>
{% endfor %}
</html>
""",
    autoescape=False,
)


def study_page(title: str, text: str, plots: Mapping[str, go.Figure]) -> str:
    """The page of a study: its Markdown text and its figures."""
    return _PAGE.render(
        title=title,
        text=MarkdownIt("commonmark").enable("table").render(text),
        plots={
            name: figure.to_html(full_html=False, include_plotlyjs=False) for name, figure in plots.items()
        },
        plotly=get_plotlyjs() if plots else "",
    )
