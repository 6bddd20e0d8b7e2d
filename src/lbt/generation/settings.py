"""Which model to ask and how to sample, and which of these settings change the text.

Every field of `ModelSettings` and `SamplingSettings` says what it is to the request key, under which
generations are stored. A change of a VALUE or IDENTITY field asks anew; any other reuses what is stored.
"""

from enum import Enum
from functools import lru_cache
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from lbt.cluster import Address
from lbt.configuration import WITHOUT_NULLS, Settings


class KeyRole(Enum):
    """What a settings field is to the request key."""

    VALUE = "the key holds the field's value"
    IDENTITY = "the key holds the content that the field leads to (see `identify_model`)"
    PARTS = "the field holds settings of its own, whose fields declare their roles"
    NONE = "the field changes where and how fast, not what is generated"


SCRIPT_PREFIX = "function:"
"""Begins the path of a scripted model whose answers a function gives."""


class VllmSettings(Settings):
    """How vLLM runs a model, in a child process."""

    max_model_len: Annotated[int | None, KeyRole.VALUE] = Field(
        None, ge=2, description="Longest prompt and answer in tokens; the model's own context if not given."
    )
    quantization: Annotated[str | None, KeyRole.VALUE] = Field(
        None, description="As vLLM names it, such as fp8 or awq; what the checkpoint says if not given."
    )
    tensor_parallel_size: Annotated[int, KeyRole.NONE] = Field(
        1, ge=1, description="GPUs that share one copy of the model."
    )
    gpu_memory_utilization: Annotated[float, KeyRole.NONE] = Field(
        0.9, gt=0, le=1, description="Share of a GPU's memory for weights and cache."
    )
    cpu_cache_gib: Annotated[int, KeyRole.NONE] = Field(
        1, ge=1, description="Memory for the cache where vLLM runs on a CPU."
    )
    max_num_seqs: Annotated[int | None, KeyRole.NONE] = Field(
        None, ge=1, description="Answers written at the same time; vLLM's default if not given."
    )
    enforce_eager: Annotated[bool | None, KeyRole.NONE] = Field(
        None, description="No compilation: starts sooner, may write more slowly. By default so on a CPU only."
    )


class ServerSettings(Settings):
    """An OpenAI-compatible server, or several that serve the same model."""

    endpoints: Annotated[tuple[str, ...], KeyRole.NONE] = Field(
        min_length=1, description="Base URLs such as http://127.0.0.1:8000/v1."
    )
    model: Annotated[str | None, KeyRole.VALUE] = Field(
        None, min_length=1, description="The model's name at the server; its path if not given."
    )
    api: Annotated[Literal["completions", "chat"], KeyRole.VALUE] = Field(
        "completions",
        description="completions: our rendering of the model's chat template is sent; chat: the messages "
        "are, for a hosted model whose template and tokenizer are not public.",
    )
    key_variable: Annotated[str, KeyRole.NONE] = Field(
        "OPENAI_API_KEY",
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
        description="The environment variable, or entry of api_keys in conf/local/credentials.yml, that "
        "holds the key.",
    )
    concurrency: Annotated[int, KeyRole.NONE] = Field(
        64, ge=1, description="Calls in flight at one endpoint."
    )
    timeout_s: Annotated[float, KeyRole.NONE] = Field(
        120, gt=0, description="Seconds after which a call is given up and tried again."
    )
    attempts: Annotated[int, KeyRole.NONE] = Field(
        6, ge=1, description="Tries of a call before its samples count as failed."
    )
    samples_per_request: Annotated[int | None, KeyRole.NONE] = Field(
        None, ge=1, description="Largest n of a call, for servers that limit it; 1 where they know no n."
    )

    @field_validator("endpoints")
    @classmethod
    def _check_urls(cls, endpoints: tuple[str, ...]) -> tuple[str, ...]:
        for endpoint in endpoints:
            if not endpoint.startswith(("http://", "https://")):
                raise ValueError(f"{endpoint!r} is not a URL; write http://host:port/v1")
            if "@" in endpoint:
                raise ValueError("a URL must not contain a password; put the key where key_variable says")
        return endpoints


