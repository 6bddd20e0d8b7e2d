"""What all commands need: the project's folder and catalog, and errors in plain words."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from kedro.config import OmegaConfigLoader
from kedro.framework.project import settings
from kedro.framework.startup import ProjectMetadata

from lbt.hooks.messages import readable

environment_option = click.option("--env", "-e", help="The environment in conf/ whose data to use.")


@dataclass(frozen=True)
class Project:
    """Where the project is, and what its catalog says."""

    root: Path
    catalog: dict[str, Any]

    @classmethod
    def of(cls, context: click.Context, env: str | None) -> "Project":
        """The project that a command was given in."""
        metadata = context.find_object(ProjectMetadata)
        root = Path.cwd() if metadata is None else Path(metadata.project_path)
        configuration = root / settings.CONF_SOURCE
        env = env or os.environ.get("KEDRO_ENV")
        if env and not (configuration / env).is_dir():
            raise click.UsageError(f"There is no environment {env!r} in {configuration}.")
        loader = OmegaConfigLoader(str(configuration), env=env, **settings.CONFIG_LOADER_ARGS)
        return cls(root, loader["catalog"])

    def file(self, entry: str) -> Path:
        """What the catalog entry names; of a versioned one, the folder of its versions."""
        return self.root / self.catalog[entry]["filepath"]

    def newest(self, entry: str) -> Path | None:
        """The file or folder of the newest version of an entry; None if no run has made one."""
        folder = self.file(entry)
        versions = sorted(folder.glob(f"*/{folder.name}"))
        return versions[-1] if versions else None


@contextmanager
def plain_errors() -> Iterator[None]:
    """Show an error that the user can correct without a traceback."""
    try:
        yield
    except (click.ClickException, click.Abort, click.exceptions.Exit):
        raise
    except Exception as error:
        message = readable(error)
        if message is None:
            raise
        raise click.ClickException(message) from error
