"""The teacher writes sets: the first ones, and new ones after it has reflected on failures."""

import logging
from collections import Counter
from collections.abc import Sequence
from itertools import islice

from lbt.asking import Task
from lbt.prompts import Message
from lbt.prompts.reflection import fill
from lbt.refine.changing import Changed, Wish
from lbt.refine.examiner import NO_SET, TEACHER, Examiner
from lbt.refine.exemplars import Exemplar, ExemplarSet, Origin
from lbt.refine.failures import Failure
from lbt.refine.reading import Rules, read_exemplars
from lbt.refine.showing import Problem

log = logging.getLogger(__name__)

_LEAST_WORDS = 6
"""Words of a reason; the paper's code drops shorter ones too."""


class Writer:
    """Asks the teacher for sets, and checks what it writes.

    Args:
        examiner: What asks it.
        rules: What a set has to keep.
        labels: The answers that there are, as a teacher is told them: "Yes or No".
    """

    def __init__(self, examiner: Examiner, rules: Rules, labels: str) -> None:
        self._examiner = examiner
        self._rules = rules
        self._forms = examiner.settings.prompts
        self._drawn: Counter[str] = Counter()  # samples of each prompt
        self._told = {"task": self._forms.task, "count": str(rules.count), "labels": labels}

    def first(self, count: int, part: str) -> Changed:
        """So many sets that were written without an example; fewer where replies cannot be used."""
        prompt = fill(self._forms.write_form, self._told)
        return self._write([(prompt, None)] * count, "written", part)

    def change(self, wishes: Sequence[Wish], arm: str, round_number: int) -> Changed:
        """The teacher says why a set misled, then writes a new one from reason, failures and set."""
        told = [self._told | self._of(wish) for wish in wishes]
        part = f"{arm}: reasons, round {round_number}"
        reasons = self._reply([fill(self._forms.reason_form, one) for one in told], part)
        usable = [
            (fill(self._forms.rewrite_form, one | {"reason": reason.strip()}), wish.parent.id)
            for one, reason, wish in zip(told, reasons, wishes, strict=True)
            if len(reason.split()) >= _LEAST_WORDS
        ]
        changed = self._write(usable, "reflected", f"{arm}: writing, round {round_number}")
        return Changed(changed.sets, changed.asked_again, changed.dropped + len(wishes) - len(usable))

    def _of(self, wish: Wish) -> dict[str, str]:
        problems = self._examiner.problems
        failures = (
            fill(self._forms.failure_form, _failure(one, problems[one["problem_id"]]))
            for one in wish.failures
        )
        examples = (fill(self._forms.example_form, _example(one)) for one in wish.parent.exemplars)
        return {"examples": "\n\n".join(examples), "failures": "\n\n".join(failures)}

    def _write(self, prompts: Sequence[tuple[str, str | None]], origin: Origin, part: str) -> Changed:
        """A set for each prompt and parent; a reply that cannot be used is asked for once more."""
        texts = [prompt for prompt, _ in prompts]
        written = [self._read(text) for text in self._reply(texts, part)]
        failed = [place for place, one in enumerate(written) if one is None]
        again = self._reply([texts[place] for place in failed], f"{part}, again")
        for place, text in zip(failed, again, strict=True):
            written[place] = self._read(text)
        sets = [
            ExemplarSet.new(one, origin, parent)
            for one, (_, parent) in zip(written, prompts, strict=True)
            if one is not None
        ]
        return Changed(sets, len(failed), len(prompts) - len(sets))

    def _read(self, text: str) -> list[Exemplar] | None:
        written = read_exemplars(text)
        if fault := self._rules.fault(written):
            log.info("A set of exemplars was not used: it %s.", fault)
            return None
        return self._rules.exemplars(written, self._forms.answer_form)

    def _reply(self, prompts: Sequence[str], part: str) -> list[str]:
        """The teacher's reply to each prompt: a sample that no earlier prompt was given."""
        counts = Counter(prompts)
        sampling = self._examiner.settings.writing
        tasks = [
            Task(_messages(prompt), "", _NO_PROBLEM, self._drawn[prompt] + count, sampling)
            for prompt, count in counts.items()
        ]
        if not tasks:
            return []
        before = sum(self._drawn[prompt] for prompt in counts)
        texts = iter(self._examiner.ask(TEACHER, tasks, part, before).table["text"])
        fresh = {}
        for prompt, count in counts.items():
            fresh[prompt] = iter(list(islice(texts, self._drawn[prompt] + count))[self._drawn[prompt] :])
        self._drawn += counts
        return [next(fresh[prompt]) for prompt in prompts]


_NO_PROBLEM = {"who": TEACHER, "set_id": NO_SET, "problem_id": "", "family": ""}


def _messages(prompt: str) -> list[Message]:
    return [{"role": "user", "content": prompt}]


def _example(one: Exemplar) -> dict[str, str]:
    return {"question": one.question, "rationale": one.rationale, "answer": one.answer}


def _failure(failure: Failure, problem: Problem) -> dict[str, str]:
    given = failure["given"] if isinstance(failure["given"], str) else "none that can be read"
    return {"question": problem["question"], "given": given, "answer": problem["answer"]}
