"""Grade a file: `python -m lbt.grading --domain math < rows.jsonl > verdicts.jsonl`.

Each line is a JSON object with the fields gold and text, and optionally finish_reason ("stop" or "length");
other fields pass through. Each output line, in input order, has in addition verdict, extracted and rule,
and with --domain code what the tests say.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, get_args

from lbt.errors import DataError, LbtError
from lbt.grading.domains import DOMAINS, Domain, domain_named
from lbt.grading.many import grade_many
from lbt.grading.settings import Extraction, GradingSettings
from lbt.grading.verdicts import Attempt

_ROWS_A_BATCH = 2000
_FINISH_REASONS = ("stop", "length")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code: 2 for an unusable line, 1 for another failure.

    Verdicts on the lines before an unusable one are written. Memory holds one batch of lines.
    """
    options = _parser().parse_args(arguments)
    settings = GradingSettings(extraction=options.extraction, workers=options.workers, limit_s=options.limit)
    domain = domain_named(options.domain, settings)
    rows = _rows(sys.stdin.buffer)
    try:
        while True:
            batch, fault = _batch(rows)
            _write(batch, domain, options.cache)
            if fault is not None:
                raise fault
            if len(batch) < _ROWS_A_BATCH:
                return 0
    except DataError as error:
        print(f"python -m lbt.grading: {error}", file=sys.stderr)
        return 2
    except LbtError as error:
        print(f"python -m lbt.grading: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    settings = GradingSettings()
    parser = argparse.ArgumentParser("python -m lbt.grading", description="Grade JSON lines from stdin.")
    parser.add_argument("--domain", choices=DOMAINS, required=True, help="what an answer is")
    parser.add_argument(
        "--extraction",
        choices=get_args(Extraction),
        default=settings.extraction,
        help="strict: only marked answers; flexible (default): also those of the last sentence that has one",
    )
    parser.add_argument("--cache", type=Path, help="SQLite file that keeps verdicts")
    parser.add_argument("--workers", type=int, help="processes at most; default: one for each CPU")
    parser.add_argument("--limit", type=float, default=settings.limit_s, help="seconds for one comparison")
    return parser


def _rows(lines: BinaryIO) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _row(number, line)


def _row(number: int, line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DataError(f"line {number}: is not valid JSON ({error})") from error
    if not isinstance(row, dict):
        raise DataError(f"line {number}: must be a JSON object with the fields gold and text")
    for field in ("gold", "text"):
        if not isinstance(row.get(field), str):
            fault = "must be text" if field in row else "is missing"
            raise DataError(f"line {number}: field '{field}' {fault}")
    if row.get("finish_reason", "stop") not in _FINISH_REASONS:
        raise DataError(
            f"line {number}: field 'finish_reason' is {row['finish_reason']!r}; it may be stop or length"
        )
    return row


def _batch(rows: Iterator[dict[str, Any]]) -> tuple[list[dict[str, Any]], DataError | None]:
    """The next rows, and what is wrong with the one after them."""
    batch: list[dict[str, Any]] = []
    try:
        batch.extend(islice(rows, _ROWS_A_BATCH))
    except DataError as error:
        return batch, error
    return batch, None


def _write(batch: Sequence[dict[str, Any]], domain: Domain, cache: Path | None) -> None:
    attempts = [Attempt(row["gold"], row["text"], row.get("finish_reason") == "length") for row in batch]
    for row, graded in zip(batch, grade_many(domain, attempts, cache=cache), strict=True):
        found = {"verdict": graded.verdict, "extracted": graded.answer, "rule": graded.rule, **graded.details}
        sys.stdout.write(json.dumps(row | found) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