def _pairs(named: Any) -> Any:
    return tuple(sorted(named.items())) if isinstance(named, dict) else named


def _as_range(wanted: Any) -> Any:
    return (wanted, wanted) if isinstance(wanted, int) else wanted


_Count = Annotated[int, Field(ge=1)]
Actors = Annotated[tuple[_Count, _Count], BeforeValidator(_as_range)]
"""The fewest and the most; one number is both."""


class RaySettings(Settings):
    """How actors on a Ray cluster run copies of a model, each in an engine of its own."""

    engine: Annotated[Literal["transformers", "vllm", "scripted"], KeyRole.VALUE] = Field(
        "transformers", description="What runs the model in an actor."
    )
    address: Annotated[Address | None, KeyRole.NONE] = Field(
        None,
        description="host:port or ray://host:port of a cluster, auto for the one that this machine is in; "
        "if not given, one on this machine that lasts as long as the run.",
    )
    actors: Annotated[Actors | None, KeyRole.NONE] = Field(
        None, description="Copies of the model, or [fewest, most]; as many as have room if not given."
    )
    cpus: Annotated[float, KeyRole.NONE] = Field(1, gt=0, description="CPUs of an actor.")
    gpus: Annotated[float | None, KeyRole.NONE] = Field(
        None,
        ge=0,
        description="GPUs of an actor, all in one machine; vllm.tensor_parallel_size, or 1, where the "
        "cluster has GPUs, if not given.",
    )
    resources: Annotated[
        tuple[tuple[str, Annotated[float, Field(gt=0)]], ...], BeforeValidator(_pairs), KeyRole.NONE
    ] = Field((), description="What else an actor takes, by the names that the machines were started with.")
    prompts: Annotated[int, KeyRole.NONE] = Field(
        64, ge=1, description="Neighbouring prompts, which often begin alike, that go to one actor together."
    )
    ahead: Annotated[int, KeyRole.NONE] = Field(
        8, ge=1, description="An actor holds at most this many times as many, in work and waiting."
    )
    tries: Annotated[int, KeyRole.NONE] = Field(
        3, ge=1, description="Actors that a prompt may bring down before it fails."
    )
    wait_s: Annotated[float, KeyRole.NONE] = Field(
        30, ge=0, description="Seconds to wait for machines to join a cluster that is too small."
    )
    ship_code: Annotated[bool, KeyRole.NONE] = Field(
        True, description="Whether a cluster is sent this program's code; the packages must be there."
    )
    side_by_side: Annotated[bool, KeyRole.NONE] = Field(
        False,
        description="Whether students that all say so sit their exams at the same time; for clusters with "
        "room for the actors of all.",
    )
    dashboard: Annotated[bool, KeyRole.NONE] = Field(
        False, description="Whether a cluster on this machine gets Ray's dashboard; others have it anyway."
    )

    @field_validator("actors")
    @classmethod
    def _check_range(cls, actors: tuple[int, int] | None) -> tuple[int, int] | None:
        if actors is not None and actors[0] > actors[1]:
            raise ValueError(f"the fewest ({actors[0]}) are more than the most ({actors[1]})")
        return actors


