"""The one place where an engine is chosen."""

from lbt.generation.engines.engine import Engine
from lbt.generation.engines.scripted import ScriptedEngine
from lbt.generation.identity import ModelIdentity
from lbt.generation.settings import ModelSettings


def open_engine(model: ModelSettings, identity: ModelIdentity) -> Engine:
    """Load the model into the engine that its settings name; close it, as `contextlib.closing` does.

    Raises:
        ModelError: The model cannot be loaded.
    """
    if model.engine == "vllm":
        from lbt.generation.engines.vllm.engine import VllmEngine

        return VllmEngine(model, identity)
    if model.engine == "ray":
        from lbt.generation.engines.ray.engine import open_on_ray

        return open_on_ray(model, identity, open_engine)
    if model.engine == "scripted":
        return ScriptedEngine(model, identity.name)
    if model.engine == "openai":
        from lbt.generation.engines.openai.engine import OpenAIEngine

        return OpenAIEngine(model, identity)
    from lbt.generation.engines.transformers.engine import TransformersEngine

    return TransformersEngine(model, identity)
