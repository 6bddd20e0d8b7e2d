"""The embedded models from nothing: tokenizer, pretraining, examination, cards."""

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from lbt.generation import GenerationStore, ModelSettings
from lbt.pocket.card import model_card
from lbt.pocket.corpus import documents
from lbt.pocket.examination import Figures, examine
from lbt.pocket.pretraining import pretrain
from lbt.pocket.settings import PocketSettings
from lbt.pocket.tokenizer import train_tokenizer

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

TEACHER = "teacher"

TrainingFigures = dict[str, dict[str, float]]


def make_tokenizer(settings: PocketSettings, seed: int) -> "PreTrainedTokenizerFast":
    """The tokenizer that all embedded models share; the same for the same seed."""
    world = settings.described_world
    corpus = documents(settings.models[TEACHER].corpus, f"{seed}/tokenizer", world)
    texts = (
        text
        for document in islice(corpus, settings.tokenizer_documents)
        for turn in document
        for text in (turn.question, turn.rationale)
    )
    return train_tokenizer(texts, settings.vocabulary, world.mark)


def pretrain_models(settings: PocketSettings, folder: Path, seed: int) -> TrainingFigures:
    """Train every model into a folder of its name; finished ones are kept, an unfinished one is continued."""
    tokenizer, world = make_tokenizer(settings, seed), settings.described_world
    return {
        name: pretrain(name, model, tokenizer, folder / name, seed, world)
        for name, model in settings.models.items()
    }


def examine_models(settings: PocketSettings, folder: Path, store: GenerationStore, seed: int) -> Figures:
    """The figures of the models on held-out problems."""
    models = {name: ModelSettings(path=str(folder / name)) for name in settings.models}
    teacher = models.pop(TEACHER)
    return examine(settings.described_world, teacher, models, store, seed)


def write_cards(
    settings: PocketSettings, training: TrainingFigures, figures: Figures, folder: Path, seed: int
) -> dict[str, str]:
    """Write each model's card into its folder; returns the cards' Markdown by model."""
    cards = {name: model_card(name, settings, training[name], figures, seed) for name in settings.models}
    for name, card in cards.items():
        (folder / name / "README.md").write_text(card)
    return cards