class ModelSettings(Settings):
    """One model and how to run it."""

    path: Annotated[str, KeyRole.IDENTITY] = Field(
        min_length=1, description="A Hugging Face model folder, or the id of a repository on the hub."
    )
    revision: Annotated[str | None, KeyRole.IDENTITY] = Field(
        None, description="Branch, tag or commit of a hub repository; its default branch if not given."
    )
    adapter: Annotated[str | None, KeyRole.IDENTITY] = Field(
        None, description="The folder of a PEFT adapter that is merged into the model."
    )
    # The engine is part of the key because equal seeds give other texts on another engine, and because a run
    # that asks for an engine must not be handed the texts of a different one. Ray runs another engine, whose
    # name the key then holds (see `inner`): where it runs changes no text.
    engine: Annotated[Literal["transformers", "vllm", "openai", "ray", "scripted"], KeyRole.VALUE] = Field(
        "transformers", description="What runs the model: a library, a server, or a script of answers."
    )
    dtype: Annotated[Literal["auto", "float32", "bfloat16", "float16"], KeyRole.VALUE] = Field(
        "auto", description="Precision; auto is bfloat16 where the hardware computes in it, else float32."
    )
    device: Annotated[str, KeyRole.NONE] = Field(
        "auto", description="Where the model runs, such as cpu or cuda:1; auto takes a GPU if there is one."
    )
    batch_size: Annotated[int | None, KeyRole.NONE] = Field(
        None, ge=1, description="Answers that transformers writes at the same time; by default what fits."
    )
    max_failed_fraction: Annotated[float, KeyRole.NONE] = Field(
        0.02, ge=0, le=1, description="Share of a stage's samples that may fail before the run stops."
    )
    vllm: Annotated[VllmSettings | None, KeyRole.PARTS] = Field(None, description="For engine vllm.")
    server: Annotated[ServerSettings | None, KeyRole.PARTS] = Field(None, description="For engine openai.")
    ray: Annotated[RaySettings | None, KeyRole.NONE] = Field(None, description="For engine ray.")

    @model_validator(mode="after")
    def _check_server(self) -> Self:
        if self.engine == "openai" and self.server is None:
            raise ValueError("engine openai needs server.endpoints, such as [http://127.0.0.1:8000/v1]")
        if self.engine == "openai" and self.adapter is not None:
            raise ValueError("engine openai cannot load an adapter; serve it, and name it in server.model")
        return self

    @property
    def inner(self) -> Self:
        """The model as the engine that computes its texts has it, which for Ray is that in its actors."""
        if self.engine != "ray":
            return self
        engine = (self.ray or RaySettings()).engine
        return self.model_copy(update={"engine": engine, "ray": None})

    @property
    def speaks_chat(self) -> bool:
        """Whether messages are sent as they are, so that no template and tokenizer is needed here."""
        if self.inner.engine == "scripted":
            return True
        return self.engine == "openai" and self.server is not None and self.server.api == "chat"


class ModelsSettings(Settings):
    """The models of a run."""

    teacher: ModelSettings
    students: Annotated[dict[str, ModelSettings], WITHOUT_NULLS] = Field(
        min_length=1, description="Students by name, at least one."
    )


class SamplingSettings(Settings):
    """How an answer is sampled. Top-k and top-p apply after the temperature, top-k first."""

    temperature: Annotated[float, KeyRole.VALUE] = Field(ge=0, le=100, description="0 is greedy decoding.")
    top_p: Annotated[float, KeyRole.VALUE] = Field(
        1.0, gt=0, le=1, description="Sample from the likeliest tokens that hold this probability."
    )
    top_k: Annotated[int, KeyRole.VALUE] = Field(
        0, ge=0, description="Sample from this many likeliest tokens; 0 for all."
    )
    max_tokens: Annotated[int, KeyRole.VALUE] = Field(ge=1, description="The most tokens of one answer.")
    stop: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], KeyRole.VALUE] = Field(
        (), description="Texts before which an answer ends, besides the model's own end of turn."
    )

    @property
    def greedy(self) -> bool:
        """Whether there is nothing random about the answer."""
        return self.temperature == 0


def key_role(settings: type[Settings], field: str) -> KeyRole:
    """The declared role of a field.

    Raises:
        TypeError: The field declares none, or more than one.
    """
    roles = [mark for mark in settings.model_fields[field].metadata if isinstance(mark, KeyRole)]
    if len(roles) != 1:
        raise TypeError(f"{settings.__name__}.{field} must be annotated with exactly one KeyRole.")
    return roles[0]


def key_values(settings: Settings) -> dict[str, Any]:
    """The fields whose values belong in the request key, with their values; unset parts add none."""
    values = {field: getattr(settings, field) for field in _fields(type(settings), KeyRole.VALUE)}
    for field in _fields(type(settings), KeyRole.PARTS):
        part = getattr(settings, field)
        if part is not None:
            values[field] = key_values(part)
    return values


@lru_cache
def _fields(settings: type[Settings], role: KeyRole) -> tuple[str, ...]:
    return tuple(field for field in settings.model_fields if key_role(settings, field) is role)
