"""What an instruction ends with: a short table for the terminal, and a longer account to read."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from lbt.evaluation.transcripts import fenced
from lbt.reporting.texts import Figures, Row, difference, generations, intervals_note, share, table
from lbt.seeds import random_stream

TITLES = {
    "base": "before",
    "original": "original data",
    "blind": "error-blind problems",
    "le": "LE, from errors",
    "lec": "LEC, by contrast",
}
_SHOWN = 3
"""Items of each arm that are shown."""


def summarise_instruction(rounds: pd.DataFrame, metrics: Figures, usage: Figures) -> str:
    """Accuracy of every arm after its last iteration, differences between arms, and what was not trained."""
    count = metrics["instructor.problems"]
    rows: list[Row] = [
        ("Target's accuracy before", f"{share(metrics, 'instructor.base.accuracy')} of {count:,.0f} problems")
    ]
    for arm, own in rounds.groupby("arm", sort=False):
        rows += [
            (f"  after {TITLES[str(arm)]}", share(metrics, f"instructor.{arm}.accuracy")),
            ("    by iteration", "; ".join(_iteration(row) for row in own.to_dict("records"))),
        ]
    for second, first in (
        ("le", "original"),
        ("le", "blind"),
        ("lec", "original"),
        ("lec", "blind"),
        ("lec", "le"),
    ):
        name = f"instructor.{second}_minus_{first}"
        rows += difference(metrics, f"{second.upper()} over {_short(first)}", name, f"{name}_")
    rows.append(("Generations", generations([usage])))
    text = table(rows) + intervals_note(metrics)
    untrained = rounds[~rounds["trained"]]
    lines = [
        f"{TITLES[row['arm']]}, iteration {row['iteration']}: not trained: {row['reason']}."
        for row in untrained.to_dict("records")
    ]
    return "\n".join([text, *([""] if lines else []), *lines]) + "\n"


def _iteration(row: Mapping[Any, Any]) -> str:
    if not row["trained"]:
        return f"{100 * row['accuracy']:.1f} % (not trained)"
    return (
        f"{100 * row['accuracy']:.1f} % from {row['items']} items, "
        f"{row['repaired']} repaired, {row['forgotten']} forgotten"
    )


def _short(arm: str) -> str:
    return arm.upper() if arm == "le" else {"original": "original data", "blind": "error-blind"}[arm]


def describe_instruction(
    problems: pd.DataFrame,
    answers: pd.DataFrame,
    items: pd.DataFrame,
    rounds: pd.DataFrame,
    by_family: pd.DataFrame,
    seed: int,
) -> str:
    """Markdown: all rounds, accuracy by family after the last of each arm, some items with their origin."""
    return "\n".join(
        [
            "# What the target learned\n",
            *_rounds(rounds),
            "\n## Accuracy by family, after the last iteration\n",
            *_families(by_family),
            "\n## Items, beside the errors that they came from\n",
            *_items(problems, answers, items, seed),
        ]
    )


_COLUMNS = (
    "arm", "iteration", "accuracy %", "over before, points", "repaired", "forgotten", "errors", "written",
    "strict %", "tolerant %", "duplicate %", "leaked %", "verified %", "right %", "items", "steps",
)  # fmt: skip


def _rounds(rounds: pd.DataFrame) -> Iterator[str]:
    yield f"| {' | '.join(_COLUMNS)} |"
    yield "|---" * len(_COLUMNS) + "|"
    for row in rounds.to_dict("records"):
        delta, *ends = (f"{100 * row[key]:+.1f}" for key in ("delta", "delta_ci_low", "delta_ci_high"))
        accuracy, *within = (
            f"{100 * row[key]:.1f}" for key in ("accuracy", "accuracy_ci_low", "accuracy_ci_high")
        )
        shares = [row[key] for key in ("strict", "tolerant", "duplicate", "leaked", "verified", "right")]
        cells = [
            TITLES[row["arm"]], row["iteration"], f"{accuracy} [{', '.join(within)}]",
            f"{delta} [{', '.join(ends)}]", row["repaired"], row["forgotten"],
            "–" if pd.isna(row["errors"]) else row["errors"], row["written"], *map(_percent, shares),
            row["items"], row["steps"] if row["trained"] else f"not trained: {row['reason']}",
        ]  # fmt: skip
        yield f"| {' | '.join(str(cell) for cell in cells)} |"


def _percent(value: float | None) -> str:
    return "–" if value is None or pd.isna(value) else f"{100 * value:.1f}"


def _families(by_family: pd.DataFrame) -> Iterator[str]:
    last = by_family[by_family["iteration"] == by_family.groupby("arm")["iteration"].transform("max")]
    accuracy = last.pivot(index="family", columns="arm", values="accuracy")
    learned = by_family.groupby(["family", "arm"])["learned"].sum().to_dict()
    arms = [arm for arm in TITLES if arm in accuracy]
    yield f"| family | {' | '.join(f'{TITLES[arm]} %' for arm in arms)} | items learned |"
    yield "|---" * (len(arms) + 2) + "|"
    for family, row in accuracy.iterrows():
        counts = ", ".join(f"{learned.get((family, arm), 0)} {arm}" for arm in arms if arm != "base")
        yield f"| {family} | {' | '.join(f'{100 * row[arm]:.0f}' for arm in arms)} | {counts} |"


def _items(problems: pd.DataFrame, answers: pd.DataFrame, items: pd.DataFrame, seed: int) -> Iterator[str]:
    questions = dict(zip(problems["problem_id"], problems["question"], strict=True))
    wrong = answers[answers["role"] == "teaching"].set_index(["arm", "iteration", "problem_id"])["text"]
    for arm, own in items[items["fate"].eq("learned") & ~items["mixed"]].groupby("arm", sort=False):
        drawn = random_stream(seed, "items", str(arm)).permutation(len(own))[:_SHOWN]
        yield f"### {TITLES[str(arm)]}\n"
        for row in own.iloc[sorted(drawn)].to_dict("records"):
            before = row["iteration"] - 1
            key = (arm if before else "base", before, row["source_id"])
            yield f"Made from {row['source_id']}, iteration {row['iteration']}:\n"
            yield fenced(questions[row["source_id"]])
            if arm in ("le", "lec") and key in wrong.index:
                yield f"The target had answered:\n\n{fenced(wrong[key])}"
            if isinstance(row["contrast"], str):
                near = "; ".join(questions[name] for name in row["contrast"].split())
                yield f"Nearest questions that it answered rightly: {near}\n"
            yield f"The item:\n\n{fenced(row['question'] + chr(10) + chr(10) + row['solution'])}"
