"""What the answers to each problem of a table vote for."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from lbt.grading.domains import Domain


class Voting:
    """A domain's votes on some problems.

    Args:
        domain: What an answer is.
        golds: The gold answer of every problem, which domains need that compare answers by what they do.
    """

    def __init__(self, domain: Domain, golds: Mapping[str, str]) -> None:
        self._domain = domain
        self._golds = golds

    @classmethod
    def on(cls, problems: pd.DataFrame, domain: Domain) -> "Voting":
        """Votes on the problems of the table `problems`."""
        return cls(domain, dict(zip(problems["problem_id"], problems["answer"], strict=True)))

    def keys(self, problem: str, answers: Iterable[object]) -> list[str | None]:
        """The key for which each answer to a problem votes; None for none.

        Answers may be a column of a table, in which one that is missing is None or NaN.
        """
        said = [answer if isinstance(answer, str) else None for answer in answers]
        return self._domain.votes(said, self._golds[problem])


def majority_of(keys: Sequence[str | None], minimum_confidence: float) -> str | None:
    """The key that most answers vote for; None if another has as many, or too few agree."""
    votes = Counter(key for key in keys if key is not None).most_common(2)
    if not votes or (len(votes) == 2 and votes[0][1] == votes[1][1]):
        return None
    return votes[0][0] if votes[0][1] >= minimum_confidence * len(keys) else None
