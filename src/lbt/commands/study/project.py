"""The Kedro project that a study is run in, and the study's file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from kedro.config import OmegaConfigLoader
from kedro.framework.session import KedroSession
from pydantic import ValidationError

from lbt.errors import SettingsError
from lbt.studies import StudySettings

_DEFAULT = ("base", "local")
"""Folders of conf that are read without --env."""


@dataclass(frozen=True)
class StudyProject:
    """A study, and the project's folders; MLflow is set up as the project's configuration says."""

    name: str
    study: StudySettings
    env: str | None
    root: Path
    catalog: dict[str, Any]
    experiment: str
    folder: Path
    """Where the study's tables, page and logs are."""


@contextmanager
def open_project(root: Path, name: str) -> Iterator[StudyProject]:
    """The project with the study of this name.

    Raises:
        SettingsError: There is no such study, or its file is wrong.
    """
    file = _find(root, name)
    env = None if file.parent.name in _DEFAULT else file.parent.name
    with KedroSession.create(root, env=env, save_on_close=False) as session:
        context = cast(KedroSession, session).load_context()  # the hook connects to MLflow
        loader = cast(OmegaConfigLoader, context.config_loader)
        loader.config_patterns["study"] = [file.name]
        study = _checked(loader["study"], file)
        data = Path(loader["globals"]["data"])
        yield StudyProject(
            name,
            study,
            env,
            root,
            dict(loader["catalog"]),
            str(loader["mlflow"]["tracking"]["experiment"]["name"]),
            data / "08_reporting" / "studies" / name,
        )


def _find(root: Path, name: str) -> Path:
    there = {file.stem.removeprefix("study_"): file for file in sorted((root / "conf").glob("*/study_*.yml"))}
    if name not in there:
        raise SettingsError(
            f"There is no study {name!r}: no folder in conf has a file study_{name}.yml. "
            f"There are: {', '.join(there) or 'none'}."
        )
    return there[name]


def _checked(content: dict[str, Any], file: Path) -> StudySettings:
    try:
        return StudySettings.model_validate(content)
    except ValidationError as error:
        faults = [
            f"  {'.'.join(str(part) for part in one['loc'])}: {one['msg'].removeprefix('Value error, ')}"
            for one in error.errors()
        ]
        raise SettingsError("\n".join([f"{file} is wrong:", *faults])) from error
