"""The report of a run: one HTML page that needs no network, and its short form for MLflow."""

from lbt.reporting.page.material import RunMaterial
from lbt.reporting.page.rendering import figure_page, render
from lbt.reporting.page.run import report_run
from lbt.reporting.page.search import SearchMaterial, report_search

__all__ = ["RunMaterial", "SearchMaterial", "figure_page", "render", "report_run", "report_search"]
