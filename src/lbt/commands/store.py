"""`kedro generations`: show what the generation store contains, and delete from it."""

import re
from datetime import timedelta
from pathlib import Path

import click
import pandas as pd

from lbt.commands.project import Project, environment_option, plain_errors
from lbt.generation import GenerationStore
from lbt.generation.store.overview import disk_bytes, find_models, overview, prune

_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


@click.group()
def generations() -> None:
    """Show what is in the generation store, and delete from it."""


@generations.command()
@environment_option
@click.pass_context
def show(context: click.Context, env: str | None) -> None:
    """List what is stored, by model, stage, date and engine."""
    with plain_errors():
        path = _store_file(context, env)
        if path is not None:
            with GenerationStore(path) as store:
                table = overview(store, ("model", "label", "date", "engine"))
            click.echo(_shown(table) if len(table) else "The store is empty.")
            click.echo(f"\n{path}: {table['rows'].sum():,} rows, {_megabytes(disk_bytes(path))} on disk")


@generations.command(name="prune")
@click.option(
    "--model",
    help="Only this model: its path or hub id, as `kedro generations show` has it, or the end of it.",
)
@click.option("--label", help="Only this stage: its label, as `kedro generations show` has it.")
@click.option("--older-than", metavar="AGE", help="Only what is at least this old: 12h, 30d or 8w.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@environment_option
@click.pass_context
def prune_command(
    context: click.Context,
    model: str | None,
    label: str | None,
    older_than: str | None,
    yes: bool,
    env: str | None,
) -> None:
    """Delete what meets all given conditions, and shrink the file.

    What is deleted is generated again when a run needs it.
    """
    age = None if older_than is None else _age(older_than)
    with plain_errors():
        path = _store_file(context, env)
        if path is None:
            return
        with GenerationStore(path) as store:
            rows = prune(store, model, label, age, dry_run=True)
            if rows == 0:
                click.echo("Nothing meets these conditions.")
                return
            click.echo(f"{rows:,} of {store.count():,} rows in {path} would be deleted.")
            if model is not None:
                click.echo(f"They belong to: {', '.join(find_models(store, model))}")
            if not yes:
                click.confirm("Delete them?", abort=True)
            before = disk_bytes(path)
            rows = prune(store, model, label, age)
        after = disk_bytes(path)
        freed = _megabytes(before - after)
        click.echo(
            f"{rows:,} rows are deleted: {freed} of disk space is free again; the file still takes "
            f"{_megabytes(after)}."
        )


def _store_file(context: click.Context, env: str | None) -> Path | None:
    """The file that the catalog entry generation_store names; None, after saying so, if it does not exist."""
    project = Project.of(context, env)
    path = project.file("generation_store")
    if not path.is_file():
        click.echo(f"There is no generation store at {path} yet; the first run creates it.")
        return None
    return path


def _age(text: str) -> timedelta:
    match = re.fullmatch(r"(\d{1,5})([hdw])", text)
    if match is None:
        raise click.UsageError(f"--older-than={text} is not an age: write 12h, 30d or 8w.")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _shown(table: pd.DataFrame) -> str:
    shown = table.drop(columns=["first", "last"])
    formats = dict.fromkeys(("rows", "prompt_tokens", "tokens"), "{:,}".format)
    return shown.to_string(index=False, formatters={**formats, "text_mb": "{:,.1f}".format})


def _megabytes(size: float) -> str:
    return f"{size / 1e6:,.1f} MB"
