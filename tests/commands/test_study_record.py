"""What a study writes into its run."""

from lbt.commands.study.record import shortened


def test_a_note_that_is_too_long_for_mlflow_ends_with_where_the_rest_is() -> None:
    lines = [f"| line {number} |" for number in range(2000)]
    note = shortened("\n".join(lines))
    kept, _, rest = note.rpartition("\n\n")
    assert len(note) <= 8000
    assert kept.split("\n") == lines[: len(kept.split("\n"))]
    assert rest == "The other lines are in reports/study.md."
    assert shortened("short") == "short"
