"""The `kedro run` of this project: Kedro's own, with errors that a user can act on."""

import os
import signal
import sys
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click
import yaml
from kedro.framework.cli.project import run as kedro_run
from kedro.framework.project import pipelines as registered
from kedro.framework.project import settings
from kedro.framework.startup import ProjectMetadata
from kedro.pipeline import Pipeline

from lbt.commands import generations, push, report, study
from lbt.hooks.command import to_type
from lbt.hooks.messages import readable
from lbt.hooks.mlflow_run import close_open_run
from lbt.hooks.tracking import CONTINUE

_PARTS = ("tags", "from_nodes", "to_nodes", "node_names", "from_inputs", "to_outputs")


@click.group(name="lbt")
def cli() -> None:
    """Commands of this project."""


class _Run(click.Command):
    """Kedro's options, with advice where Kedro's own words leave the user alone."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Explain what a comma does in --params."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            if "must contain a key and a value" not in error.message:
                raise
            raise click.UsageError(
                f"{error.message} --params takes every comma as the end of a value. Put a value that "
                "contains a comma into conf/local/parameters.yml, or into the parameters.yml of your --env.",
                ctx,
            ) from error


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
        command = close_open_run(stop, "KILLED")
        click.echo(f"\nStopped. {CONTINUE}\n  {to_type(command)}" if command else "\nStopped.", err=True)
        sys.exit(130)
    except click.ClickException:
        raise
    except Exception as error:
        close_open_run(error, "FAILED")
        message = readable(error)
        if message is None:
            raise
        raise click.ClickException("\n\n".join([message, *getattr(error, "__notes__", [])])) from error


cli.add_command(_Run("run", callback=run, params=kedro_run.params, help=kedro_run.help))
cli.add_command(generations)
cli.add_command(report)
cli.add_command(push)
cli.add_command(study)


def _checked(options: dict[str, Any]) -> dict[str, Any]:
    """Refuse what does not exist or cannot be read, before anything runs.

    `--pipeline` becomes a `--pipelines` of one, which Kedro does not warn about.
    """
    single, several = options["pipeline"], options["pipelines"]
    if single and several:
        raise click.UsageError("Use either --pipeline or --pipelines, not both.")
    names = [single] if single else several
    configuration = Path(options["conf_source"] or settings.CONF_SOURCE)
    environments = sorted(folder.name for folder in configuration.glob("*") if folder.is_dir())
    _check_name("environment", options["env"], environments)
    for environment in ("base", options["env"] or "local"):
        for file in sorted((configuration / environment).rglob("*.yml")):
            _check_file(file)
    for name in names:
        _check_name("pipeline", name, list(registered))
    chosen = sum((registered[name] for name in names or ["__default__"]), start=Pipeline([]))
    try:
        chosen.filter(**{name: options[name] for name in _PARTS}, node_namespaces=options["namespaces"])
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    return {**options, "pipeline": None, "pipelines": names}


def _check_name(kind: str, name: str | None, known: list[str]) -> None:
    if name and known and name not in known:
        close = get_close_matches(name, known, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise click.UsageError(f"There is no {kind} {name!r}.{hint} There are: {', '.join(known)}.")


def _check_file(file: Path) -> None:
    """Refuse a configuration file that is not a YAML mapping, which Kedro would not name."""
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise click.ClickException(
            f"{file} is not UTF-8 text (byte {error.start + 1}). Save it as UTF-8."
        ) from error
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise click.ClickException(
            f"{file}{line} is not valid YAML: {error.problem}. Correct the line, or the one before it."
        ) from error
    if content is not None and not isinstance(content, dict):
        kind = "a list" if isinstance(content, list) else f"the single value {content!r}"
        raise click.ClickException(f"{file} must hold lines such as `seed: 1`, but it holds {kind}.")
