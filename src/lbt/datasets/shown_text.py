"""Kedro dataset of a text that kedro-viz previews, which kedro-datasets' own does not."""

import json

from kedro_datasets._typing import JSONPreview
from kedro_datasets.text import TextDataset

_LINES = 60
"""So many lines are previewed."""


class ShownTextDataset(TextDataset):
    """A text file with its first lines as a preview; of a page, which needs a browser, its place.

    ```yaml
    summary:
      type: lbt.datasets.ShownTextDataset
      filepath: data/08_reporting/summary.txt
      versioned: true
    ```
    """

    def preview(self) -> JSONPreview:
        """What kedro-viz shows: the file and its first lines; it can show JSON, tables and plots alone."""
        path = self._get_load_path()
        shown: dict[str, str | list[str]] = {"file": str(path)}
        if path.suffix == ".html":
            return JSONPreview(json.dumps(shown))
        lines = self.load().splitlines()
        shown["lines"] = [
            *lines[:_LINES],
            *([f"… {len(lines) - _LINES} more"] if len(lines) > _LINES else []),
        ]
        return JSONPreview(json.dumps(shown))
