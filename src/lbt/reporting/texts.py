"""Numbers as a person reads them."""

from collections.abc import Mapping, Sequence

Figures = Mapping[str, float]
"""Figures by their MLflow names; those of a sample have `<name>_ci_low` and `<name>_ci_high` beside them."""
Row = tuple[str, str]
"""A name and what is said of it."""
NEW_FAMILIES = "in new families"


def duration(seconds: float) -> str:
    """`42 s`, `3 min 05 s` or `2 h 04 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def spent(seconds: Mapping[str, float]) -> str:
    """The times of named stages, those under half a second left out."""
    return ", ".join(f"{name} {duration(time)}" for name, time in seconds.items() if time >= 0.5)


def table(rows: Sequence[Row]) -> str:
    """One line per row, with the second column aligned."""
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows)


def share(figures: Figures, name: str) -> str:
    """`52.7 % [46.2, 59.1]`; without the interval where there is none."""
    text = f"{100 * figures[name]:.1f} %"
    if f"{name}_ci_low" in figures:
        text += f" [{100 * figures[f'{name}_ci_low']:.1f}, {100 * figures[f'{name}_ci_high']:.1f}]"
    return text


def difference(figures: Figures, title: str, name: str, prefix: str) -> list[Row]:
    """A difference of shares: what new problems of the same families would give, then new families.

    Args:
        figures: Figures by their MLflow names.
        title: What the difference is of.
        name: Its name; nothing is said if there is none.
        prefix: What stands before its p-values' names.
    """
    if name not in figures:
        return []
    rows = [(title, f"{_points(figures[name])} points {_within(figures, name, prefix, '')}")]
    if f"{name}_family_ci_low" in figures:
        rows.append((f"  {NEW_FAMILIES}", _within(figures, name, prefix, "family_")))
    return rows


def _within(figures: Figures, name: str, prefix: str, unit: str) -> str:
    low, high = (_points(figures[f"{name}_{unit}ci_{end}"]) for end in ("low", "high"))
    return f"[{low}, {high}], p = {figures[f'{prefix}{unit}p_value']:.2g}"


def _points(share: float) -> str:
    return f"{100 * share:+z.1f}"


def areas(figures: Figures) -> list[Row]:
    """What the LbT score tells apart, as areas under the ROC curve with their intervals."""
    titles = {
        "scoring.auc_right_wrong": "  tells right from wrong",
        "scoring.auc_within_problem": "    within a problem",
        "scoring.auc_right_lucky": "  tells right from lucky",
    }
    return [(title, _area(figures, name)) for name, title in titles.items() if name in figures]


def _area(figures: Figures, name: str) -> str:
    return f"AUC {figures[name]:.2f} [{figures[f'{name}_ci_low']:.2f}, {figures[f'{name}_ci_high']:.2f}]"


def same_answers(figures: Figures) -> list[Row]:
    """How many exams ask for the answer that was taught; nothing where no exam was sat."""
    if "exam.pairs" not in figures:
        return []
    counts = f"{figures['exam.same_answer']:,.0f} of {figures['exam.pairs']:,.0f}"
    return [("Exams on the taught answer", f"{counts} (exams.same_answer)")]


def intervals_note(figures: Figures) -> str:
    """What the intervals of a table speak of; nothing where it has only one kind."""
    if not any(name.endswith("_family_ci_low") for name in figures):
        return ""
    return (
        "\n\nIntervals and p-values say what to expect of new problems in the same families; on the lines\n"
        f'"{NEW_FAMILIES}" they say what to expect of families that this run did not have.'
    )


def generations(usages: Sequence[Figures]) -> str:
    """`67,441 new, 0 from the store`, and how many failed; `usages` are those of the stages."""
    new, reused, failed = (int(sum(usage[key] for usage in usages)) for key in ("new", "reused", "failed"))
    text = f"{new:,} new, {reused:,} from the store"
    return f"{text}, {failed:,} failed" if failed else text
