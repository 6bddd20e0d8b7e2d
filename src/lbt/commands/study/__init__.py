"""`kedro study`: run a study cell by cell, and show what it found."""

import os
import signal
from pathlib import Path

import click
from kedro.framework.startup import ProjectMetadata

from lbt.commands.project import plain_errors
from lbt.commands.study.cells import RunOfCell
from lbt.commands.study.progress import Progress
from lbt.commands.study.project import StudyProject, open_project
from lbt.commands.study.record import StudyRecord
from lbt.commands.study.results import Results
from lbt.studies import list_cells

_PARTS = {
    "arm": "Only this arm; may be given several times.",
    "condition": "Only this condition; may be given several times.",
    "seed": "Only this seed; may be given several times.",
}


@click.group()
def study() -> None:
    """Run arms over seeds, and compare them."""


@study.command()
@click.argument("name")
@click.option("--arm", "arms", multiple=True, help=_PARTS["arm"])
@click.option("--condition", "conditions", multiple=True, help=_PARTS["condition"])
@click.option("--seed", "seeds", multiple=True, type=int, help=_PARTS["seed"])
@click.option("--plan", is_flag=True, help="List the runs and which are done; run nothing.")
@click.pass_context
def run(
    context: click.Context,
    name: str,
    arms: tuple[str, ...],
    conditions: tuple[str, ...],
    seeds: tuple[int, ...],
    plan: bool,
) -> None:
    """Run what is missing of the study in conf/base/study_NAME.yml, and write its page and tables.

    Each run is an ordinary `kedro run`, recorded in MLflow below the study's own run. A run that is finished
    is not run again: after Ctrl-C or a failure the same command continues.
    """
    with plain_errors(), open_project(_root(context), name) as project:
        for option, given, known in (
            ("--arm", arms, tuple(project.study.arms)),
            ("--condition", conditions, tuple(project.study.conditions)),
            ("--seed", seeds, project.study.seeds),
        ):
            if unknown := [one for one in given if one not in known]:
                raise click.UsageError(
                    f"{option} {unknown[0]}: the study has none of this name. "
                    f"It has {', '.join(str(one) for one in known)}."
                )
        chosen = [
            cell
            for cell in list_cells(project.study, project.env)
            if (not arms or cell.arm in arms)
            and (not conditions or cell.condition in conditions)
            and (not seeds or cell.seed in seeds)
        ]
        record = StudyRecord(project)
        done = record.finished()
        if plan:
            for cell in chosen:
                click.echo(f"{'done' if cell.fingerprint in done else 'to do':6} {cell.title}")
            return
        _run_missing(project, record, [RunOfCell(project, cell) for cell in chosen])


@study.command()
@click.argument("name")
@click.option("--write", type=click.Path(dir_okay=False, path_type=Path), help="Write the tables here too.")
@click.pass_context
def show(context: click.Context, name: str, write: Path | None) -> None:
    """Write the study's page and tables from the runs that are done, and print the tables."""
    with plain_errors(), open_project(_root(context), name) as project:
        record = StudyRecord(project)
        results = Results(project, record)
        if not results.read_finished():
            raise click.ClickException(
                f"No run of the study {name!r} is finished. Start it with: make study NAME={name}"
            )
        record.open()
        record.log(results.write())
        record.close("FINISHED" if results.complete else "SCHEDULED")
        click.echo(results.text)
        if write is not None:
            write.write_text(results.text + "\n", encoding="utf-8")


def _run_missing(project: StudyProject, record: StudyRecord, runs: list[RunOfCell]) -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a stopped container ends as Ctrl-C does
    results = Results(project, record)
    results.read_finished()
    # Arms may ask for the same: a round of two arms, say.
    runs = list({one.cell.fingerprint: one for one in runs}.values())
    missing = [one for one in runs if one.cell.fingerprint not in results.known]
    progress = Progress(len(runs), len(missing))
    click.echo(progress.start(project.name))
    record.open()
    status = "FAILED"
    try:
        for one in missing:
            click.echo(progress.before(one.cell), nl=False)
            one.run(record, results)
            click.echo(progress.after())
            results.add(one.cell)
            record.log(results.write())
        if not missing:
            record.log(results.write())
        status = "FINISHED" if results.complete else "SCHEDULED"
    except KeyboardInterrupt:
        status = "KILLED"
        click.echo(
            f"\n\nStopped. What is finished is kept; to continue: make study NAME={project.name}", err=True
        )
        raise click.exceptions.Exit(130) from None
    finally:
        record.close(status)
    click.echo(f"\n{results.text}\n\nThe study's page: {results.page}")


def _root(context: click.Context) -> Path:
    project = context.find_object(ProjectMetadata)
    root = Path.cwd() if project is None else Path(project.project_path)
    os.chdir(root)  # paths in the configuration are relative to it
    return root
