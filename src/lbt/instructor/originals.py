"""Original data as items: training problems with right worked solutions of the instructor's."""

from typing import Any

from lbt.instructor.choosing import in_turn
from lbt.instructor.references import References
from lbt.instructor.settings import Arm


def original_items(references: References, arm: Arm, iteration: int, seed: int) -> list[dict[str, Any]]:
    """One item a distinct right solution, in an order in which every problem comes before any comes again.

    The order differs from iteration to iteration, so that a later one sees other solutions first.
    """
    rows = references.solutions.sample(frac=1, random_state=(seed + iteration) % 2**32)
    ordered = in_turn(rows.to_dict("records"), rows["problem_id"].tolist(), seed, "original", str(iteration))
    return [
        {
            "item_id": f"{arm}/{iteration}/original-{number}",
            "arm": arm,
            "iteration": iteration,
            "source_id": row["problem_id"],
            "family": row["family"],
            "contrast": None,
            "form": "original",
            "question": row["question"],
            "solution": row["solution"],
            "answer": row["answer"],
            "finish_reason": "stop",
            "agreeing": None,
            "right": row["right"],
            "mixed": arm != "original",
            "fate": None,
        }
        for number, row in enumerate(ordered)
    ]
