"""What is run: its name, its parameters and where they differ from conf/base, its models, its code."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from kedro.config import OmegaConfigLoader
from kedro.framework.project import pipelines, settings
from kedro.pipeline import Pipeline
from kedro.validation.parameter_validator import ParameterValidator
from pydantic import ValidationError

from lbt.errors import SettingsError
from lbt.hooks.code import git_tags
from lbt.hooks.command import assignments, command_of
from lbt.hooks.mlflow_run import plain
from lbt.reporting.settings import TrackingSettings

_IN_NAME = 4
"""So many changed parameters stand in a run's name."""
_SAID_OTHERWISE = ("seed", "preferences.signal", "tracking")
_NO_CHOICE = ("tracking", "training_folder")
"""Parameters that say where a run is kept."""
_ABSENT = "not set"


@dataclass(frozen=True)
class RunDescription:
    """A run before it starts.

    Args:
        run_params: Kedro's record of it.
        pipeline: The part of its pipelines that is run.
        parameters: What Kedro has in the catalog: all, and each as `params:<name>`.
        save_version: The version of the tables that it will write.
        configuration: The folder of conf/base.
    """

    run_params: Mapping[str, Any]
    pipeline: Pipeline
    parameters: Mapping[str, Any]
    save_version: str | None
    configuration: str

    @property
    def pipelines(self) -> str:
        """The names of its pipelines."""
        return "+".join(self._names)

    @property
    def tracking(self) -> TrackingSettings:
        """How it is recorded."""
        try:
            return TrackingSettings.model_validate(plain(self.parameters.get("params:tracking") or {}))
        except ValidationError as error:
            raise SettingsError(f"The parameter tracking is wrong: {error}") from error

    @property
    def arm(self) -> str | None:
        """What its pairs are scored by, if it makes any; a study may name its arms otherwise."""
        if "arm" in self.tracking.tags:
            return str(self.tracking.tags["arm"])
        # asked of the whole pipeline: a run from a later node on uses pairs that a run of the same arm made
        if not any("params:preferences" in pipelines[name].inputs() for name in self._names):
            return None
        return self.parameters.get("params:preferences.signal")

    @property
    def seed(self) -> Any:
        """Its seed, if it has one."""
        return plain(self.parameters.get("params:seed"))

    @property
    def name(self) -> str:
        """What it is called in lists: arm, seed, what the command changes, and the pipeline.

        MLflow's table cuts a name after some 20 characters: what differs between runs comes first.
        """
        if self.tracking.name:
            return self.tracking.name
        words = [self.arm, None if self.seed is None else f"seed {self.seed}"]
        changed = [
            each
            for each in assignments(self.run_params["runtime_params"] or {})
            if not each.startswith(_SAID_OTHERWISE)
        ]
        words += [each if len(each) <= 40 else f"{each[:39]}…" for each in changed[:_IN_NAME]]
        words += [f"and {len(changed) - _IN_NAME} more"] if len(changed) > _IN_NAME else []
        words += [self.pipelines]
        words += (
            [f"({self.run_params['env']})"] if self.run_params["env"] not in (None, "base", "local") else []
        )
        return " ".join(word for word in words if word).replace('"', "'")

    def facts(self) -> dict[str, Any]:
        """All of it, ready for JSON."""
        code = git_tags(Path(self.run_params["project_path"]))
        return {
            "name": self.name,
            "pipeline": self.pipelines,
            "env": self.run_params["env"] or "base",
            "arm": self.arm,
            "seed": self.seed,
            "command": command_of(dict(self.run_params)),
            "commit": code.get("git.commit"),
            "dirty": code.get("git.dirty") == "true",
            "started": datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z"),
            "version": self.save_version,
            "models": list(self._models()),
            "differences": self.differences,
        }

    @property
    def _names(self) -> list[str]:
        return self.run_params["pipeline_names"] or ["__default__"]

    def _models(self) -> Iterator[dict[str, str]]:
        models = plain(self.parameters.get("params:models")) or {}
        if "teacher" in models:
            yield {"name": "teacher", "path": models["teacher"]["path"]}
        for name, student in models.get("students", {}).items():
            yield {"name": f"student {name}", "path": student["path"]}

    @cached_property
    def differences(self) -> list[dict[str, str]]:
        """The parameters that this run reads and that differ from conf/base: name, here, base."""
        read = {
            name.removeprefix("params:").split(".")[0]
            for name in self.pipeline.inputs()
            if name.startswith("params:")
        }.difference(_NO_CHOICE)
        base = flat(_typed_base(self.configuration, {name: pipelines[name] for name in self._names}, read))
        here = flat({name: plain(self.parameters.get(f"params:{name}")) for name in read})
        return [
            {"name": name, "here": _named(here, name), "base": _named(base, name)}
            for name in sorted(base.keys() | here.keys())
            if base.get(name, _ABSENT) != here.get(name, _ABSENT)
        ]


def flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested parameters as `training.beta`."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        name = f"{prefix}{key}"
        found |= flat(value, f"{name}.") if isinstance(value, Mapping) and value else {name: value}
    return found


def _typed_base(configuration: str, whole: dict[str, Pipeline], names: set[str]) -> dict[str, Any]:
    """The parameters of conf/base alone, with the defaults of those that it leaves out."""
    loader = OmegaConfigLoader(configuration, env="base", **settings.CONFIG_LOADER_ARGS)
    typed = ParameterValidator(whole).validate_raw_params(loader["parameters"])
    return {name: plain(value) for name, value in typed.items() if name in names}


def shown(value: Any) -> str:
    """A parameter as it stands in a file."""
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _named(values: Mapping[str, Any], name: str) -> str:
    return shown(values[name]) if name in values else _ABSENT
