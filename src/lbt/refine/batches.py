"""The questions of each round: the same for all sets and for all arms."""

from collections.abc import Sequence

from lbt.seeds import random_stream


class Batches:
    """Questions in a random order that is new in every round and the same for all who ask.

    Args:
        problem_ids: All training questions.
        seed: Of this refinement.
    """

    def __init__(self, problem_ids: Sequence[str], seed: int) -> None:
        self._ids = sorted(problem_ids)
        self._seed = seed

    def _order(self, round_number: int) -> list[str]:
        order = random_stream(self._seed, "refine", "batch", str(round_number)).permutation(self._ids)
        return [str(name) for name in order]

    def of_exams(self, round_number: int, count: int) -> list[str]:
        """`count` questions that are answered to find failures; fewer if there are fewer."""
        return self._order(round_number)[:count]

    def of_scores(self, round_number: int, count: int) -> list[str]:
        """`count` questions that score the sets: others than those of the exams, where there are enough."""
        return self._order(round_number)[-count:]
