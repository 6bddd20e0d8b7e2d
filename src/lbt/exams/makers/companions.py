"""The further demos of an exam: of other teaching problems, and the same for all that are compared."""

from collections.abc import Mapping

import pandas as pd

from lbt.problems import question_key
from lbt.seeds import random_stream


class Companions:
    """Chooses the further demos that stand before the examined one.

    An exam problem has one order of all teaching problems, drawn by its id, with those of its own family
    last; each brings the demo that was sampled first. Every demo examined on the problem, and the baseline,
    gets the first of that order, so that scores differ by the examined demo alone. Only the teaching problem
    of the examined demo, and one that asks what the exam problem asks, are passed over.
    """

    def __init__(self, problems: pd.DataFrame, demos: pd.DataFrame, wanted: int, seed: int) -> None:
        """`demos` are the rationales that gave an answer; `wanted` is how many further demos an exam has."""
        first = demos.sort_values(["problem_id", "sample_index"]).drop_duplicates("problem_id")
        self._demo_of = dict(zip(first["problem_id"], first["demo_id"], strict=True))
        self._key_of = dict(zip(problems["problem_id"], problems["question"].map(question_key), strict=True))
        self._family_of: Mapping[str, str] = dict(
            zip(problems["problem_id"], problems["family"], strict=True)
        )
        self._wanted, self._seed = wanted, seed
        self._orders: dict[str, list[str]] = {}

    def of(self, exam_problem: str, teaching_problem: str | None) -> str:
        """The ids of the further demos, in their order in the prompt, with spaces between."""
        passed_over = {self._key_of[exam_problem]}
        if teaching_problem is not None:
            passed_over.add(self._key_of[teaching_problem])
        chosen = (name for name in self._order(exam_problem) if self._key_of[name] not in passed_over)
        return " ".join(self._demo_of[name] for name, _ in zip(chosen, range(self._wanted), strict=False))

    def _order(self, exam_problem: str) -> list[str]:
        if exam_problem not in self._orders:
            rng = random_stream(self._seed, "companions", exam_problem)
            names = [str(name) for name in rng.permutation(sorted(self._demo_of))]
            family = self._family_of[exam_problem]
            self._orders[exam_problem] = sorted(names, key=lambda name: self._family_of[name] == family)
        return self._orders[exam_problem]
