"""Kedro hooks: one MLflow run per Kedro run, what goes into it, and what the terminal says about it."""

from lbt.hooks.api_keys import ApiKeys
from lbt.hooks.clock import StageClock
from lbt.hooks.inputs import StoredInputs
from lbt.hooks.mlflow_run import MlflowRun
from lbt.hooks.parameter_names import ParameterNames
from lbt.hooks.tracking import Tracking

__all__ = ["ApiKeys", "MlflowRun", "ParameterNames", "StageClock", "StoredInputs", "Tracking"]
