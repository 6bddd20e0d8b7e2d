"""Refuse parameters that nothing reads, which are nearly always typing mistakes."""

from difflib import get_close_matches
from typing import Any

from kedro.framework.hooks import hook_impl
from kedro.framework.project import pipelines

from lbt.errors import SettingsError


class ParameterNames:
    """Checks the top-level names; the typed settings refuse unknown keys below them."""

    @hook_impl
    def after_catalog_created(self, parameters: dict[str, Any]) -> None:
        """Compare the configured parameters with what the registered pipelines read."""
        known = {
            name.removeprefix("params:").split(".")[0]
            for pipeline in pipelines.values()
            for name in pipeline.inputs()
            if name.startswith("params:")
        }
        for name in parameters["parameters"]:
            if name not in known:
                close = get_close_matches(name, known, n=1)
                hint = f" Did you mean {close[0]!r}?" if close else ""
                raise SettingsError(
                    f"parameter {name!r}: no pipeline reads it.{hint} Known: {', '.join(sorted(known))}."
                )
