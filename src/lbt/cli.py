"""The `kedro run` of this project: Kedro's own, with errors that a user can act on."""

import os
import shlex
import signal
import sys
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click
from kedro.framework.cli.project import run as kedro_run
from kedro.framework.project import pipelines as registered
from kedro.framework.project import settings
from kedro.framework.startup import ProjectMetadata
from kedro.pipeline import Pipeline

from lbt.hooks.messages import readable
from lbt.hooks.mlflow_run import close_open_run
from lbt.store_command import generations

_PARTS = ("tags", "from_nodes", "to_nodes", "node_names", "from_inputs", "to_outputs")


@click.group(name="lbt")
def cli() -> None:
    """Commands of this project."""


def run(**options: Any) -> None:
    """Run Kedro's command, and say in plain words why it stopped early."""
    context = click.get_current_context()
    project = context.find_object(ProjectMetadata)
    if project is not None:
        os.chdir(project.project_path)  # paths in the configuration are relative to it
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a stopped container ends as Ctrl-C does
    try:
        context.invoke(kedro_run, **_checked(options))
    except KeyboardInterrupt as stop:
        close_open_run(stop, "KILLED")
        click.echo(
            f"\nStopped. Everything generated so far is stored; to go on:\n  {_this_command()}", err=True
        )
        sys.exit(130)
    except click.ClickException:
        raise
    except Exception as error:
        close_open_run(error, "FAILED")
        message = readable(error)
        if message is None:
            raise
        raise click.ClickException(
            f"{message}\n\nWhat was generated so far is kept. When this is mended, go on with:\n"
            f"  {_this_command()}"
        ) from error


cli.add_command(click.Command("run", callback=run, params=kedro_run.params, help=kedro_run.help))
cli.add_command(generations)


def _checked(options: dict[str, Any]) -> dict[str, Any]:
    """Refuse names that do not exist, before anything runs.

    `--pipeline` becomes a `--pipelines` of one, which Kedro does not warn about.
    """
    single, several = options["pipeline"], options["pipelines"]
    if single and several:
        raise click.UsageError("--pipeline and --pipelines exclude each other.")
    names = [single] if single else several
    _check_name(
        "environment", options["env"], _environments(Path(options["conf_source"] or settings.CONF_SOURCE))
    )
    for name in names:
        _check_name("pipeline", name, list(registered))
    chosen = sum((registered[name] for name in names or ["__default__"]), start=Pipeline([]))
    try:
        chosen.filter(**{name: options[name] for name in _PARTS}, node_namespaces=options["namespaces"])
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    return {**options, "pipeline": None, "pipelines": names}


def _environments(configuration: Path) -> list[str]:
    return sorted(folder.name for folder in configuration.glob("*") if folder.is_dir())


def _check_name(kind: str, name: str | None, known: list[str]) -> None:
    if name and known and name not in known:
        close = get_close_matches(name, known, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise click.UsageError(f"There is no {kind} {name!r}.{hint} There are: {', '.join(known)}.")


def _this_command() -> str:
    return "kedro " + shlex.join(sys.argv[1:])
