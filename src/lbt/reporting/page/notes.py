"""The description of a run that MLflow shows above its figures."""

from collections.abc import Mapping, Sequence
from typing import Any

from lbt.reporting.page.numbers import Figures, filled

MOST_DIFFERENCES = 20


def note(facts: Mapping[str, Any], lead: Sequence[str], warnings: Sequence[str], figures: Figures) -> str:
    """Markdown: the result, what was run, and what to be careful about."""
    lines = [filled(" ".join(lead), figures), ""]
    seed = f", seed {facts['seed']}" if facts.get("seed") is not None else ""
    lines += [f"**What was run.** `{facts['command']}`{seed}, commit {_commit(facts)}.", ""]
    if facts["differences"]:
        lines += ["| parameter | here | conf/base |", "|---|---|---|"]
        shown = facts["differences"][:MOST_DIFFERENCES]
        lines += [f"| {_cell(one['name'])} | {_cell(one['here'])} | {_cell(one['base'])} |" for one in shown]
        more = len(facts["differences"]) - len(shown)
        lines += [f"| and {more} more | | |"] if more else []
    else:
        lines += ["All parameters are those of conf/base."]
    if warnings:
        lines += ["", "**Be careful.**", *(f"- {filled(text, figures)}" for text in warnings)]
    return "\n".join(lines) + "\n"


def _commit(facts: Mapping[str, Any]) -> str:
    commit = facts.get("commit")
    if not commit:
        return "unknown"
    return f"{commit[:10]}{' with changes' if facts.get('dirty') else ''}"


def _cell(value: Any) -> str:
    """Text that does not end its cell."""
    text = str(value).replace("|", "\\|").replace("\n", " ")
    return text if len(text) <= 80 else f"{text[:77]}…"
