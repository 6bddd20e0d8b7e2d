"""The exam problems whose questions are nearest to the teaching problem's."""

import re
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from lbt.exams.settings import ExamSettings, NearestSettings

# Beyond this two similarities differ by the order in which floats were added.
_DECIMALS = 6
_ROWS_AT_ONCE = 256
# LaTeX commands, words, numbers, signs.
_TOKEN = r"\\[a-z]+|[^\W\d_]+|[0-9]+|[^\w\s]"


def rank_by_nearness(
    taught: pd.DataFrame, pool: pd.DataFrame, settings: ExamSettings, seed: int
) -> Iterator[tuple[str, Iterator[str]]]:
    """All exam problems, whatever their family, the nearest first and equally near ones by their id."""
    ids = [str(problem_id) for problem_id in pool["problem_id"]]
    rows = similarities(list(taught["question"]), list(pool["question"]), settings.nearest)
    for problem_id, row in zip(taught["problem_id"], rows, strict=True):
        yield str(problem_id), map(ids.__getitem__, nearest_first(row))


def nearest_first(similarities: np.ndarray) -> np.ndarray:
    """The places of a pool by their similarity to a question; equally near ones keep their order."""
    return np.argsort(-np.round(similarities, _DECIMALS), kind="stable")


def similarities(
    questions: Sequence[str], pool: Sequence[str], settings: NearestSettings
) -> Iterator[np.ndarray]:
    """For each question its similarity to every text of the pool, of shape (texts of the pool,)."""
    if settings.embedding == "tfidf":
        return tfidf_similarities(questions, pool)
    return _embedding_similarities(questions, pool, settings)


def tfidf_similarities(questions: Sequence[str], pool: Sequence[str]) -> Iterator[np.ndarray]:
    """For each question its cosine with every text of the pool, in [0, 1].

    Weights are those of scikit-learn with sublinear term frequency, and know the pool alone: a question's
    neighbours do not depend on the other questions.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    if not questions or not any(re.search(_TOKEN, text) for text in pool):  # which scikit-learn refuses
        yield from np.zeros((len(questions), len(pool)))
        return
    vectorizer = TfidfVectorizer(preprocessor=str.casefold, token_pattern=_TOKEN, sublinear_tf=True)
    texts = vectorizer.fit_transform(pool)
    asked = vectorizer.transform(questions)
    for start in range(0, len(questions), _ROWS_AT_ONCE):
        yield from (asked[start : start + _ROWS_AT_ONCE] @ texts.T).toarray()


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
