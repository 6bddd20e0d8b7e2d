"""The whole refinement: every arm and every repeat, on the same questions."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lbt.asking import Asker, Usage, add_usage
from lbt.errors import ModelError, SettingsError
from lbt.generation import ModelsSettings
from lbt.refine.account import Account, Tables, Watch
from lbt.refine.arms import Propose, by_failures, by_random_changes, by_random_search
from lbt.refine.batches import Batches
from lbt.refine.changing import Changed, Changer, Resampling
from lbt.refine.examiner import TEACHER, Examiner
from lbt.refine.exemplars import ExemplarSet, Origin
from lbt.refine.labels import labels_of
from lbt.refine.measures import Measure
from lbt.refine.pool import Pool, from_labels, from_rationales
from lbt.refine.reading import Rules
from lbt.refine.rounds import Rounds
from lbt.refine.settings import RefineSettings
from lbt.refine.writing import Writer
from lbt.seeds import derive_seed, random_stream
from lbt.teaching import TeachingSettings, sample_rationales


@dataclass(frozen=True)
class Refined:
    """The tables of a refinement and what it cost."""

    tables: Tables
    usage: Usage


def refine(
    asker: Asker,
    problems: pd.DataFrame,
    models: ModelsSettings,
    teaching: TeachingSettings,
    settings: RefineSettings,
    watch: Watch = lambda state: None,
) -> Refined:
    """Run all arms, one after the other, and all repeats.

    Every generation goes through the store, so that the same call continues a killed one. Exemplars are drawn
    from problems of the role teaching, the questions of batches from those of exam, and the best set of each
    round answers those of evaluation.

    Args:
        asker: What asks.
        problems: The table `problems`.
        models: Teacher and students.
        teaching: How rationales of the teaching problems are sampled, where exemplars are drawn from them.
        settings: Of the refinement.
        watch: Called after each round with the table `refine_state` so far.

    Raises:
        DataError, SettingsError: The labels do not fit (`labels_of`), or there is too little to draw from.
        ModelError: A model gives no readable answer, or the teacher no usable set in three rounds in a row.
    """
    labels = labels_of(problems, asker.domain, settings)
    if settings.writes and asker.prompts.prefill:
        raise SettingsError(
            "prompts.prefill would also begin what the teacher writes. Set prompts.prefill: '' for "
            "refine.start: written and refine.reflection: text."
        )
    account = Account(Measure(settings, problems, asker.domain, asker.seed), watch)
    usages = []
    for repeat in range(settings.repeats):
        # The first one is the run's own, so that its rationales are those of the other pipelines.
        seed = derive_seed(asker.seed, "refine", "repeat", str(repeat)) if repeat else asker.seed
        of_repeat = asker.with_seed(seed)
        with Examiner(of_repeat, models, problems, settings) as examiner:
            account.repeat = repeat
            _Repeat(examiner, teaching, labels, account).run()
            usages.append(examiner.usage)
    return Refined(account.tables(), add_usage(usages))


class _Repeat:
    """One refinement of each arm, from one seed."""

    def __init__(
        self, examiner: Examiner, teaching: TeachingSettings, labels: dict[str, str] | None, account: Account
    ) -> None:
        self._examiner = examiner
        self._settings = examiner.settings
        self._seed = examiner.asker.seed
        self._teaching = teaching
        self._labels = labels
        self._account = account
        self._batches = Batches(examiner.of_role("exam"), self._seed)
        self._pool = self._make_pool()
        self._writer = self._make_writer()

    def run(self) -> None:
        """All arms, those that stay as they are first."""
        for arm in self._settings.fixed:
            chosen = self._fixed(arm)
            answers = self._examiner.measure(chosen, f"held-out: {arm}")
            self._account.note_fixed(arm, chosen, answers)
        start = self._start() if self._settings.refined else []
        for arm in self._settings.refined:
            rounds = Rounds(arm, self._examiner, self._batches, self._seed)
            for done in rounds.run(start, self._proposer(arm)):
                self._account.note(arm, done, self._examiner.answers[arm])

    def _fixed(self, arm: str) -> ExemplarSet | None:
        if arm == "none":
            return None
        if arm == "first_right":
            return ExemplarSet.new(self._pool.first(), "sampled")
        return ExemplarSet.new(self._pool.draw(self._stream("random")), self._drawn)

    def _proposer(self, arm: str) -> Propose:
        resampling = Resampling(self._pool, self._examiner.problems, self._seed)
        if arm == "random_search":
            return by_random_search(self._fresh, self._settings, len(self._examiner.students))
        if arm == "random_changes":
            return by_random_changes(resampling, self._settings, len(self._examiner.students))
        text = self._settings.reflection == "text"
        changer: Changer = self._writer if text and self._writer else resampling
        return by_failures(arm, self._examiner, self._batches, changer, self._seed)

    def _fresh(self, part: str, count: int) -> Changed:
        """So many sets of the kind that a refinement begins with, other ones in each call."""
        if self._settings.start == "written" and self._writer:
            return self._writer.first(count, part)
        streams = (self._stream("start", part, str(number)) for number in range(count))
        return Changed([ExemplarSet.new(self._pool.draw(rng), self._drawn) for rng in streams])

    def _start(self) -> list[ExemplarSet]:
        """The sets with which every arm begins."""
        sets = self._fresh("start: writing", self._settings.first_sets).sets
        if not sets:
            raise ModelError(
                "The teacher wrote no usable set of exemplars to begin with. Look at what it writes in "
                "the generation store, give it more room (refine.writing.max_tokens) or fewer exemplars "
                "(refine.exemplars), change what it is told (refine.prompts), or set refine.start: random, "
                "which needs no writing."
            )
        return sets

    def _make_pool(self) -> Pool:
        settings, problems = self._settings, self._examiner.problems
        taught = [problems[name] for name in self._examiner.of_role("teaching")]
        if not settings.draws_rationales:
            labelled = from_labels(taught, settings.prompts.answer_form)
            return Pool(labelled, settings.exemplars, by_answer=self._labels is not None)
        table = pd.DataFrame(list(problems.values()))
        teacher = self._examiner.models[TEACHER]
        asked = sample_rationales(self._examiner.asker, table, teacher, self._teaching)
        self._examiner.count("rationales", asked)
        drawn = from_rationales(table, asked.table, settings.only_right)
        return Pool(drawn, settings.exemplars, by_answer=self._labels is not None)

    def _make_writer(self) -> Writer | None:
        settings = self._settings
        if not settings.writes or settings.exemplars is None:
            return None
        rows = self._examiner.problems.values()
        domain = self._examiner.asker.domain
        rules = Rules.of(rows, settings.exemplars, self._labels, domain, settings.only_right)
        told = " or ".join(self._labels.values()) if self._labels else "the answer"
        return Writer(self._examiner, rules, told)

    @property
    def _drawn(self) -> Origin:
        return "sampled" if self._settings.draws_rationales else "random"

    def _stream(self, *names: str) -> np.random.Generator:
        return random_stream(self._seed, "refine", *names)
