"""What the documents name exists: links, files, commands, pipelines, environments, parameters, modules."""

import importlib
import re
import types
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
import yaml
from kedro.config import OmegaConfigLoader
from kedro.framework.project import configure_project, pipelines
from kedro.validation.parameter_validator import ParameterValidator
from pydantic import BaseModel

from lbt import settings

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/*.md", "conf/*.md", "src/**/*models/*/README.md")
    for path in ROOT.glob(pattern)
)
# tests/test_walkthroughs.py follows those that make what they name.
STANDING = [path for path in DOCUMENTS if not path.name.startswith("add_a")]
FOLDERS = ("src", "conf", "docs", "tests", "benchmarks", "notebooks", ".github", ".ci")


@pytest.fixture(autouse=True, scope="module")
def _project() -> None:
    configure_project("lbt")


@pytest.fixture(params=DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def document(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture(params=STANDING, ids=lambda path: str(path.relative_to(ROOT)))
def standing(request: pytest.FixtureRequest) -> Path:
    """A document about the project as it is, which names nothing that it makes itself."""
    return request.param


def code_of(text: str) -> str:
    """Everything that is set as code: blocks and spans, a line each."""
    blocks = re.findall(r"^```.*?\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    rest = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    return "\n".join([*blocks, *re.findall(r"`([^`\n]+)`", rest)])


def headings_of(text: str) -> set[str]:
    """The anchors that GitHub gives to the headings."""
    titles = re.findall(
        r"^#+ (.+)$", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE), re.MULTILINE
    )
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_relative_link_leads_somewhere(document: Path) -> None:
    text = document.read_text()
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|srcset)="([^"]+)"', text)
    for link in links:
        if re.match(r"https?:", link):
            continue
        name, _, anchor = link.partition("#")
        target = document.parent / name if name else document
        assert target.exists(), f"{link} leads nowhere"
        if anchor:
            assert anchor in headings_of(target.read_text()), f"{link}: there is no such heading"


def test_every_file_that_is_named_exists(standing: Path) -> None:
    folders = "|".join(re.escape(folder) for folder in FOLDERS)
    for name in re.findall(
        rf"(?<![\w./-])((?:{folders})/[\w./*-]*[\w*/])(?![\w<.-])", code_of(standing.read_text())
    ):
        if not name.startswith("conf/local/"):
            assert list(ROOT.glob(name)), f"{name} does not exist"


def test_what_a_file_is_said_to_define_is_in_it(document: Path) -> None:
    text = " ".join(document.read_text().split())
    for name, file in re.findall(r"`([\w.]+)`(?: \([^)]*\))? in `(src/[\w/]+\.py)`", text):
        assert re.search(rf"(?:def|class) {name.split('.')[-1]}\b", (ROOT / file).read_text()), (
            f"{file}: {name}"
        )


def test_every_make_target_that_is_named_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for target in re.findall(r"(?<![\w-])make ([a-z][a-z0-9-]*)", code_of(document.read_text())):
        assert target in targets, f"`make {target}` is not in the Makefile"


def test_every_pipeline_and_environment_that_is_named_exists(standing: Path) -> None:
    code = code_of(standing.read_text())
    for name in re.findall(r"--pipelines?=([\w,]+)", code):
        assert set(name.split(",")) <= set(pipelines), f"there is no pipeline {name}"
    for name in re.findall(r"(?:--env|ENV)=(\w+)", code):
        assert (ROOT / "conf" / name).is_dir(), f"there is no environment {name}"


def test_every_study_that_is_named_exists(standing: Path) -> None:
    for name in re.findall(r"(?:make study NAME=|study (?:run|show) )(\w+)", code_of(standing.read_text())):
        assert (ROOT / f"conf/base/study_{name}.yml").is_file() or list(ROOT.glob(f"conf/*/study_{name}.yml"))


