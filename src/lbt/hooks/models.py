"""The tuned model in MLflow: one that MLflow loads by itself, unless it is large."""

import json
import shutil
from importlib.metadata import version
from pathlib import Path

import mlflow
from mlflow.models import Model
from mlflow.models.model import MLMODEL_FILE_NAME

from lbt.training import Checkpoint

_NEEDED = ("transformers", "torch", "safetensors")
_TOKENIZER = ("tokenizer*", "chat_template*", "special_tokens_map.json", "vocab*", "merges.txt")


def log_model(name: str, checkpoint: Checkpoint, path: Path, limit_mb: float) -> None:
    """Copy the model into MLflow if it has at most `limit_mb`; in any case a tag says where it is.

    What is copied loads with `mlflow.transformers.load_model`. The folder of a checkpoint that was not
    trained says why.
    """
    if not checkpoint.trained:
        mlflow.log_artifacts(str(path), name)
        return
    mlflow.set_tag(name, str(path))
    if _megabytes(path) <= limit_mb:
        Model.log(None, _Folder, name=name, flavor_name="transformers", folder=path)


class _Folder:
    """MLflow's flavour "transformers", written without loading the model, as its own function would."""

    @staticmethod
    def save_model(path: str, mlflow_model: Model, folder: Path) -> None:
        """Lay a model folder out as MLflow reads it."""
        target = Path(path)
        shutil.copytree(folder, target / "model")
        tokenizer = target / "components" / "tokenizer"
        tokenizer.mkdir(parents=True)
        for pattern in _TOKENIZER:
            for file in folder.glob(pattern):
                shutil.copy(file, tokenizer)
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        mlflow_model.add_flavor(
            "transformers",
            transformers_version=version("transformers"),
            code=None,
            task="text-generation",
            instance_type="TextGenerationPipeline",
            pipeline_model_type=config["architectures"][0],
            source_model_name=str(folder),
            model_binary="model",
            components=["tokenizer"],
            tokenizer_type="AutoTokenizer",
            torch_dtype=None,
        )
        needed = "\n".join(f"{package}=={version(package)}" for package in _NEEDED)
        (target / "requirements.txt").write_text(f"{needed}\n", encoding="utf-8")
        mlflow_model.save(str(target / MLMODEL_FILE_NAME))


def _megabytes(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
