"""The tables of studies; `lbt.tables` has them beside all others."""

import pandera.pandas as pa

from lbt.columns import count, share, table, text

_CELL = {
    "condition": text(),
    "arm": text(),
    "seed": count(),
    "round": count(1),
}

_INTERVAL = {"ci_low": pa.Column(float, nullable=True), "ci_high": pa.Column(float, nullable=True)}
_FAMILY_INTERVAL = {
    "family_ci_low": pa.Column(float, nullable=True),
    "family_ci_high": pa.Column(float, nullable=True),
}

_COMPARED = {
    "condition": text(),
    "comparison": text(),
    "arm": text(),
    "round": count(1),
    "outcome": text(),
    "less": text(),
    "less_round": count(1),
    "less_outcome": text(),
}

outcomes = table(
    {
        "outcome": text(),  # base or tuned, or a method of search
        "problem_id": text(),
        "family": text(),
        "right": share(),  # a chance where the answer is drawn
    },
    unique=["outcome", "problem_id"],
)

study_outcomes = table(
    {**_CELL, **outcomes.columns}, unique=["condition", "arm", "seed", "round", "outcome", "problem_id"]
)

study_cells = table(
    {
        **_CELL,
        "run_id": text(),  # of MLflow
        "commit": text(nullable=True),
        "seconds": pa.Column(float, nullable=True),
        "figure": text(),
        "value": pa.Column(float),
    },
    unique=["condition", "arm", "seed", "round", "figure"],
)

# A row for each comparison, condition and seed. Intervals: new problems of these families, and new families.
study_seeds = table(
    {
        **_COMPARED,
        "seed": count(),
        "problems": count(1),
        "accuracy": share(),
        "less_accuracy": share(),
        "difference": pa.Column(float, pa.Check.in_range(-1, 1)),
        **_INTERVAL,
        **_FAMILY_INTERVAL,
    },
    unique=["condition", "comparison", "seed"],
)

# A row for each comparison and condition. ci: t interval over the seeds.
study_comparisons = table(
    {
        **_COMPARED,
        "seeds": count(1),
        "accuracy": share(),
        "less_accuracy": share(),
        "difference": pa.Column(float, pa.Check.in_range(-1, 1)),
        **_INTERVAL,
        **_FAMILY_INTERVAL,
        "sd": pa.Column(float, pa.Check.ge(0), nullable=True),  # of the seeds' differences
        "seeds_above": count(),  # in which the difference is above 0
        "p_value": share(nullable=True),
        "p_holm": share(nullable=True),  # Holm's, over all comparisons of the study
        "smallest_effect": pa.Column(float, pa.Check.ge(0), nullable=True),  # that would have been seen
    },
    unique=["condition", "comparison"],
)
