"""Which tasks SmolLM2 can partly do, and in which of them a demonstration matters.

    python benchmarks/smollm2_tasks.py                         the elementary families, a few made tasks
    python benchmarks/smollm2_tasks.py --data <folder>         also GSM8K, Liar and Logical Fallacy
    python benchmarks/smollm2_tasks.py --only gain,liar --n 24 some of them, more closely

Each problem is answered greedily without a demonstration, after a right one of another task, after a right
one of its own, and after a wrong one. Elementary problems and demonstrations have numbers that are in no run.
What was answered stays in the store, so the same command continues where it stopped. Writes
docs/smollm2_tasks.md. `make smollm2` must have fetched the model.
"""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pandas as pd
import yaml
from cells import ROOT
from smollm2_sources import CONDITIONS, TaskItem, elementary_items, made_items, public_items

from lbt import tables
from lbt.asking import Asker, Task
from lbt.generation import GenerationStore, ModelSettings, SamplingSettings
from lbt.grading import domain_named
from lbt.prompts import PromptSettings, exam_messages
from lbt.statistics import wilson_interval

STORE = ROOT / "data" / "smollm2_tasks" / "generations.sqlite"
MODEL = ROOT / "data" / "06_models" / "smollm2-135m-instruct"
TABLE = ROOT / "docs" / "smollm2_tasks.md"
SAMPLING = SamplingSettings(temperature=0.0, max_tokens=64)
TITLE = """\
# SmolLM2: the tasks that were tried

Right answers, greedy, without a demonstration and after one, with 95% intervals (Wilson); the last column has
the answers of the wrong way that the demonstration shows. What it means: [real_model.md](real_model.md).

"""
HEAD = ("task", "n", "no demonstration", "right, other task", "right, own task", "wrong, own task")


def answers_of(items: Sequence[TaskItem]) -> pd.DataFrame:
    """A row per item and condition, with `right` and, after a wrong demonstration, `misled`."""
    model = ModelSettings(path=str(MODEL), dtype="float32")
    frames = []
    STORE.parent.mkdir(parents=True, exist_ok=True)
    with GenerationStore(STORE) as store:
        for domain in dict.fromkeys(item.domain for item in items):
            chosen = [item for item in items if item.domain == domain]
            asker = Asker(PromptSettings(), store, 0, domain_named(domain))
            asked = asker.ask(model, f"tasks of {domain}", list(tasks_of(chosen)), tables.baseline_answers)
            frames.append(asked.table)
    answers = pd.concat(frames, ignore_index=True)
    misled = {item.name: item.misled for item in items}
    return answers.assign(
        right=answers["verdict"].eq("correct"),
        misled=answers["answer"].eq(answers["problem_id"].map(misled).astype("str")),
    )


def parameters(name: str) -> dict:
    """A file of conf/smollm2."""
    return yaml.safe_load((ROOT / "conf" / "smollm2" / f"{name}.yml").read_text())


def tasks_of(items: Iterable[TaskItem]) -> Iterator[Task]:
    for item in items:
        prompts = PromptSettings(instruction=item.instruction)
        for condition in CONDITIONS:
            if condition not in item.demos:
                continue
            messages = exam_messages(item.question, item.demos[condition], prompts)
            columns = {"method": condition, "problem_id": item.name, "family": item.task}
            yield Task(messages, item.gold, columns, 1, SAMPLING)


def row(name: str, answers: pd.DataFrame) -> str:
    """Right answers in each condition with Wilson intervals, and the wrong way's answers after it."""
    cells = [name, f"{answers['problem_id'].nunique()}"]
    for condition in CONDITIONS:
        of_it = answers[answers["method"] == condition]
        cells.append(share(of_it["right"]) if len(of_it) else "")
    wrong = answers[answers["method"] == "wrong"]
    cells.append(share(wrong["misled"]) if wrong["misled"].any() else "")
    return f"| {' | '.join(cells)} |"


def share(hits: pd.Series) -> str:
    low, high = wilson_interval(int(hits.sum()), len(hits), 0.95)
    return f"{hits.mean():.0%} [{100 * low:.0f}, {100 * high:.0f}]"


def write(answers: pd.DataFrame, groups: dict[str, str]) -> str:
    """The table: groups of tasks first, then each task."""
    head = (*HEAD, "wrong way's answer after it")
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    group = answers["family"].map(groups)
    lines += [row(f"**{name}**", answers[group == name]) for name in dict.fromkeys(groups.values())]
    lines += [row(name, answers[answers["family"] == name]) for name in groups if groups[name] != name]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Ask what is missing and write the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--n", type=int, default=8, help="problems of each task")
    parser.add_argument("--only", default="", help="names of tasks, with commas between")
    parser.add_argument("--data", type=Path, help="a folder with gsm8k_test.jsonl, liar_test.jsonl, ...")
    options = parser.parse_args()
    prompts, problems = parameters("parameters_prompts")["prompts"], parameters("parameters")["problems"]
    items = [
        *elementary_items(options.n, prompts["instruction"], problems["elementary"]["largest"]),
        *made_items(options.n, prompts["instruction"]),
        *(public_items(options.data, options.n, prompts["instruction"]) if options.data else ()),
    ]
    only = set(filter(None, options.only.split(",")))
    items = [item for item in items if not only or item.task in only]
    groups = {item.task: item.group for item in items}
    text = write(answers_of(items), groups)
    if not only:
        TABLE.write_text(TITLE + text)
    print(text)


if __name__ == "__main__":
    main()
