"""The project's files agree with each other."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
import yaml
from kedro.config import OmegaConfigLoader
from kedro.framework.project import configure_project, pipelines
from kedro.validation.parameter_validator import ParameterValidator
from kedro.validation.type_extractor import TypeExtractor
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from pydantic import BaseModel

from lbt import settings
from lbt.generation import ModelSettings
from lbt.grading.settings import GradingClusterSettings
from lbt.hooks import ParameterNames
from lbt.hooks.tracking import KNOWN

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.fixture(autouse=True, scope="module")
def _project() -> None:
    configure_project("lbt")


def config_of(env: str) -> OmegaConfigLoader:
    return OmegaConfigLoader(str(ROOT / "conf"), env=env, **settings.CONFIG_LOADER_ARGS)


def catalog_of(env: str) -> dict[str, dict]:
    return config_of(env)["catalog"]


def pinned() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    names = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(name): version for name, version in names}


def test_the_two_project_files_of_kedro_are_equal() -> None:
    assert yaml.safe_load((ROOT / ".kedro.yml").read_text()) == PYPROJECT["tool"]["kedro"]


def test_telemetry_is_off() -> None:
    assert yaml.safe_load((ROOT / ".telemetry").read_text()) == {"consent": False}


def test_every_dependency_is_pinned_within_its_range() -> None:
    project = PYPROJECT["project"]
    versions = pinned()
    for text in project["dependencies"] + project["optional-dependencies"]["dev"]:
        requirement = Requirement(text)
        assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)]), text


def test_pins_hold_on_every_machine() -> None:
    text = (ROOT / "constraints.txt").read_text()
    assert not {"@", "+", "/"} & set(text.split("\n", 1)[1])


def test_this_environment_is_the_pinned_one() -> None:
    versions = pinned()
    for distribution in metadata.distributions():
        name = canonicalize_name(distribution.name)
        if name not in ("pip", "setuptools", "wheel", "lbt"):
            assert versions[name] == distribution.version.split("+")[0], name


def test_the_layers_are_kept() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("env", ["base", "test"])
def test_every_table_has_a_schema_and_everything_is_versioned(env: str) -> None:
    for name, entry in catalog_of(env).items():
        if entry["type"] == "pandas.ParquetDataset":
            assert entry["validator"] == f"lbt.tables.{name}"
        assert entry.get("versioned") or name == "generation_store", name
        assert "layer" in entry["metadata"]["kedro-viz"], name
        assert entry["metadata"].get("mlflow", "artifact") in KNOWN, name


LAYERS = [
    "raw",
    "intermediate",
    "primary",
    "feature",
    "model_input",
    "models",
    "model_output",
    "reporting",
]


def test_layers_only_lead_forward_or_kedro_viz_cannot_draw_them() -> None:
    layer = {
        name: LAYERS.index(entry["metadata"]["kedro-viz"]["layer"])
        for name, entry in catalog_of("base").items()
    }
    for pipeline in pipelines.values():
        for node in pipeline.nodes:
            read = max((layer[name] for name in node.inputs if name in layer), default=0)
            for name in node.outputs:
                assert read <= layer[name], f"{node.name} makes {name} from a later layer"


def test_each_entry_lies_in_the_folder_of_its_layer() -> None:
    for name, entry in catalog_of("base").items():
        layer = entry["metadata"]["kedro-viz"]["layer"]
        assert f"0{LAYERS.index(layer) + 1}_{layer}/" in entry["filepath"], name


def test_the_main_job_leaves_nothing_in_memory() -> None:
    catalog = set(catalog_of("base"))
    made = pipelines["lbt_finetune"].all_outputs()
    assert made <= catalog
    assert pipelines["lbt_finetune"].inputs() - catalog == {
        name
        for name in pipelines["lbt_finetune"].inputs()
        if name == "parameters" or name.startswith("params:")
    }


def test_the_main_job_is_the_default() -> None:
    assert pipelines["__default__"].nodes == pipelines["lbt_finetune"].nodes


@pytest.mark.parametrize("env", ["base", "test", "pocket_code"])
def test_the_configured_parameters_are_valid_and_all_read(env: str) -> None:
    raw = config_of(env)["parameters"]
    typed = ParameterValidator(dict(pipelines)).validate_raw_params(raw)
    assert typed["seed"].root == 0
    ParameterNames().after_catalog_created({"parameters": typed})


@pytest.mark.parametrize("env", ["base", "test"])
def test_one_environment_variable_moves_all_data(env: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LBT_DATA", "/elsewhere")
    config = config_of(env)
    assert all(entry["filepath"].startswith("/elsewhere/") for entry in config["catalog"].values())
    assert config["parameters"]["training_folder"].startswith("/elsewhere/")


def test_every_parameter_says_what_it_is() -> None:
    for file in sorted((ROOT / "conf/base").glob("parameters*.yml")):
        if file.name == "parameters_pocket.yml":
            continue  # the recipe of the embedded models, which docs/pocket.md explains
        for number, line in enumerate(file.read_text().splitlines(), start=1):
            key, _, value = line.partition(":")
            if value.strip() and not key.lstrip().startswith("#"):
                assert " # " in value, f"{file.name}:{number} has no comment"


COMMENTED = re.compile(r"^(\s*)# (?=\s*[a-z_0-9]+:( |$))", re.MULTILINE)


def documented() -> dict[str, Any]:
    """conf/base with its commented parameters, `# device: auto`, taken in as if they were set."""
    files = sorted((ROOT / "conf/base").glob("parameters*.yml"))
    parts = [yaml.safe_load(COMMENTED.sub(r"\1", file.read_text())) for file in files]
    return {name: value for part in parts for name, value in part.items()}


def models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in models_in(part)]


def undocumented(model: type[BaseModel], values: dict[str, Any], at: str) -> Iterator[str]:
    """The fields that have no line. One of several models of a kind, such as students, shows them for all."""
    for name, field in model.model_fields.items():
        if name not in values:
            yield f"{at}.{name}"
            continue
        for inner in models_in(field.annotation):
            value = values[name]
            if get_origin(field.annotation) is dict:
                value = {key: each for entry in reversed(value.values()) for key, each in entry.items()}
                if inner is ModelSettings:
                    value |= values["teacher"]
            if isinstance(value, dict):
                yield from undocumented(inner, value, f"{at}.{name}")


def test_every_field_of_every_setting_has_a_line_in_conf_base() -> None:
    values = documented()
    types = TypeExtractor(dict(pipelines)).extract_types_from_pipelines()
    tops = {name.removeprefix("params:"): models_in(kind) for name, kind in types.items()}
    assert set(tops) == set(values)
    settings_models = {
        name: kinds[0] for name, kinds in tops.items() if kinds and "root" not in kinds[0].model_fields
    }
    assert [
        line for name, model in settings_models.items() for line in undocumented(model, values[name], name)
    ] == []


def test_the_commented_lines_of_conf_base_are_valid_and_say_the_defaults() -> None:
    validator = ParameterValidator(dict(pipelines))
    folders = {
        name: value for name, value in config_of("base")["parameters"].items() if name.endswith("folder")
    }
    taken_in = documented()
    for part in (
        "vllm",
        "server",
        "ray",
    ):  # at their own defaults, not at the model's, which has none of them
        own = models_in(ModelSettings.model_fields[part].annotation)[0](
            **taken_in["models"]["teacher"].pop(part)
        )
        set_by_user = {"endpoints": own.endpoints} if part == "server" else {}
        assert own == type(own)(**set_by_user)
    assert taken_in["grading"].pop("cluster") == GradingClusterSettings().model_dump()
    as_it_is = validator.validate_raw_params(config_of("base")["parameters"])
    assert validator.validate_raw_params(taken_in | folders) == as_it_is


def test_kedro_viz_says_nothing_in_a_run_of_a_part() -> None:
    loggers = yaml.safe_load((ROOT / "conf/logging.yml").read_text())["loggers"]
    assert loggers["kedro_viz.integrations.kedro.run_hooks"] == {"level": "ERROR"}
