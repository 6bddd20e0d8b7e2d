"""Which exemplars of a set a question is shown, and in which order."""

from collections.abc import Mapping, Sequence
from typing import Any

from lbt.exams.makers.nearest import tfidf_similarities
from lbt.refine.exemplars import Exemplar, ExemplarSet
from lbt.refine.settings import RefineSettings

Problem = Mapping[Any, Any]
"""A row of the table `problems`."""


def nearest_first(chosen: ExemplarSet, problems: Sequence[Problem]) -> list[list[int]]:
    """For each problem the positions of the set's exemplars, the nearest first.

    Exemplars of the problem's own family are nearer than others; among them, and among the others, the cosine
    of TF-IDF vectors decides, then the position. In a book, with one exemplar of every family, the others
    follow by their position alone.
    """
    families = [one.family for one in chosen.exemplars]
    places = {family: place for place, family in enumerate(families)}
    if len(places) == len(families) and all(problem["family"] in places for problem in problems):
        first = [places[problem["family"]] for problem in problems]
        return [[own, *range(own), *range(own + 1, len(families))] for own in first]
    questions = [one.question for one in chosen.exemplars]
    similar = tfidf_similarities([problem["question"] for problem in problems], questions)
    return [
        sorted(
            range(len(families)),
            key=lambda place: (families[place] != problem["family"], -round(float(row[place]), 6), place),
        )
        for problem, row in zip(problems, similar, strict=True)
    ]


def shown(
    chosen: ExemplarSet | None, problems: Sequence[Problem], settings: RefineSettings
) -> list[list[Exemplar]]:
    """The exemplars before each problem: all in their order, or the nearest ones, the nearest last."""
    if chosen is None:
        return [[] for _ in problems]
    if settings.show == "all":
        return [list(chosen.exemplars) for _ in problems]
    count = settings.exemplars_per_prompt
    return [
        [chosen.exemplars[place] for place in reversed(order[:count])]
        for order in nearest_first(chosen, problems)
    ]
