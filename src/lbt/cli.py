"""`kedro run` of this project: Kedro's own, with errors that a user can act on."""

import os
import shlex
import signal
import sys
from difflib import get_close_matches
from typing import Any

import click
from kedro.framework.cli.project import run as kedro_run
from kedro.framework.project import pipelines as registered
from kedro.framework.startup import ProjectMetadata

from lbt.hooks.messages import readable
from lbt.hooks.mlflow_run import close_open_run


@click.group(name="lbt")
def cli() -> None:
    """Commands of this project."""


def run(**options: Any) -> None:
    """Run Kedro's command and tell the user in plain words when it stops early."""
    context = click.get_current_context()
    project = context.find_object(ProjectMetadata)
    if project is not None:
        os.chdir(project.project_path)  # paths in the configuration are relative to it
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a stopped container ends as Ctrl-C does
    try:
        context.invoke(kedro_run, **_with_pipelines(options))
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
            f"{message}\n\nWhat was generated before is stored; to go on from it:\n  {_this_command()}"
        ) from error


cli.add_command(click.Command("run", callback=run, params=kedro_run.params, help=kedro_run.help))


def _with_pipelines(options: dict[str, Any]) -> dict[str, Any]:
    """Check the names; `--pipeline` becomes a `--pipelines` of one, which Kedro does not warn about."""
    single, several = options["pipeline"], options["pipelines"]
    if single and several:
        raise click.UsageError("--pipeline and --pipelines exclude each other.")
    names = [single] if single else several
    for name in names:
        if name not in registered:
            close = get_close_matches(name, registered, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise click.UsageError(
                f"There is no pipeline {name!r}.{hint} There are: {', '.join(registered)}."
            )
    return {**options, "pipeline": None, "pipelines": names}


def _this_command() -> str:
    return "kedro " + shlex.join(sys.argv[1:])
