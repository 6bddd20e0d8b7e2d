from lbt.hooks import MlflowRun, ParameterNames, StageClock, Tracking

HOOKS = (MlflowRun(), ParameterNames(), Tracking(), StageClock())
DISABLE_HOOKS_FOR_PLUGINS = ("kedro_mlflow",)
