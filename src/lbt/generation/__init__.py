"""Text from language models: one sampler over one store and exchangeable engines.

Importing this package imports neither torch nor transformers: engines are imported when one is opened.
"""

from lbt.generation.engines import Engine, Generated, Prompt, open_engine
from lbt.generation.identity import ModelIdentity, identify_model
from lbt.generation.rendering import check_room, load_tokenizer, render_prompt
from lbt.generation.requests import Completion, Request, request_key, sample_stream
from lbt.generation.sampler import Sampler, Samples, generate
from lbt.generation.settings import (
    ModelSettings,
    ModelsSettings,
    RaySettings,
    SamplingSettings,
    ServerSettings,
    VllmSettings,
)
from lbt.generation.store.generations import GenerationStore, Origin, StoredSample

__all__ = [
    "Completion",
    "Engine",
    "Generated",
    "GenerationStore",
    "ModelIdentity",
    "ModelSettings",
    "ModelsSettings",
    "Origin",
    "Prompt",
    "RaySettings",
    "Request",
    "Sampler",
    "Samples",
    "SamplingSettings",
    "ServerSettings",
    "StoredSample",
    "VllmSettings",
    "check_room",
    "generate",
    "identify_model",
    "load_tokenizer",
    "open_engine",
    "render_prompt",
    "request_key",
    "sample_stream",
]
