"""Rows of benchmarks/results.json, and how a benchmark prints and hands over its own."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

Row = dict[str, Any]
"""name, value, low, high, unit, n, command."""


def result(name: str, values: Sequence[float], unit: str, n: int, command: str) -> Row:
    """The median of repetitions with the lowest and the highest."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    median = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    figures = {"value": median, "low": ordered[0], "high": ordered[-1]}
    rounded = {key: round(value, 4) for key, value in figures.items()}
    return {"name": name, **rounded, "unit": unit, "n": n, "command": command}


def options(description: str | None) -> argparse.ArgumentParser:
    """A benchmark's command line: where its rows are written besides the terminal."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path, help="write the rows there too")
    return parser


def hand_over(rows: Sequence[Row], path: Path | None) -> None:
    """Print the rows as a table, and write them where they are wanted."""
    for row in rows:
        figures = f"{row['value']:12,.3f} {row['unit']:9} [{row['low']:,.3f}, {row['high']:,.3f}]"
        print(f"{row['name']:42} {figures}  n={row['n']}")
    if path is not None:
        path.write_text(json.dumps(list(rows), indent=2) + "\n")
