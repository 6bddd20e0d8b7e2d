"""All tables: pandera schemas, which the catalog names and Kedro checks at every load and save.

Values are coerced to the column's type, so that a table read back equals the one saved. Columns beyond
these are refused: a stage that needs one declares it here.
"""

import pandera.pandas as pa

from lbt.columns import answer as _answer
from lbt.columns import count as _count
from lbt.columns import finish_reason as _finish_reason
from lbt.columns import make_table as make_table
from lbt.columns import share as _share
from lbt.columns import table as _table
from lbt.columns import text as _text
from lbt.columns import verdict as _verdict
from lbt.instructor_tables import instructor_answers as instructor_answers
from lbt.instructor_tables import instructor_by_family as instructor_by_family
from lbt.instructor_tables import instructor_items as instructor_items
from lbt.instructor_tables import instructor_log as instructor_log
from lbt.instructor_tables import instructor_replies as instructor_replies
from lbt.instructor_tables import instructor_rounds as instructor_rounds
from lbt.instructor_tables import instructor_trainings as instructor_trainings
from lbt.study_tables import study_cells as study_cells
from lbt.study_tables import study_comparisons as study_comparisons
from lbt.study_tables import study_outcomes as study_outcomes
from lbt.study_tables import study_seeds as study_seeds

problems = _table(
    {
        "problem_id": _text(unique=True),
        "family": _text(),
        "question": _text(checks=pa.Check.str_length(min_value=1)),
        "answer": _text(checks=pa.Check.str_length(min_value=1)),
        "role": _text(checks=pa.Check.isin(["teaching", "exam", "evaluation"])),
        "source": _text(),  # "pocket", or file and line
        "lucky": pa.Column("boolean", nullable=True),  # whether a misconception gives the right answer too
        "level": pa.Column(
            "Int64", nullable=True, required=False
        ),  # of sources that have levels and subjects
        "subject": _text(nullable=True, required=False),
    }
)

rationales = _table(
    {
        "rationale_id": _text(unique=True),
        "problem_id": _text(),
        "family": _text(),
        "sample_index": _count(),
        **_answer(),
        "demo_id": _text(),
    }
)

exam_problems = problems  # with the consensus for the gold of exam problems, where exams.labels says so

consensus_answers = _table(
    {
        "problem_id": _text(),
        "family": _text(),
        "sample_index": _count(),
        **_answer(),
    },
    unique=["problem_id", "sample_index"],
)

exam_plan = _table(
    {
        "demo_id": _text(nullable=True),  # none: the baseline without a demo
        "teaching_problem_id": _text(nullable=True),
        "exam_problem_id": _text(),
        "family": _text(),
        "companions": _text(required=False),  # ids of the further demos before the examined one, with spaces
    }
)

exam_answers = _table(
    {
        "student": _text(),
        "demo_id": _text(nullable=True),
        "teaching_problem_id": _text(nullable=True),
        "exam_problem_id": _text(),
        "family": _text(),
        "repeat": _count(),
        **_answer(),
    }
)

reexam_plan = exam_plan
reexam_answers = exam_answers

lbt_scores = _table(
    {
        "demo_id": _text(),
        "teaching_problem_id": _text(),
        "family": _text(),
        "student": _text(),  # a student's name, or "mean" over all of them
        "lbt_score": _share(nullable=True),
        "baseline_score": _share(nullable=True),
        "gain": pa.Column(float, pa.Check.in_range(-1, 1), nullable=True),
        "n": _count(),
        "ci_low": _share(nullable=True),
        "ci_high": _share(nullable=True),
    },
    unique=["demo_id", "student"],
)

procedures = _table({"rationale_id": _text(unique=True), "procedure": _text(), "right": pa.Column(bool)})

pairs = _table(
    {
        "pair_id": _text(unique=True),
        "problem_id": _text(),
        "family": _text(),
        "question": _text(),
        "chosen": _text(),
        "rejected": _text(),
        "chosen_score": pa.Column(float),
        "rejected_score": pa.Column(float),
        "margin": pa.Column(float, pa.Check.ge(0)),
        "chosen_lbt_score": _share(nullable=True),
        "rejected_lbt_score": _share(nullable=True),
        "chosen_verdict": _verdict(),
        "rejected_verdict": _verdict(),
        "chosen_finish_reason": pa.Column(str, pa.Check.eq("stop")),
        "rejected_finish_reason": _finish_reason(),
    },
    checks=pa.Check(lambda table: table["chosen"] != table["rejected"], name="chosen and rejected differ"),
)

training_log = _table(
    {
        "step": pa.Column(float, pa.Check.ge(0)),
        "epoch": pa.Column(float, pa.Check.ge(0)),
        "loss": pa.Column(float),
        "learning_rate": pa.Column(float, pa.Check.ge(0)),
        "reward_margin": pa.Column(float),
        "reward_accuracy": _share(),
        "logps_chosen": pa.Column(float),
        "logps_rejected": pa.Column(float),
    }
)

evaluation_answers = _table(
    {
        "model": _text(checks=pa.Check.isin(["base", "tuned"])),
        "problem_id": _text(),
        "family": _text(),
        "decoding": _text(checks=pa.Check.isin(["greedy", "sampled"])),
        "sample_index": _count(),
        **_answer(),
    },
    unique=["model", "problem_id", "decoding", "sample_index"],
)

