"""Similarity of questions by the words and LaTeX commands they share."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from scipy import sparse

_TOKEN = re.compile(r"\\[a-z]+|[^\W\d_]+|[0-9]+|[^\w\s]")
_ROWS_AT_ONCE = 256


def tfidf_similarities(questions: Sequence[str], pool: Sequence[str]) -> Iterator[np.ndarray]:
    """For each question its cosine with every text of the pool, in [0, 1].

    Weights are (1 + ln tf) * (1 + ln((1 + N) / (1 + df))), with N and df of the pool alone, so that a
    question's neighbours do not depend on the other questions; a token outside the pool weighs nothing.
    """
    counts = [Counter(_TOKEN.findall(text.casefold())) for text in pool]
    vocabulary = {token: index for index, token in enumerate(sorted(set().union(*counts)))}
    frequency = np.zeros(len(vocabulary))
    for count in counts:
        frequency[[vocabulary[token] for token in count]] += 1
    idf = 1 + np.log((1 + len(pool)) / (1 + frequency))
    texts = _vectors(counts, vocabulary, idf)
    asked = _vectors([Counter(_TOKEN.findall(text.casefold())) for text in questions], vocabulary, idf)
    for start in range(0, len(questions), _ROWS_AT_ONCE):
        yield from (asked[start : start + _ROWS_AT_ONCE] @ texts.T).toarray()


def _vectors(counts: Sequence[Counter[str]], vocabulary: dict[str, int], idf: np.ndarray) -> sparse.csr_array:
    """Unit vectors, one a row; a text without a known token is the zero vector."""
    entries = [
        (row, vocabulary[token], 1 + np.log(times))
        for row, count in enumerate(counts)
        for token, times in count.items()
        if token in vocabulary
    ]
    rows, columns, values = zip(*entries, strict=True) if entries else ((), (), ())
    shape = (len(counts), len(vocabulary))
    weights = sparse.csr_array((np.array(values, float), (rows, columns)), shape=shape) * idf
    norms = np.sqrt((weights * weights).sum(axis=1))
    return sparse.csr_array(sparse.diags_array(1 / np.where(norms > 0, norms, 1)) @ weights)
