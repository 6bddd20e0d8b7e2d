"""What a run would ask, of which model, and what it would cost; known before a model is asked anything."""

from lbt.planning.files import check_files
from lbt.planning.jobs import RunSettings
from lbt.planning.plan import plan_run
from lbt.planning.report import describe_plan

__all__ = ["RunSettings", "check_files", "describe_plan", "plan_run"]
