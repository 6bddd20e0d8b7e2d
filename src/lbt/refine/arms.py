"""How each arm proposes new sets in a round. All arms may ask for as many answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pandas as pd

from lbt import tables
from lbt.refine.batches import Batches
from lbt.refine.changing import Changed, Changer, Resampling, Wish
from lbt.refine.examiner import TEACHER, Examiner
from lbt.refine.exemplars import ExemplarSet
from lbt.refine.failures import find_failures, pick
from lbt.refine.settings import RefineSettings
from lbt.seeds import random_stream

Propose = Callable[[int, Sequence[ExemplarSet]], "Proposed"]
"""Takes the round's number and the sets that were kept."""


@dataclass(frozen=True)
class Proposed:
    """A round's new sets, the failures that led to them, and what became of the teacher's replies."""

    sets: list[ExemplarSet]
    failures: pd.DataFrame = field(default_factory=lambda: tables.make_table(tables.refine_failures, []))
    wishes: int = 0
    """New sets that were asked for."""
    asked_again: int = 0
    dropped: int = 0


def by_failures(arm: str, examiner: Examiner, batches: Batches, changer: Changer, seed: int) -> Propose:
    """The arms `students` and `own`: a batch is answered with each set, and failures change it.

    The teacher answers as many more questions alone as there are students, so that both arms ask for as many
    answers. A set without a failure gives no new set.
    """
    settings = examiner.settings
    own = arm == "own"
    sitters = [TEACHER] if own else examiner.students
    questions = settings.batch * (len(examiner.students) if own else 1)

    def propose(round_number: int, beam: Sequence[ExemplarSet]) -> Proposed:
        asked = batches.of_exams(round_number, questions)
        part = f"{arm}: exams, round {round_number}"
        answers = pd.concat([examiner.answer(who, beam, asked, part) for who in sitters])
        failures = find_failures(answers, examiner.problems, arm, round_number)
        wishes = []
        for one in beam:
            found = failures[failures["set_id"] == one.id].to_dict("records")
            for number in range(settings.new_sets if len(found) else 0):
                names = ("refine", "failures", arm, str(round_number), one.id, str(number))
                rng = random_stream(seed, *names)
                wishes.append(Wish(one, pick(found, settings.failures, rng, settings.paper), number))
        changed = changer.change(wishes, arm, round_number)
        return Proposed(changed.sets, failures, len(wishes), changed.asked_again, changed.dropped)

    return propose


def by_random_changes(changer: Resampling, settings: RefineSettings, students: int) -> Propose:
    """The arm `random_changes`: random exemplars are replaced, in more sets for the exams that it spares."""

    def propose(round_number: int, beam: Sequence[ExemplarSet]) -> Proposed:
        count = sets_for_a_round(settings, len(beam), students)
        sets = [
            new
            for place in range(count)
            for new in changer.change_some(
                beam[place % len(beam)], place // len(beam), settings.failures, round_number
            ).sets
        ]
        return Proposed(sets, wishes=count)

    return propose


def by_random_search(
    start: Callable[[str, int], Changed], settings: RefineSettings, students: int
) -> Propose:
    """The arm `random_search`: fresh sets, made as those of the start are, for the answers of a round.

    What the other arms ask in exams and reflections it spends on more sets, and the paper's `expansion` does
    not trim them.
    """

    def propose(round_number: int, beam: Sequence[ExemplarSet]) -> Proposed:
        count = sets_for_a_round(settings, len(beam), students)
        changed = start(f"random_search: writing, round {round_number}", count)
        return Proposed(changed.sets, wishes=count, asked_again=changed.asked_again, dropped=changed.dropped)

    return propose


def round_answers(settings: RefineSettings, beam: int, students: int) -> int:
    """The most answers that the arm `students` asks for in a round that begins with so many sets."""
    new = beam * settings.new_sets
    exams = beam * settings.batch * students
    replies = 2 * new if settings.reflection == "text" else 0
    return exams + replies + settings.most_sets(beam) * _answers_a_set(settings, beam, students)


def sets_for_a_round(settings: RefineSettings, beam: int, students: int) -> int:
    """How many fresh sets so many answers score, after those of the kept sets."""
    a_set = _answers_a_set(settings, beam, students)
    written = 1 if settings.start == "written" else 0
    return (round_answers(settings, beam, students) - beam * a_set) // (a_set + written)


def _answers_a_set(settings: RefineSettings, beam: int, students: int) -> int:
    scorers = {"teacher": 1, "students": students, "both": 1 + students}[settings.scored_by]
    return settings.scorings(settings.most_sets(beam)) * scorers
