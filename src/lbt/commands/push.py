"""`kedro push`: put the preference set and the tuned teacher of the newest run on the Hugging Face hub."""

from pathlib import Path

import click
from huggingface_hub import HfApi, get_token
from huggingface_hub.errors import (  # type: ignore[attr-defined]
    HFValidationError,
    HTTPError,  # of httpx or httpx2, as the hub's version has it
    OfflineModeIsEnabled,
)

from lbt.commands.project import Project, environment_option, plain_errors
from lbt.training.checkpoint import read_checkpoint

_CARD = "README.md"


@click.command()
@click.option("--pairs", metavar="OWNER/NAME", help="The data set on the hub that gets the preference set.")
@click.option("--model", metavar="OWNER/NAME", help="The model on the hub that gets the tuned teacher.")
@click.option("--private", is_flag=True, help="If it is new there, only you and those you let in see it.")
@environment_option
@click.pass_context
def push(
    context: click.Context, pairs: str | None, model: str | None, private: bool, env: str | None
) -> None:
    """Put the pairs and the tuned teacher of the newest run on the Hugging Face hub, each with its card.

    The access token is read from the environment variable HF_TOKEN, or from where `hf auth login` left it.
    """
    if not (pairs or model):
        raise click.UsageError("Say what to push: --pairs=OWNER/NAME, --model=OWNER/NAME or both.")
    with plain_errors():
        project = Project.of(context, env)
        pairs_folder = _newest(project, "preference_set") if pairs else None
        model_folder = _tuned(project) if model else None
        hub = HfApi(token=_token())
        try:
            if pairs and pairs_folder:
                _upload(hub, pairs, "dataset", pairs_folder, private)
            if model and model_folder:
                _upload(hub, model, "model", model_folder, private)
                _describe(hub, model, _card_of(project, model_folder))
        # A large file that fails is a RuntimeError that names the file; what went wrong is its cause.
        except (HTTPError, HFValidationError, OfflineModeIsEnabled, OSError, RuntimeError) as error:
            reason = f"{error} {error.__cause__ or ''}".strip() if isinstance(error, RuntimeError) else error
            raise click.ClickException(
                f"The hub did not accept it: {reason}\nCheck that the names are OWNER/NAME, that the token "
                "may write there, and that the network is up; then run the same command again."
            ) from error


def _token() -> str:
    token = get_token()
    if not token:
        raise click.ClickException(
            "There is no access token for the Hugging Face hub. Make one that may write, on the page of "
            "access tokens of your account there, and set it: HF_TOKEN=hf_…"
        )
    return token


def _newest(project: Project, entry: str) -> Path:
    folder = project.newest(entry)
    if folder is None:
        raise click.ClickException(f"No run has made {entry} yet. Make it: make run")
    return folder


def _tuned(project: Project) -> Path:
    folder = _newest(project, "tuned_teacher")
    checkpoint = read_checkpoint(folder)
    if not checkpoint.trained:
        raise click.ClickException(
            f"The newest run has no tuned teacher: {checkpoint.reason}. Only its pairs can be pushed: --pairs"
        )
    return folder


def _card_of(project: Project, model: Path) -> Path:
    """The card of the same run as the model, which says how well it does."""
    cards = project.file("model_card")
    card = cards / model.parent.name / cards.name
    if not card.is_file():
        raise click.ClickException(
            f"The run that made {model} has written no card, since it stopped before its report. Run it "
            "again; nothing is generated or trained twice: make run"
        )
    return card


def _upload(hub: HfApi, name: str, kind: str, folder: Path, private: bool) -> None:
    hub.create_repo(name, repo_type=kind, private=private or None, exist_ok=True)
    hub.upload_folder(repo_id=name, repo_type=kind, folder_path=folder, commit_message="Made by lbt")
    place = "datasets/" if kind == "dataset" else ""
    click.echo(f"{folder}\n  is at {hub.endpoint}/{place}{name}")


def _describe(hub: HfApi, name: str, card: Path) -> None:
    hub.upload_file(path_or_fileobj=card, path_in_repo=_CARD, repo_id=name, commit_message="Card")
