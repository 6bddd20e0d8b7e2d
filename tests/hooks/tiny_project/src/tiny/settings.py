from lbt.hooks import ApiKeys, MlflowRun, ParameterNames, StageClock, StoredInputs, Tracking

HOOKS = (ApiKeys(), MlflowRun(), StoredInputs(), ParameterNames(), Tracking(), StageClock())
DISABLE_HOOKS_FOR_PLUGINS = ("kedro_mlflow",)
