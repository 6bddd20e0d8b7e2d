"""No exam or evaluation problem may be a problem that was taught."""

from itertools import combinations
from typing import Any

import pandas as pd

from lbt.errors import DataError
from lbt.problems.rows import ROLES
from lbt.problems.texts import question_key

_NAMES = {"teaching": "teaching problem", "exam": "exam problem", "evaluation": "evaluation problem"}


def check_leakage(problems: pd.DataFrame) -> dict[str, Any]:
    """Compare the questions of every two roles as `question_key` sees them.

    Returns a JSON-ready report, in which all counts between roles are 0. Raises DataError naming both rows if
    an exam or evaluation question equals a teaching one, or an evaluation question equals an exam one.
    """
    keyed = problems.assign(key=problems["question"].map(question_key))
    parts = {role: keyed[keyed["role"] == role] for role in ROLES}
    between: dict[str, int] = {}
    leaks: list[str] = []
    for one, other in combinations(ROLES, 2):
        shared = parts[one][["key", "source", "problem_id"]].merge(
            parts[other][["key", "source", "problem_id"]], on="key", suffixes=("_one", "_other")
        )
        between[f"{one}_{other}"] = len(shared)
        leaks += [
            f"{row.source_other} ({_NAMES[other]} {row.problem_id_other}) asks the same as "
            f"{row.source_one} ({_NAMES[one]} {row.problem_id_one})"
            for row in shared.itertuples()
        ]
    if leaks:
        more = f"\n  and {len(leaks) - 10} more" if len(leaks) > 10 else ""
        listed = "\n  ".join(leaks[:10])
        raise DataError(
            "Problems of different roles are equal, so the exam or the evaluation would be given away:\n"
            f"  {listed}{more}\nRemove one of the two, or give both the same role."
        )
    return {
        "problems": len(problems),
        "equal_between_roles": between,
        "equal_within_role": {role: int(part["key"].duplicated().sum()) for role, part in parts.items()},
    }
