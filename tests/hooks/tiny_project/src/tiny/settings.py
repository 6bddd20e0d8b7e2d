from lbt.hooks import ApiKeys, MlflowRun, ParameterNames, StageClock, Tracking

HOOKS = (ApiKeys(), MlflowRun(), ParameterNames(), Tracking(), StageClock())
DISABLE_HOOKS_FOR_PLUGINS = ("kedro_mlflow",)
