from omegaconf.resolvers import oc

from lbt.hooks import ApiKeys, MlflowRun, ParameterNames, StageClock, StoredInputs, Tracking

HOOKS = (ApiKeys(), MlflowRun(), StoredInputs(), ParameterNames(), Tracking(), StageClock())
DISABLE_HOOKS_FOR_PLUGINS = ("kedro_mlflow",)
CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "default_run_env": "local",
    "custom_resolvers": {"oc.env": oc.env},
}
