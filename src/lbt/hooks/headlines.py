"""Which figures become metrics in MLflow: those that runs are compared by. The rest is in their report."""

import re

# a student's own, what a method costs, how a training went on after a kill, and counts that say how sure
# another figure is
_DETAILS = re.compile(
    r"exam\.(demos|baseline_mean.*|\w+\.\w+)"
    r"|scoring\.(right|lucky)_demos"
    r"|preferences\.(?!pairs$).*"
    r"|search\.cost\..*"
    r"|training\.(trained|pairs_too_long|items_too_long|resumed_step|seconds|last_epoch\..*)"
)
_INTERVALS = re.compile(r".*_(ci_low|ci_high|p_value)")
_WITH_INTERVALS = re.compile(
    r"eval\..*|search\.(sum|max)_minus_sc_.*|refine\.students_minus_.*|instructor\..*"
)


def is_headline(name: str) -> bool:
    """Whether runs are compared by this figure."""
    if _INTERVALS.fullmatch(name):
        return bool(_WITH_INTERVALS.fullmatch(name))
    return not _DETAILS.fullmatch(name)
