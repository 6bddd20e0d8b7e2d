"""What was read, set aside and drawn, in counts."""

from collections import Counter
from typing import Any

import pandas as pd

from lbt.problems.gathering import Gathered
from lbt.problems.rows import ROLES
from lbt.problems.texts import question_key


def report_of(gathered: Gathered, source: str, problems: pd.DataFrame) -> dict[str, Any]:
    """The JSON-ready report of an ingest from files."""
    account = gathered.account
    report = {
        "source": source,
        "file": gathered.name,
        "rows_read": account.lines,
        "rows_by_file": account.rows_by_file,
        "set_aside": [
            {"file": bad.place.file, "row": bad.place.line, "field": bad.field, "reason": bad.reason}
            for bad in account.bad
        ],
        "repeated": account.repeats,
        "left_out": account.left_out,
        "not_drawn": len(gathered.rows) - len(problems),
        "ignored_fields": sorted(account.ignored_fields),
        "split": gathered.split,
    }
    return report | gathered.counts | count_roles(problems) | _exams(problems)


def count_roles(problems: pd.DataFrame) -> dict[str, Any]:
    """How many problems, families, and problems of each role there are."""
    by_role = Counter(problems["role"])
    return {
        "problems": len(problems),
        "families": int(problems["family"].nunique()),
        "by_role": {role: by_role[role] for role in ROLES},
    }


def count_problems(problems: pd.DataFrame) -> pd.DataFrame:
    """Problems by subject, level (where they have one) and role, one column a role, for a notebook."""
    by = [name for name in ("subject", "level") if name in problems] or ["family"]
    counts = problems.groupby([*by, "role"], dropna=False).size().unstack("role", fill_value=0)
    return counts.reindex(columns=list(ROLES), fill_value=0).rename_axis(columns=None)


def _exams(problems: pd.DataFrame) -> dict[str, Any]:
    """How many teaching problems have how many exam problems in their family, and how many different ones."""
    pools = problems[problems["role"] == "exam"]
    keyed = pools.assign(key=pools["question"].map(question_key)).groupby("family")["key"]
    sizes = pd.DataFrame({"all": keyed.size(), "different": keyed.nunique()})
    taught = problems.loc[problems["role"] == "teaching", "family"]
    found = sizes.reindex(taught).fillna(0).astype(int)
    return {
        "exam_problems_of_a_teaching_problem": _tally(found["all"]),
        "different_exam_problems_of_a_teaching_problem": _tally(found["different"]),
    }


def _tally(sizes: pd.Series) -> dict[str, int]:
    return {str(size): int(count) for size, count in sizes.value_counts().sort_index().items()}
