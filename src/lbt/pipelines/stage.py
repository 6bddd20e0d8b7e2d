"""How a stage's nodes become a pipeline."""

from collections.abc import Iterable

from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node


def stage(name: str, nodes: Iterable[Node]) -> Pipeline:
    """Group the nodes under the stage's name, which kedro-viz collapses; datasets keep their own names."""
    return Pipeline(list(nodes), namespace=name, tags=name, prefix_datasets_with_namespace=False)
