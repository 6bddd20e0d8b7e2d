"""What other graders' own tests ask for, as (domain, gold answer, completion, whether it is right).

The forms are those of the public tests of Math-Verify, lighteval, inspect_ai, NeMo-Skills, MARIO_EVAL and the
graders that follow MATH's; sentences and most values are ours.
"""

from tests.grading.peers import hendrycks, inspect_ai, lighteval, mario_eval, math_verify, nemo_skills

Case = tuple[str, str, str, bool]

ORIGINS: dict[str, list[Case]] = {
    "Math-Verify": math_verify.CASES,
    "lighteval": lighteval.CASES,
    "inspect_ai": inspect_ai.CASES,
    "NeMo-Skills": nemo_skills.CASES,
    "MARIO_EVAL": mario_eval.CASES,
    "MATH graders": hendrycks.CASES,
}
