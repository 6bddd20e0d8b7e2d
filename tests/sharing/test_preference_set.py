"""The pairs as a data set: `datasets` loads the folder alone, and its card says what is in it."""

from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import DatasetCard, ModelCard
from tests.reporting.school import FACTS, School

from lbt.datasets import PreferenceSetDataset
from lbt.preferences import PreferenceSettings, build_pairs
from lbt.prompts import PromptSettings
from lbt.sharing import card_of_training, make_preference_set, model_card

PROMPTS = PromptSettings(instruction="Explain.", prefill="I think: ")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, School]:
    school = School(0)
    pairs, report = build_pairs(
        school.problems, school.rationales, school.lbt_scores, PreferenceSettings(margin=0.2), 0
    )
    folder = tmp_path_factory.mktemp("hub") / "preference_set"
    PreferenceSetDataset(filepath=folder).save(make_preference_set(pairs, report, FACTS, PROMPTS, "gsm8k"))
    return folder, school


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_library_datasets_loads_the_folder_alone(
    saved: tuple[Path, School], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datasets import load_dataset

    folder, school = saved
    loaded = load_dataset(str(folder), split="train", cache_dir=str(tmp_path))
    assert len(loaded) == len(school.pairs)
    for row, pair in zip(loaded, school.pairs.to_dict("records"), strict=True):
        assert row["prompt"] == [
            {"role": "system", "content": "Explain."},
            {"role": "user", "content": pair["question"]},
        ]
        for side in ("chosen", "rejected"):
            assert row[side] == [{"role": "assistant", "content": f"I think: {pair[side]}"}]
        assert row["margin"] == pytest.approx(pair["margin"])


def test_the_card_names_every_field_and_the_licence(saved: tuple[Path, School]) -> None:
    folder, school = saved
    card = DatasetCard.load(folder / "README.md")
    assert card.data.license == "mit"
    for field in PreferenceSetDataset(filepath=folder).load().rows.columns:
        assert f"`{field}`" in card.text
    assert f"{len(school.pairs)} pairs" in card.text
    assert FACTS["command"] in card.text


def test_an_unknown_source_claims_no_licence() -> None:
    school = School(0)
    pairs, report = build_pairs(
        school.problems, school.rationales, school.lbt_scores, PreferenceSettings(margin=0.2), 0
    )
    card = DatasetCard(make_preference_set(pairs, report, FACTS, PROMPTS, "jsonl").card)
    assert card.data.license is None
    assert "not known here" in card.text


def test_a_set_without_pairs_is_still_a_set(tmp_path: Path) -> None:
    school = School(0)
    pairs, report = build_pairs(
        school.problems, school.rationales, school.lbt_scores, PreferenceSettings(margin=0.99), 0
    )
    dataset = PreferenceSetDataset(filepath=tmp_path / "preference_set")
    dataset.save(make_preference_set(pairs.head(0), {**report, "kinds": {}}, FACTS, PROMPTS, "pocket"))
    assert dataset.load().rows.empty


TRAINING: dict[str, Any] = {
    "method": "full",
    "beta": 1.0,
    "sft_weight": 30.0,
    "learning_rate": 1e-4,
    "epochs": 3,
}


def test_the_models_card_has_its_results_and_its_base() -> None:
    metrics = School(0).material().metrics
    facts = FACTS | {"models": [{"name": "teacher", "path": "owner/base"}]}
    card = ModelCard(model_card(facts, TRAINING, metrics, "pocket", 'What is "2"?'))
    assert card.data.base_model == "owner/base"
    assert f"{100 * metrics['eval.tuned.accuracy']:.1f}" in card.text
    assert r"What is \"2\"?" in card.text


def test_a_model_that_is_not_evaluated_has_a_card_too() -> None:
    description = {
        "base": {"path": "models/teacher"},
        "settings": TRAINING,
        "seed": 4,
        "metrics": {"training.pairs": 12.0},
    }
    card = ModelCard(card_of_training(description))
    assert card.data.library_name == "transformers"
    assert "| pairs | 12 |" in card.text
