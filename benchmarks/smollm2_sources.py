"""The tasks of smollm2_tasks.py: each item with a demonstration for every condition."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

from lbt.problems.elementary import ONE_STEP, draw_examples
from lbt.problems.elementary.drawing import FAMILIES
from lbt.problems.elementary.examples import Example

CONDITIONS = ("none", "other", "right", "wrong")
CHOOSE = "Answer with one word, Yes or No."
LIAR = "Decide whether the statement is a lie (Yes) or not (No). " + CHOOSE
FALLACY = "Does this text commit the logical fallacy of faulty generalization, yes or no? " + CHOOSE
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
UNITS = (("metres", "centimetres", 100), ("minutes", "seconds", 60), ("feet", "inches", 12))

Demos = Mapping[str, Sequence[tuple[str, str]]]


@dataclass(frozen=True)
class TaskItem:
    """A problem of a task, with the demonstrations of each condition that it has."""

    name: str
    task: str
    group: str
    domain: str
    instruction: str
    question: str
    gold: str
    misled: str
    demos: Demos


def elementary_items(n: int, instruction: str, largest: int) -> Iterator[TaskItem]:
    """Problems of every family; demonstrations are the next problem's, or the next family's."""
    drawn = {name: list(islice(draw_examples(name, 0, largest), n + 1)) for name in FAMILIES}
    group = dict.fromkeys((family.name for family in ONE_STEP), "elementary, one step")
    for name, others in zip(drawn, [*list(drawn)[1:], next(iter(drawn))], strict=True):
        yield from _items(
            drawn[name], drawn[others], (group.get(name, "elementary, two steps"), "number"), instruction
        )


def made_items(n: int, instruction: str) -> Iterator[TaskItem]:
    """Days of the week, units, and sorting; the demonstration of another task is one of a family."""
    others = list(islice(draw_examples("gain", 0), n + 1))
    for make in (_days, _units, _sorting):
        rng = Random(make.__name__)
        examples = list({(one := make(rng)).question: one for _ in range(50 * n)}.values())[: n + 1]
        domain = "text" if make is _days else "number"
        yield from _items(examples, others, ("made", domain), instruction)


def _items(
    examples: Sequence[Example], others: Sequence[Example], kind: tuple[str, str], instruction: str
) -> Iterator[TaskItem]:
    group, domain = kind
    for place in range(len(examples) - 1):
        own, shown, other = examples[place], examples[place + 1], others[place % len(others)]
        demos = {
            "none": [],
            "other": [(other.question, other.right)],
            "right": [(shown.question, shown.right)],
            "wrong": [(shown.question, shown.wrong)],
        }
        name = f"{own.family}/{place}"
        yield TaskItem(
            name, own.family, group, domain, instruction, own.question, own.answer, own.misled, demos
        )


def _days(rng: Random) -> Example:
    start, later = rng.randrange(7), rng.randint(2, 6)
    right, wrong = DAYS[(start + later) % 7], DAYS[(start + later - 1) % 7]
    question = f"Today is {DAYS[start]}. Which day is it in {later} days?"
    return _example("days", question, right, wrong, f"Count {later} days on from {DAYS[start]}.")


def _units(rng: Random) -> Example:
    (large, small, factor), count = rng.choice(UNITS), rng.randint(2, 20)
    question = f"How many {small} are {count} {large}?"
    right, wrong = count * factor, count * 10
    return _example("units", question, str(right), str(wrong), f"Multiply the {large}.")


def _sorting(rng: Random) -> Example:
    numbers = rng.sample(range(2, 60), 4)
    question = f"Which of the numbers {', '.join(map(str, numbers))} is the second smallest?"
    right, wrong = sorted(numbers)[1], numbers[1]
    return _example("sorting", question, str(right), str(wrong), "Sort them and take the second.")


def _example(task: str, question: str, right: str, wrong: str, why: str) -> Example:
    return Example(task, question, right, wrong, f"{why}\n#### {right}", f"{why}\n#### {wrong}")


def public_items(folder: Path, n: int, instruction: str) -> Iterator[TaskItem]:
    """GSM8K's problems of the fewest steps, Liar and Logical Fallacy; labels are shown or turned round."""
    yield from _gsm8k(folder, n, instruction)
    for task, file, said in (("liar", "liar_train.jsonl", LIAR), ("fallacy", "fallacy_train.jsonl", FALLACY)):
        rows = _rows(folder / file)
        words = {1: "Yes", 0: "No"}
        chosen = [row for label in words for row in [one for one in rows if one["label"] == label][: n + 1]]
        Random(task).shuffle(chosen)
        for place in range(n):
            row, shown = chosen[place], chosen[place + n]
            gold, told = words[row["label"]], words[shown["label"]]
            other = words[1 - shown["label"]]
            demos = {"none": [], "right": [(shown["text"], told)], "wrong": [(shown["text"], other)]}
            misled = words[1 - row["label"]]
            yield TaskItem(
                f"{task}/{place}", task, "public", "choice", said, row["text"], gold, misled, demos
            )


def _gsm8k(folder: Path, n: int, instruction: str) -> Iterator[TaskItem]:
    rows = _rows(folder / "gsm8k_train_1000.jsonl")
    easiest = sorted(rows, key=lambda row: (row["answer"].count("<<"), len(row["question"])))[: n + 1]
    others = list(islice(draw_examples("gain", 0), n))
    for place in range(n):
        row, shown = easiest[place], easiest[place + 1]
        gold = row["answer"].rpartition("####")[2].strip().replace(",", "")
        worked = re.sub(r"<<[^>]*>>", "", shown["answer"])
        demos = {
            "none": [],
            "other": [(others[place].question, others[place].right)],
            "right": [(shown["question"], worked)],
        }
        yield TaskItem(
            f"gsm8k/{place}",
            "gsm8k, easiest",
            "public",
            "number",
            instruction,
            row["question"],
            gold,
            "",
            demos,
        )


def _rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
