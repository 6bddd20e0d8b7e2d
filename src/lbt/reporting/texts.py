"""Numbers as a person reads them."""

from collections.abc import Mapping


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
