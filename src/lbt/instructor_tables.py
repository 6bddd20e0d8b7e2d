"""The tables of the pipeline instructor; `lbt.tables` has them beside all others."""

import pandera.pandas as pa

from lbt.columns import answer, count, finish_reason, share, table, text

ARMS = ["original", "blind", "le", "lec"]
ITEM_FATES = [
    "learned",
    "surplus",  # usable, but beyond the number that every arm has
    "unparsable",  # a whole reply without an item
    "unanswered",  # without an answer that can be read, or cut off
    "too_long",
    "duplicate",
    "leaked",  # asks what an evaluation problem asks
    "unverified",
]

instructor_answers = table(
    {
        "arm": text(checks=pa.Check.isin(["base", *ARMS])),
        "iteration": count(),  # trainings that the target has had; 0: none, in the arm base
        "role": text(checks=pa.Check.isin(["teaching", "evaluation"])),
        "problem_id": text(),
        "family": text(),
        "sample_index": count(),
        **answer(),
    },
    unique=["arm", "iteration", "problem_id", "sample_index"],
)

instructor_replies = table(
    {
        "arm": text(checks=pa.Check.isin(["base", *ARMS])),
        "iteration": count(1),
        "purpose": text(checks=pa.Check.isin(["reference", "writing", "solving", "verifying"])),
        "about": text(),  # a training problem (reference, writing) or an item
        "sample_index": count(),
        **answer(),  # a reply that holds several problems is graded as if it were one answer
    },
    unique=["arm", "iteration", "purpose", "about", "sample_index"],
)

instructor_items = table(
    {
        "item_id": text(unique=True),
        "arm": text(checks=pa.Check.isin(ARMS)),
        "iteration": count(1),
        "source_id": text(),  # the training problem that it was made from
        "family": text(),  # of that problem
        "contrast": text(
            nullable=True
        ),  # ids of the nearest problems that were answered rightly, with spaces
        "form": text(checks=pa.Check.isin(["original", "drawn", "strict", "tolerant", "none"])),
        "question": text(nullable=True),
        "solution": text(nullable=True),
        "answer": text(nullable=True),
        "finish_reason": finish_reason(),
        "agreeing": pa.Column("Int64", pa.Check.ge(0), nullable=True),  # of the votes, if it was verified
        "right": pa.Column("boolean", nullable=True),  # if the true answer is known; never used to choose
        "fate": text(checks=pa.Check.isin(ITEM_FATES)),
        "mixed": pa.Column(bool),  # original data in the training set of another arm
    }
)

instructor_log = table(
    {
        "arm": text(checks=pa.Check.isin(ARMS)),
        "iteration": count(1),
        "step": pa.Column(float, pa.Check.ge(0)),
        "epoch": pa.Column(float, pa.Check.ge(0)),
        "loss": pa.Column(float),
        "learning_rate": pa.Column(float, pa.Check.ge(0)),
        "grad_norm": pa.Column(float),
    }
)

instructor_trainings = table(
    {
        "arm": text(checks=pa.Check.isin(ARMS)),
        "iteration": count(1),
        "trained": pa.Column(bool),
        "reason": text(nullable=True),  # why not
        "model": text(),  # the folder of the target after it
        "errors": pa.Column("Int64", nullable=True),  # wrong training answers that it was made from
        "replies": count(),  # of the instructor that items were read from
        "items": count(),
        "mixed": count(),  # of these original data
        "steps": count(),
        "last_loss": pa.Column(float, nullable=True),  # mean over the last epoch
    },
    unique=["arm", "iteration"],
)

instructor_rounds = table(
    {
        "arm": text(checks=pa.Check.isin(ARMS)),
        "iteration": count(1),
        "trained": pa.Column(bool),
        "reason": text(nullable=True),
        "problems": count(),
        "accuracy": share(),
        "accuracy_ci_low": share(),
        "accuracy_ci_high": share(),
        "delta": pa.Column(float),  # to the target before any training
        "delta_ci_low": pa.Column(float),
        "delta_ci_high": pa.Column(float),
        "repaired": count(),  # wrong before this iteration, right after it
        "forgotten": count(),
        "errors": pa.Column("Int64", nullable=True),
        "written": count(),  # items that were read or drawn
        "items": count(),
        "mixed": count(),
        "steps": count(),
        "last_loss": pa.Column(float, nullable=True),
        "strict": share(nullable=True),  # of the replies, read by the strict form
        "tolerant": share(nullable=True),
        "unparsable": share(nullable=True),
        "duplicate": share(nullable=True),  # of the items
        "leaked": share(nullable=True),
        "unanswered": share(nullable=True),
        "too_long": share(nullable=True),
        "verified": share(nullable=True),  # of the items that were verified
        "right": share(nullable=True),  # of the learned items whose true answer is known
    },
    unique=["arm", "iteration"],
)

instructor_by_family = table(
    {
        "arm": text(),
        "iteration": count(),
        "family": text(),
        "n": count(),
        "accuracy": share(),
        "ci_low": share(),
        "ci_high": share(),
        "learned": count(),  # items from problems of this family
    },
    unique=["arm", "iteration", "family"],
)
