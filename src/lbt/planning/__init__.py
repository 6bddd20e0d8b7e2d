"""What a run would ask, of which model, and what it would cost; known before a model is asked anything."""

from lbt.planning.plan import RunSettings, plan_run
from lbt.planning.report import describe_plan

__all__ = ["RunSettings", "describe_plan", "plan_run"]
