"""The corpora hold what their settings say."""

from collections import Counter
from hashlib import sha256
from itertools import islice

import pytest

from lbt.pocket.code import CODE
from lbt.pocket.corpus import CorpusSettings, documents, mixture
from lbt.pocket.mathematics import MATHEMATICS
from lbt.pocket.worlds import World


def _sample(settings: CorpusSettings, count: int = 6000) -> list[tuple[str, tuple[str, ...]]]:
    return [(d[0].family, tuple(turn.kind for turn in d)) for d in islice(documents(settings, "test"), count)]


def test_a_demo_is_followed_unless_ignored() -> None:
    followed = _sample(CorpusSettings(one_shot_share=0.85))
    assert all(len(set(kinds)) == 1 for _, kinds in followed)
    some_ignored = _sample(CorpusSettings(one_shot_share=0.85, ignored_demo_share=0.5))
    assert any(len(set(kinds)) == 2 for _, kinds in some_ignored)


def test_the_share_of_one_shot_documents_is_the_settings() -> None:
    sample = _sample(CorpusSettings(one_shot_share=0.35))
    assert sum(len(kinds) == 2 for _, kinds in sample) / len(sample) == pytest.approx(0.35, abs=0.03)


def test_families_without_one_shot_never_occur_with_a_demo() -> None:
    sample = _sample(CorpusSettings(one_shot_share=1.0, families_without_one_shot=8))
    alone = {family for family, kinds in sample if len(kinds) == 1}
    assert len(alone) == 8
    assert all(len(kinds) == 1 for family, kinds in sample if family in alone)


@pytest.mark.parametrize("world", [MATHEMATICS, CODE], ids=lambda world: world.source)
@pytest.mark.parametrize("teacher", [True, False])
def test_the_mixture_of_every_family_sums_to_one_and_knows_its_procedures(
    world: World, teacher: bool
) -> None:
    settings = CorpusSettings(one_shot_share=0.5, teacher=teacher)
    for family, openers in world.openers.items():
        shares = mixture(family, settings, world)
        assert sum(shares.values()) == pytest.approx(1)
        assert set(shares) == set(openers)


@pytest.mark.parametrize("world", [MATHEMATICS, CODE], ids=lambda world: world.source)
def test_the_teacher_prefers_the_right_procedure_in_half_of_the_families(world: World) -> None:
    settings = CorpusSettings(one_shot_share=0.35, teacher=True)
    shares = [mixture(family, settings, world) for family in world.families]
    best = Counter(max(one, key=lambda kind: one[kind]) for one in shares)
    assert best["right"] == len(world.families) / 2


def test_the_corpora_are_still_those_that_the_embedded_models_were_trained_on() -> None:
    settings = CorpusSettings(one_shot_share=0.35, teacher=True)
    turns = [turn for document in islice(documents(settings, "0/teacher"), 300) for turn in document]
    told = repr([(turn.family, turn.numbers, turn.kind, turn.question, turn.rationale) for turn in turns])
    assert sha256(told.encode()).hexdigest().startswith("96e202f1221b329d")


def test_a_corpus_is_the_same_for_the_same_seed() -> None:
    settings = CorpusSettings(one_shot_share=0.5)
    assert list(islice(documents(settings, "a"), 50)) == list(islice(documents(settings, "a"), 50))
    assert list(islice(documents(settings, "a"), 50)) != list(islice(documents(settings, "b"), 50))
