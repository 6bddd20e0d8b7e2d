"""The command line that repeats a run."""

import shlex
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


def assignments(values: dict[str, Any], prefix: str = "") -> list[str]:
    """Nested parameters as `a.b=value`."""
    found: list[str] = []
    for key, value in values.items():
        if isinstance(value, dict):
            found += assignments(value, f"{prefix}{key}.")
        else:
            found.append(f"{prefix}{key}={'null' if value is None else value}")
    return found
