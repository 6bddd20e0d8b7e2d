"""The command line that repeats a run."""

import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

_LISTS = ("tags", "from_nodes", "to_nodes", "from_inputs", "to_outputs", "namespaces")


def command_of(run_params: dict[str, Any]) -> str:
    """Write Kedro's record of a run as the `kedro run` command that repeats it.

    A repeated run takes everything that was generated from the store, so this also is how a run is resumed.
    """
    words = ["kedro", "run"]
    names = run_params["pipeline_names"]
    if names:
        words.append(("--pipeline=" if len(names) == 1 else "--pipelines=") + ",".join(names))
    if run_params["env"]:
        words.append("--env=" + run_params["env"])
    for option in _LISTS:
        if run_params[option]:
            words.append(f"--{option.replace('_', '-')}=" + ",".join(run_params[option]))
    if run_params["node_names"]:
        words.append("--nodes=" + ",".join(run_params["node_names"]))
    if run_params["load_versions"]:
        versions = (f"{name}:{version}" for name, version in run_params["load_versions"].items())
        words.append("--load-versions=" + ",".join(versions))
    if run_params["runtime_params"]:
        words.append("--params=" + ",".join(assignments(run_params["runtime_params"])))
    return shlex.join(words)


def to_type(command: str) -> str:
    """A `kedro …` command as the user can type it: by a path where the environment is not active."""
    # Not the path that was typed: it may begin in another folder than the one that a run has changed to.
    program, found = Path(sys.prefix) / "bin" / "kedro", shutil.which("kedro")
    if Path(sys.argv[0]).name != "kedro" or (found is not None and os.path.samefile(found, program)):
        return command
    shown = os.path.relpath(program) if program.is_relative_to(Path.cwd()) else str(program)
    return shlex.quote(shown) + command.removeprefix("kedro")


def assignments(values: dict[str, Any], prefix: str = "") -> list[str]:
    """Nested parameters as `a.b=value`."""
    found: list[str] = []
    for key, value in values.items():
        if isinstance(value, dict):
            found += assignments(value, f"{prefix}{key}.")
        else:
            found.append(f"{prefix}{key}={'null' if value is None else value}")
    return found
