"""What a part of a pipeline takes from earlier runs must be there and belong together."""

from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

from kedro.framework.hooks import hook_impl
from kedro.framework.project import pipelines
from kedro.io import AbstractVersionedDataset, CatalogProtocol
from kedro.pipeline import Pipeline

from lbt.errors import DataError
from lbt.hooks.command import command_of, to_type

_PARTS = ("tags", "from_nodes", "node_names", "from_inputs", "to_outputs", "namespaces", "load_versions")


class StoredInputs:
    """Checks the tables that a part of a pipeline reads and does not make.

    A table belongs to those it was made from if none of them is of a later run, or if that later one has the
    same content.
    """

    @hook_impl(tryfirst=True)
    def before_pipeline_run(
        self, run_params: dict[str, Any], pipeline: Pipeline, catalog: CatalogProtocol
    ) -> None:
        """Refuse inputs without a catalog entry, that no run has made, or that do not belong together."""
        names = sorted(name for name in pipeline.inputs() if not name.startswith(("params:", "parameters")))
        for name in names:
            if name not in catalog:
                raise DataError(
                    f"The catalog has no entry {name!r}, which this run reads. Add one to "
                    "conf/base/catalog.yml; conf/README.md says what it holds."
                )
        whole = reduce(add, (pipelines[name] for name in run_params["pipeline_names"] or ["__default__"]))
        made = {name: catalog.get(name) for name in names if name in whole.all_outputs()}
        stored = {name: each for name, each in made.items() if isinstance(each, AbstractVersionedDataset)}
        command = _from_the_start(run_params, pipeline)
        if missing := [name for name, dataset in stored.items() if not dataset.exists()]:
            raise DataError(
                f"This run reads {', '.join(missing)}, which no run has made yet. Begin with the stages that "
                f"make them:\n  {command}"
            )
        versions = {name: str(dataset.resolve_load_version()) for name, dataset in stored.items()}
        outdated = [
            f"  {name} ({version}) was made before {origin} ({versions[origin]}), which it is made from"
            for name, version in versions.items()
            for origin in sorted(whole.to_outputs(name).all_inputs() & versions.keys())
            if version < versions[origin] and _differs(stored[origin], version)
        ]
        if outdated:
            raise DataError(
                "These tables do not belong together:\n" + "\n".join(outdated) + "\n"
                "Make them again, with the parameters of the newer ones. What is stored is not generated "
                f"again:\n  {command}\nOr choose versions that belong together with --load-versions."
            )


def _differs(dataset: Any, version: str) -> bool:
    """Whether a dataset's content has changed since a version."""
    newest = Path(dataset._get_load_path())
    earlier = [folder for folder in newest.parents[1].iterdir() if folder.name <= version]
    if not earlier or not newest.is_file():
        return True
    return (max(earlier) / newest.name).read_bytes() != newest.read_bytes()


def _from_the_start(run_params: dict[str, Any], part: Pipeline) -> str:
    """The command that makes everything that the part reads, and the part."""
    last = [node.name for node in part.nodes if not set(node.outputs) & part.all_inputs()]
    return to_type(command_of(run_params | dict.fromkeys(_PARTS) | {"to_nodes": last}))
