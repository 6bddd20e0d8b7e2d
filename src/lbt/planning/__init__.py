"""What a run would ask, of which model, and what it would cost; known before a model is asked anything."""

from lbt.planning.description import describe_plan
from lbt.planning.files import check_files
from lbt.planning.jobs import JOBS
from lbt.planning.plan import plan_run
from lbt.planning.settings import DryRunSettings, Job, RunSettings
from lbt.planning.size import check_size, rough_promptings

__all__ = [
    "JOBS",
    "DryRunSettings",
    "Job",
    "RunSettings",
    "check_files",
    "check_size",
    "describe_plan",
    "plan_run",
    "rough_promptings",
]
