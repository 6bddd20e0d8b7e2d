"""The embedded models from nothing; see `lbt.pocket.making`."""

from lbt.generation import GenerationStore
from lbt.pipelines.parameters import Folder, Seed
from lbt.pocket import making
from lbt.pocket.settings import PocketSettings
from lbt.reporting.pocket_summary import summarise_models


def pretrain_models(pocket: PocketSettings, folder: Folder, seed: Seed) -> dict[str, dict[str, float]]:
    """Train the tokenizer and every model that is not finished yet."""
    return making.pretrain_models(pocket, folder.root, seed.root)


def examine_models(
    training: dict[str, dict[str, float]],
    pocket: PocketSettings,
    folder: Folder,
    store: GenerationStore,
    seed: Seed,
) -> dict[str, dict[str, float]]:
    """How the models of this training answer and follow demos, on held-out problems."""
    return making.examine_models(pocket, folder.root, store, seed.root)


def flatten_metrics(
    training: dict[str, dict[str, float]], figures: dict[str, dict[str, float]]
) -> dict[str, float]:
    """All figures as one flat object, for MLflow."""
    trained = {
        f"pocket.{model}.{key}": value for model, row in training.items() for key, value in row.items()
    }
    return trained | {f"pocket.{name}": row["share"] for name, row in figures.items()}


def write_cards(
    training: dict[str, dict[str, float]],
    figures: dict[str, dict[str, float]],
    pocket: PocketSettings,
    folder: Folder,
    seed: Seed,
) -> str:
    """Write the model cards into the models' folders; returns them one after the other."""
    return "\n".join(making.write_cards(pocket, training, figures, folder.root, seed.root).values())


def write_summary(figures: dict[str, dict[str, float]], folder: Folder) -> str:
    """The short account that the run ends with."""
    return summarise_models(figures, folder.root)
