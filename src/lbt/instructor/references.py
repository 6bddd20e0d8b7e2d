"""What the instructor says of the training problems: original data, and answers where there are no labels."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lbt import tables
from lbt.asking import Asked, Task
from lbt.grading import Voting
from lbt.instructor.roles import Roles, columns_of


@dataclass(frozen=True)
class References:
    """Right answers and worked solutions of the training problems.

    Attributes:
        golds: What a right answer equals, by problem; without labels only where a majority agrees.
        solutions: One row a distinct right solution: problem_id, family, question, solution, answer, right.
    """

    golds: dict[str, str]
    solutions: pd.DataFrame


def reference_tasks(roles: Roles) -> list[Task]:
    """Each training problem, asked `solutions` times."""
    return [
        roles.question(
            problem["question"],
            problem["answer"],
            columns_of("base", 1, "reference", problem["problem_id"]),
            roles.settings.solutions,
        )
        for problem in roles.taught.to_dict("records")
    ]


def ask_references(roles: Roles) -> Asked:
    """The instructor's graded answers to the training problems; none if no arm needs them."""
    tasks = reference_tasks(roles) if roles.settings.needs_references else []
    return roles.asker.ask(roles.instructor, "answers of the instructor", tasks, tables.instructor_replies)


def read_references(roles: Roles, replies: pd.DataFrame) -> References:
    """Golds and right solutions: by the labels, or without them by the instructor's own majority."""
    problems = roles.taught.set_index("problem_id")
    golds = {str(name): str(gold) for name, gold in problems["answer"].items()}
    voting = Voting(roles.asker.domain, golds)
    kept: dict[str, str] = {}
    rows = []
    for name, own in replies.groupby("about", sort=True):
        own = own[own["finish_reason"].eq("stop") & own["answer"].notna()]
        right = own["verdict"].eq("correct").tolist()
        if roles.settings.label_free:
            keys = voting.keys(str(name), own["answer"])
            majority = _majority(keys)
            right = [majority is not None and key == majority for key in keys]
            if any(right):
                kept[str(name)] = str(own["answer"].iloc[right.index(True)])
        problem = problems.loc[name]
        good = own.assign(known=own["verdict"].eq("correct")).loc[np.array(right, dtype=bool)]
        rows += [
            (name, problem["family"], problem["question"], text, answer, known)
            for text, answer, known in good.drop_duplicates("text")[["text", "answer", "known"]].itertuples(
                index=False
            )
        ]
    columns = ["problem_id", "family", "question", "solution", "answer", "right"]
    return References(kept if roles.settings.label_free else golds, pd.DataFrame(rows, columns=columns))


def _majority(keys: list[str | None]) -> str | None:
    """The key that more than half of the votes name."""
    votes = Counter(key for key in keys if key is not None)
    if not votes:
        return None
    key, count = votes.most_common(1)[0]
    return key if 2 * count > votes.total() else None
