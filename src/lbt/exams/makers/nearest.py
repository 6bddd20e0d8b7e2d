"""The exam problems whose questions are nearest to the teaching problem's."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from lbt.exams.makers.tfidf import tfidf_similarities
from lbt.exams.settings import ExamSettings, NearestSettings

# Beyond this two similarities differ by the order in which floats were added.
_DECIMALS = 6


def rank_by_nearness(
    taught: pd.DataFrame, pool: pd.DataFrame, settings: ExamSettings, seed: int
) -> Iterator[tuple[str, Iterator[str]]]:
    """All exam problems, whatever their family, the nearest first and equally near ones by their id."""
    ids = [str(problem_id) for problem_id in pool["problem_id"]]
    similarities = _similarities(list(taught["question"]), list(pool["question"]), settings)
    for problem_id, row in zip(taught["problem_id"], similarities, strict=True):
        nearest_first = np.argsort(-np.round(row, _DECIMALS), kind="stable")
        yield str(problem_id), map(ids.__getitem__, nearest_first)


def _similarities(
    questions: Sequence[str], pool: Sequence[str], settings: ExamSettings
) -> Iterator[np.ndarray]:
    if settings.nearest.embedding == "tfidf":
        return tfidf_similarities(questions, pool)
    return _embedding_similarities(questions, pool, settings.nearest)


def _embedding_similarities(
    questions: Sequence[str], pool: Sequence[str], settings: NearestSettings
) -> Iterator[np.ndarray]:
    from lbt.generation.embedding import embed_texts

    texts = sorted({*questions, *pool})
    embedded = embed_texts(texts, settings.embedding, settings.revision, settings.batch_size)
    vectors = dict(zip(texts, embedded, strict=True))
    matrix = np.stack([vectors[text] for text in pool])
    for question in questions:
        yield matrix @ vectors[question]
