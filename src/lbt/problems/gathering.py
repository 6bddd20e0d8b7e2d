"""Read all files of a source, each with its role."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from lbt.errors import DataError
from lbt.grading import Domain
from lbt.problems.elementary import draw_elementary
from lbt.problems.naming import Naming
from lbt.problems.reading import ProblemReader, Records
from lbt.problems.records import file_records, folder_records, hub_records
from lbt.problems.rows import Account, Problem
from lbt.problems.settings import ProblemSettings
from lbt.problems.splits import check_roles, split_by_hash


@dataclass
class Gathered:
    """All usable rows with their roles, the readers' account, and counts of what was left out on purpose."""

    name: str
    default_family: str
    rows: list[Problem]
    split: str
    account: Account
    counts: dict[str, int] = field(default_factory=dict)


def gather(
    settings: ProblemSettings, seed: int, domain: Domain | None, needs_exam_problems: bool = True
) -> Gathered:
    """Read everything that the settings name; raises DataError for a missing or empty file.

    Where no row has a role, and neither exam nor evaluation problems are needed from the main file, its rows
    are all taught.

    Bad rows are in the account, and no row here; the caller judges them.
    """
    if settings.source == "elementary":
        return _drawn(settings, seed)
    if settings.source == "huggingface":
        return _from_hub(settings, seed, domain)
    path = str(settings.path)
    further = [name for name in (settings.evaluation_path, settings.leave_out) if name]
    names = _names([path, *settings.exam_paths, *further])
    naming = Naming(settings.columns, settings.labels)
    reader = ProblemReader(settings.source, Path(path).stem, domain, settings.code, naming)
    variants = settings.source == "math_variants"
    counts: dict[str, int] = {}
    role = "teaching" if settings.exam_paths else None
    unwanted = _unwanted(settings, names, reader.account) if settings.leave_out else []
    main = _read(reader, path, names, role, unwanted=unwanted)
    exam = [
        row
        for other in settings.exam_paths
        for row in _read(reader, other, names, "exam", keep_repeats=variants)
    ]
    if variants:
        main, exam, counts = _join(main, exam)
    evaluation = (
        _read(reader, settings.evaluation_path, names, "evaluation") if settings.evaluation_path else []
    )
    splits = needs_exam_problems or (settings.evaluation and not settings.evaluation_path)
    all_taught = not splits and not check_roles(main, names[path])
    if all_taught:
        main, split = [replace(row, role="teaching") for row in main], "none: all are taught"
    else:
        main, split = _with_roles(main, names[path], seed, bool(exam), bool(settings.evaluation_path))
    return Gathered(
        names[path], reader.default_family, main + exam + evaluation, split, reader.account, counts
    )


def _drawn(settings: ProblemSettings, seed: int) -> Gathered:
    rows, name = draw_elementary(settings, seed), settings.source
    return Gathered(name, name, rows, "hash", Account(lines=len(rows), rows_by_file={name: len(rows)}))


def _from_hub(settings: ProblemSettings, seed: int, domain: Domain | None) -> Gathered:
    options, path = settings.huggingface, str(settings.path)
    reader = ProblemReader(f"huggingface_{options.answer}", path.rstrip("/").rpartition("/")[2], domain)

    def read(split: str | None, role: str | None) -> list[Problem]:
        return reader.read(hub_records(path, split, options), split, role) if split else []

    main = read(options.split, "teaching" if options.exam_split else None)
    exam, evaluation = read(options.exam_split, "exam"), read(options.evaluation_split, "evaluation")
    _refuse_nothing(reader, path, 0)
    name = f"{path}[{options.split}]"
    main, split = _with_roles(main, name, seed, bool(options.exam_split), bool(options.evaluation_split))
    return Gathered(name, reader.default_family, main + exam + evaluation, split, reader.account)


def _read(
    reader: ProblemReader,
    path: str,
    names: dict[str, str],
    role: str | None,
    keep_repeats: bool = False,
    unwanted: Sequence[Problem] = (),
) -> list[Problem]:
    before = reader.account.lines
    stem = names[path].removesuffix(Path(path).suffix)
    rows = reader.read(_records(path, names[path]), stem, role, keep_repeats, unwanted)
    _refuse_nothing(reader, path, before)
    return rows


def _refuse_nothing(reader: ProblemReader, path: str, before: int) -> None:
    if reader.account.lines == before:
        wanted = (
            "a folder with <split>/<subject>/<n>.json in it"
            if Path(path).is_dir()
            else "a file with one JSON object a line"
        )
        raise DataError(f"{path} holds no rows. Give problems.path {wanted}.")


def _records(path: str, name: str) -> Records:
    return folder_records(Path(path), name) if Path(path).is_dir() else file_records(Path(path), name)


def _names(paths: Sequence[str]) -> dict[str, str]:
    """What a file is called in reports and ids: as much of its path's end as tells it from the others."""
    parts = {path: Path(os.path.normpath(path)).parts for path in paths}
    for length in range(1, max(map(len, parts.values()))):
        names = {path: "/".join(own[-length:]) for path, own in parts.items()}
        if len(set(names.values())) == len(names):
            return names
    return {path: path for path in paths}


def _unwanted(settings: ProblemSettings, names: dict[str, str], account: Account) -> list[Problem]:
    """The problems of `leave_out`; its bad rows go into the account, since they could be taught unseen."""
    path = str(settings.leave_out)
    naming = Naming(settings.columns, settings.labels)
    reader = ProblemReader(settings.source, Path(path).stem, code=settings.code, naming=naming)
    rows = _read(reader, path, names, "teaching" if settings.exam_paths else None)
    account.bad += reader.account.bad
    return rows


def _join(main: list[Problem], exam: list[Problem]) -> tuple[list[Problem], list[Problem], dict[str, int]]:
    """Only the problems that have variants, and only the variants of those."""
    families = {row.family for row in main} & {row.family for row in exam}
    taught = [row for row in main if row.family in families]
    examined = [row for row in exam if row.family in families]
    counts = {
        "teaching_without_variants": len(main) - len(taught),
        "variants_without_teaching": len(exam) - len(examined),
    }
    return taught, examined, counts


def _with_roles(
    main: list[Problem], name: str, seed: int, exam_given: bool, evaluation_given: bool
) -> tuple[list[Problem], str]:
    """The rows of the main file with their roles, and where the roles come from."""
    if check_roles(main, name):
        return main, "files" if exam_given else "file"
    return split_by_hash(main, seed, evaluation=not evaluation_given), "hash"