accuracy_by_family = _table(
    {
        "model": _text(),
        "family": _text(),
        "n": _count(),
        "accuracy": _share(nullable=True),
        "ci_low": _share(nullable=True),
        "ci_high": _share(nullable=True),
    },
    unique=["model", "family"],
)

baseline_answers = _table(
    {
        "method": _text(checks=pa.Check.isin(["greedy", "equal_generations", "solution", "worked_examples"])),
        "problem_id": _text(),
        "family": _text(),
        "sample_index": _count(),
        **_answer(),
    },
    unique=["method", "problem_id", "sample_index"],
)

pocket_answers = _table(
    {
        "problem_id": _text(),
        "family": _text(),
        "sample_index": _count(),
        **_answer(),
    },
    unique=["problem_id", "sample_index"],
)

teacher_exam_answers = exam_answers  # of the teacher itself, under the student name "teacher"

# What was debugged, as it was before; failed_test and failure are what the model was shown.
first_rationales = rationales
first_exam_answers = exam_answers
first_baseline_answers = baseline_answers
first_teacher_exam_answers = teacher_exam_answers

selections = _table(
    {
        "method": _text(),
        "rule": _text(checks=pa.Check.isin(["sc", "max", "sum", "avg", "any"])),  # any: one drawn at random
        "students": _text(nullable=True),  # a student's name, "all", or "teacher"; none without exams
        "problem_id": _text(),
        "family": _text(),
        "answer": _text(nullable=True),
        "right": pa.Column("boolean", nullable=True),  # none: all generations failed, or one is drawn
        "count": _count(),  # samples that give the answer, or of which one is drawn
        "score": pa.Column(float, nullable=True),  # what the rule maximises; none without exams
        # of programs
        "chance": _share(nullable=True, required=False),  # of a right answer: 0 or 1 where none is drawn
        "hidden_share": _share(nullable=True, required=False),  # of the hidden tests, those that pass
    },
    unique=["method", "problem_id"],
)

search_curve = _table(
    {
        "method": _text(),
        "rationales": _count(1),
        "accuracy": _share(),  # mean over the subsets
        "sd": pa.Column(float, pa.Check.ge(0)),
        "subsets": _count(1),
        "problems": _count(1),
    },
    unique=["method", "rationales"],
)

search_by_group = _table(
    {
        "method": _text(),
        "grouping": _text(checks=pa.Check.isin(["level", "subject", "family"])),
        "group": _text(),
        "n": _count(),
        "accuracy": _share(),
        "ci_low": _share(),
        "ci_high": _share(),
    },
    unique=["method", "grouping", "group"],
)

# What refining asks, before it is known for which repeat and arm.
refine_answers = _table(
    {"who": _text(), "set_id": _text(), "problem_id": _text(), "family": _text(), **_answer()}
)

_ORIGINS = ["sampled", "written", "reflected", "resampled", "kept", "random"]

refine_state = _table(
    {
        "repeat": _count(),
        "arm": _text(),
        "round": _count(),
        "set_id": _text(),
        "parent": _text(nullable=True),  # the set that it was made from; itself if it was kept
        "rank": _count(),  # 0 for the best of the round
        "kept": pa.Column(bool),  # whether it goes into the next round
        "position": _count(),  # of the exemplar in the set
        "question": _text(),
        "rationale": _text(),
        "answer": _text(),
        "family": _text(),
        "origin": _text(checks=pa.Check.isin(_ORIGINS)),
        "teacher_score": _share(nullable=True),
        "students_score": _share(nullable=True),
        "score": _share(nullable=True),  # what decided; none for sets that are not scored
    },
    unique=["repeat", "arm", "round", "set_id", "position"],
)

refine_failures = _table(
    {
        "repeat": _count(),
        "arm": _text(),
        "round": _count(),
        "set_id": _text(),
        "student": _text(),
        "problem_id": _text(),
        "question": _text(),
        "given": _text(nullable=True),  # none: no answer could be read
        "gold": _text(),
    }
)

refine_held_out = _table(
    {
        "repeat": _count(),
        "arm": _text(),
        "round": _count(),
        "set_id": _text(),  # empty for no exemplars
        "problem_id": _text(),
        "family": _text(),
        **_answer(),
    },
    unique=["repeat", "arm", "round", "problem_id"],
)

refine_rounds = _table(
    {
        "repeat": _count(),
        "arm": _text(),
        "round": _count(),
        "sets": _count(),  # that were scored
        "wishes": _count(),  # new sets that were asked for
        "asked_again": _count(),  # replies of the teacher that were no set
        "dropped": _count(),  # of these the second ones
        "failures": _count(),
        "answers": _count(),  # asked for so far, held-out ones aside
        "scorings": _count(),  # questions that scored each set
        "score": _share(nullable=True),  # of the best set, by which it was chosen
        "accuracy": _share(nullable=True),  # of the teacher on held-out problems with that set
        "ci_low": _share(nullable=True),
        "ci_high": _share(nullable=True),
        "f1": _share(nullable=True),  # none without a positive class
        "f1_ci_low": _share(nullable=True),
        "f1_ci_high": _share(nullable=True),
    },
    unique=["repeat", "arm", "round"],
)
