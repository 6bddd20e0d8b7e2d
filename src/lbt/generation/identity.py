"""Identify a model by a hash of its content, without loading it."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lbt.errors import ModelError
from lbt.generation.settings import SCRIPT_PREFIX, ModelSettings

_TOKENIZER = (
    "tokenizer.json",
    "tokenizer.model",
    "spiece.model",
    "sentencepiece.bpe.model",
    "vocab.json",
    "vocab.txt",
    "tekken.json",
)
_SETTINGS = (
    "config.json",
    "generation_config.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "chat_template.json",
    "chat_template.jinja",
    "merges.txt",
)
_WEIGHTS = ("*.safetensors", "pytorch_model*.bin", "adapter_model.bin")
_BLOCK = 1 << 20


@dataclass(frozen=True)
class ModelIdentity:
    """A model that was found, and a hash of everything in it that changes what it writes."""

    name: str
    """What the caller calls it, for messages."""
    path: str
    """Path or hub id, as configured."""
    folder: str
    """Where configuration, tokenizer and chat template are; for a hub id, its snapshot in the cache; empty
    for a model that is sent messages by its name."""
    identity: str
    """64 hex digits."""
    revision: str | None
    """The commit of a hub repository, None for a folder."""


def identify_model(settings: ModelSettings, name: str) -> ModelIdentity:
    """Find a model and hash it; nothing is loaded.

    A folder's weights, configuration, tokenizer and chat template are read. A hub repository is identified by
    its id and commit: only its small files are fetched, from the local cache if there is no connection. A
    model that a server is sent messages for is what its name says. For a model that a server is sent prompts
    for, the folder needs no weights.

    Args:
        settings: The model.
        name: What messages call it, such as the key of its parameters, "models.teacher".

    Raises:
        ModelError: There is no such model, or something that is needed to chat with it is missing.
    """
    if settings.inner.engine == "scripted":
        return ModelIdentity(name, settings.path, "", _hash_script(settings.path, name), None)
    if settings.speaks_chat:
        served = [("served", settings.path), ("revision", settings.revision)]
        return ModelIdentity(name, settings.path, "", _hash_parts(served), settings.revision)
    path = Path(settings.path).expanduser()
    if path.is_dir():
        folder, revision = path, None
        parts = [_hash_small_files(folder)]
        if settings.engine != "openai" or _find_weights(folder):
            parts.insert(0, ("weights", _hash_files(_weights_of(folder, name, settings.path))))
    else:
        folder = _fetch(settings, name)
        revision = folder.name
        parts = [("hub", settings.path), ("commit", revision)]
    _check_folder(folder, name, settings.path)
    if settings.adapter is not None:
        parts.append(("adapter", _hash_adapter(settings.adapter, name)))
    return ModelIdentity(name, settings.path, str(folder), _hash_parts(parts), revision)


def mark_folder(folder: str) -> str:
    """A quick look at a model folder: its small files, and the names and sizes of its weights.

    Two folders of one mark are taken for copies of one model; empty where there is no folder.
    """
    path = Path(folder)
    if not path.is_dir():
        return ""
    weights = [f"{file.name} {file.stat().st_size}" for file in _find_weights(path)]
    return _hash_parts([_hash_small_files(path), ("weights", "\n".join(weights))])


def _hash_script(path: str, name: str) -> str:
    """A script is what its file holds, or a function that a test has named."""
    if path.startswith(SCRIPT_PREFIX):
        return _hash_parts([("script", path)])
    file = Path(path).expanduser()
    if not file.is_file():
        raise ModelError(f"{name}: there is no file of answers {path} (looked in {Path.cwd()}).")
    return _hash_parts([("script", _hash_files([file]))])


def _hash_parts(parts: Sequence[tuple[str, str | None]]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _check_folder(folder: Path, name: str, path: str) -> None:
    """Raise ModelError unless there is all that is needed to render a chat and to load the model."""
    if not (folder / "config.json").is_file():
        raise ModelError(
            f"{name}: {path} contains no config.json, so it is not a Hugging Face model folder. "
            "Point 'path' at the folder that save_pretrained wrote."
        )
    if not any((folder / file).is_file() for file in _TOKENIZER):
        raise ModelError(
            f"{name}: {path} holds no tokenizer (tokenizer.json). "
            "Save the model's tokenizer there with tokenizer.save_pretrained."
        )
    if not _has_chat_template(folder):
        raise ModelError(
            f"{name}: {path} holds no chat template (chat_template.jinja, or chat_template in "
            "tokenizer_config.json), so messages cannot be turned into a prompt. "
            "Take the instruction-tuned variant of the model, or put a template into chat_template.jinja."
        )


def _has_chat_template(folder: Path) -> bool:
    if any((folder / file).is_file() for file in ("chat_template.jinja", "chat_template.json")):
        return True
    config = folder / "tokenizer_config.json"
    return config.is_file() and bool(json.loads(config.read_text(encoding="utf-8")).get("chat_template"))


def _find_weights(folder: Path) -> list[Path]:
    return sorted(file for pattern in _WEIGHTS for file in folder.glob(pattern))


def _weights_of(folder: Path, name: str, path: str) -> list[Path]:
    files = _find_weights(folder)
    if not files:
        raise ModelError(
            f"{name}: {path} holds no weights (*.safetensors or pytorch_model*.bin). "
            "Was it copied without them, or was saving it interrupted? Copy or save it again."
        )
    return files


def _hash_small_files(folder: Path) -> tuple[str, str]:
    files = [folder / file for file in sorted({*_TOKENIZER, *_SETTINGS})]
    return ("files", _hash_files(file for file in files if file.is_file()))


def _hash_adapter(adapter: str, name: str) -> str:
    folder = Path(adapter).expanduser()
    config = folder / "adapter_config.json"
    if not config.is_file():
        raise ModelError(
            f"{name}: {adapter} contains no adapter_config.json, so it is not a PEFT adapter. "
            "Point 'adapter' at the folder of a saved adapter, or leave it out."
        )
    return _hash_files([config, *_weights_of(folder, name, adapter)])


def _hash_files(files: Iterable[Path]) -> str:
    """The sha256 of the files' names and contents."""
    digest = hashlib.sha256()
    for file in files:
        content = hashlib.sha256()
        for block in _blocks(file):
            content.update(block)
        digest.update(f"{file.name}\0{content.hexdigest()}\0".encode())
    return digest.hexdigest()


def _blocks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            yield block


def _fetch(settings: ModelSettings, name: str) -> Path:
    """The cached snapshot of a hub repository with at least its small files."""
    # Hub ids are "name" or "owner/name"; anything else can only have been meant as a folder.
    if settings.path.count("/") > 1 or settings.path.startswith((".", "/", "~")):
        raise ModelError(
            f"{name}: there is no model folder {settings.path} (looked in {Path.cwd()}). "
            "Correct its 'path' in the parameters."
        )
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    small = [*_TOKENIZER, *_SETTINGS]
    try:
        return Path(snapshot_download(settings.path, revision=settings.revision, allow_patterns=small))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        revision = f" at revision {settings.revision}" if settings.revision else ""
        raise ModelError(
            f"{name}: {settings.path} is neither a folder in {Path.cwd()} nor a repository{revision} that "
            f"could be fetched from the Hugging Face hub ({type(error).__name__}). "
            "Correct its 'path' in the parameters, or connect to the hub once to fill the local cache."
        ) from error
