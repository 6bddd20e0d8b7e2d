"""`kedro report`: open the report of the newest run in a browser."""

import webbrowser

import click

from lbt.commands.project import Project, environment_option, plain_errors


@click.command()
@environment_option
@click.option("--path", "only_path", is_flag=True, help="Print where it is; do not open it.")
@click.pass_context
def report(context: click.Context, env: str | None, only_path: bool) -> None:
    """Open the report of the newest run in a browser."""
    with plain_errors():
        page = Project.of(context, env).newest("report")
        if page is None:
            raise click.ClickException("No run has written a report yet. Make one: make run")
        click.echo(str(page))
        if not only_path and not webbrowser.open(page.resolve().as_uri()):
            click.echo("There is no browser here. Open the file above in one.")
