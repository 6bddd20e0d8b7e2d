"""Kedro's project settings (https://docs.kedro.org/en/stable/configure/settings/)."""

import warnings

from omegaconf.resolvers import oc

# Kedro 1.7 calls a function that OmegaConf 2.4 has renamed; no user of this project can act on it.
warnings.filterwarnings("ignore", message="register_new_resolver")

from lbt.hooks import ApiKeys, MlflowRun, ParameterNames, StageClock, StoredInputs, Tracking  # noqa: E402

HOOKS = (ApiKeys(), MlflowRun(), StoredInputs(), ParameterNames(), Tracking(), StageClock())

# MlflowRun extends the hook that this plugin would register by itself.
DISABLE_HOOKS_FOR_PLUGINS = ("kedro_mlflow",)

CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "default_run_env": "local",
    # an environment changes single keys of a stage's parameters and leaves the others as they are
    "merge_strategy": {"parameters": "soft", "mlflow": "soft"},
    "custom_resolvers": {"oc.env": oc.env},
}
