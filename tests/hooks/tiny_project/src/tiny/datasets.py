from pathlib import Path, PurePosixPath
from typing import Any

from kedro.io import AbstractVersionedDataset, Version


class FolderDataset(AbstractVersionedDataset[dict[str, str], Path]):
    """A versioned folder of text files."""

    def __init__(
        self, filepath: str, version: Version | None = None, metadata: dict[str, Any] | None = None
    ) -> None:
        super().__init__(PurePosixPath(filepath), version)
        self.metadata = metadata

    def save(self, data: dict[str, str]) -> None:
        folder = Path(self._get_save_path())
        folder.mkdir(parents=True)
        for name, text in data.items():
            (folder / name).write_text(text)

    def load(self) -> Path:
        return Path(self._get_load_path())

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