def test_every_command_says_which_environment_it_runs_in(document: Path) -> None:
    if document.name == "CHANGELOG.md":
        return  # it names commands, and asks no one to run them
    bare = re.findall(
        r"^(?:kedro|pytest|python|pip|ruff|mlflow) .*", code_of(document.read_text()), re.MULTILINE
    )
    assert not bare, "write .venv/bin/… or a make target"


def test_every_parameter_that_is_set_exists(standing: Path) -> None:
    code = code_of(standing.read_text())
    for assignments in re.findall(r"""(?:--params=|\bP=["']?)([\w.]+=[^\s"'`]+)""", code):
        for name in re.findall(r"(?:^|,)([\w.]+)=", assignments):
            assert is_parameter(name), f"there is no parameter {name}"


def test_every_parameter_in_a_configuration_file_that_is_shown_exists(standing: Path) -> None:
    for block in re.findall(r"^```yaml\n(.*?)^```", standing.read_text(), re.DOTALL | re.MULTILINE):
        shown = yaml.safe_load(re.sub(r"<[^>\n]+>", "name", block))
        if set(shown) <= set(parameter_types()):
            for name in _leaves(shown):
                assert is_parameter(name), f"there is no parameter {name}"


def _leaves(values: dict[str, Any], prefix: str = "") -> Iterator[str]:
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"


def test_every_parameter_or_figure_that_is_named_exists(document: Path) -> None:
    spans = re.findall(r"`([a-z_]+(?:\.\w+)+)`", document.read_text())
    for name in spans:
        if name.split(".")[0] in parameter_types():
            assert is_parameter(name) or is_figure(name), f"{name} is neither a parameter nor a figure"


def test_every_python_name_exists(document: Path) -> None:
    for name in re.findall(r"`(lbt(?:\.\w+)+)", document.read_text()):
        assert _resolves(name), f"there is no {name}"


def test_the_table_of_stages_names_what_the_catalog_holds() -> None:
    catalog = _configuration()["catalog"]
    stages = "problems|teaching|exams|scoring|preferences|training|evaluation|report"
    row = re.compile(rf"^\| (?:{stages}) \|.*\| (.*) \|$", re.MULTILINE)
    rows = row.findall((ROOT / "README.md").read_text())
    assert len(rows) == 8
    for name in re.findall(r"`(\w+)`", " ".join(rows)):
        assert name in catalog


def _configuration() -> OmegaConfigLoader:
    return OmegaConfigLoader(str(ROOT / "conf"), env="base", **settings.CONFIG_LOADER_ARGS)


@cache
def parameter_types() -> dict[str, Any]:
    configure_project("lbt")
    raw = _configuration()["parameters"]
    return dict(ParameterValidator(dict(pipelines)).validate_raw_params(raw))


def is_parameter(name: str) -> bool:
    first, *rest = name.split(".")
    if first not in parameter_types():
        return False
    kinds: list[Any] = [type(parameter_types()[first])]
    for key in rest:
        kinds = [inner for kind in kinds for inner in _fields(kind, key)]
    return bool(kinds)


def _fields(kind: Any, key: str) -> Iterator[Any]:
    """The types that `key` may have in a value of this type."""
    origin = get_origin(kind)
    if origin is Annotated:
        yield from _fields(get_args(kind)[0], key)
    elif origin in (Union, types.UnionType):
        for choice in get_args(kind):
            yield from _fields(choice, key)
    elif origin is dict:
        yield get_args(kind)[1]
    elif isinstance(kind, type) and issubclass(kind, BaseModel) and key in kind.model_fields:
        yield kind.model_fields[key].annotation


@cache
def sources() -> str:
    return "\n".join(path.read_text() for path in (ROOT / "src").rglob("*.py"))


def is_figure(name: str) -> bool:
    """Whether the code writes this name, or its beginning before a part that is put in."""
    stage, _, rest = name.partition(".")
    return f'"{name}' in sources() or f"{stage}.{{" in sources() or f'"{rest}"' in sources()


def _resolves(name: str) -> bool:
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:count]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[count:]:
            if not hasattr(found, attribute):
                return False
            found = getattr(found, attribute)
        return True
    return False
