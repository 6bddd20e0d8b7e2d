"""Numbers as a person reads them."""

from collections.abc import Mapping, Sequence

Figures = Mapping[str, float]
"""Figures by their MLflow names; those of a sample have `<name>_ci_low` and `<name>_ci_high` beside them."""
Row = tuple[str, str]
"""A name and what is said of it."""


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
    """A line a row, the second column aligned."""
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows)


def share(figures: Figures, name: str) -> str:
    """`52.7 % [46.2, 59.1]`; without the interval where there is none."""
    text = f"{100 * figures[name]:.1f} %"
    if f"{name}_ci_low" in figures:
        text += f" [{100 * figures[f'{name}_ci_low']:.1f}, {100 * figures[f'{name}_ci_high']:.1f}]"
    return text


def difference(figures: Figures, name: str, p_value: str) -> str:
    """`+29.0 points [+21.9, +35.7], p = 3e-14`; `p_value` is the name of that figure."""
    value, low, high = (f"{100 * figures[f'{name}{end}']:+z.1f}" for end in ("", "_ci_low", "_ci_high"))
    return f"{value} points [{low}, {high}], p = {figures[p_value]:.2g}"


def generations(usages: Sequence[Figures]) -> str:
    """`67,441 new, 0 from the store`, and how many failed; `usages` are those of the stages."""
    new, reused, failed = (int(sum(usage[key] for usage in usages)) for key in ("new", "reused", "failed"))
    text = f"{new:,} new, {reused:,} from the store"
    return f"{text}, {failed:,} failed" if failed else text
