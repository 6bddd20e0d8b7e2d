"""The process behind `VllmEngine`: python -m lbt.generation.engines.vllm.process <descriptor of the pipe>.

It receives settings and identity, then lists of prompts; it sends (kind, content): "ready", "error" with a
text, or "results" with the number of prompts that are answered and their samples. It ends when the pipe does.
"""

import json
import pickle
import sys
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from vllm import EngineArgs, LLMEngine, SamplingParams
from vllm.exceptions import VLLMValidationError
from vllm.lora.request import LoRARequest
from vllm.platforms import current_platform
from vllm.sampling_params import RequestOutputKind
from vllm.usage.usage_lib import UsageContext

from lbt.generation.engines.engine import Generated, Prompt
from lbt.generation.engines.transformers.hardware import choose_device, choose_dtype
from lbt.generation.identity import ModelIdentity
from lbt.generation.rendering import context_length
from lbt.generation.requests import Completion, runs_of, sample_seed
from lbt.generation.settings import ModelSettings, SamplingSettings, VllmSettings

# Twice vLLM's own: an eighth faster with a small model on 2 cores, and 1,024 was no faster than 512.
_CPU_SEQUENCES = 512
_CPU_BATCHED_TOKENS = 8192


class Server:
    """Answers the prompts that come through a pipe."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        settings, identity = pickle.loads(pipe.recv_bytes())
        # As for vLLM's own offline class: its batches are larger than those of a server.
        self._engine = LLMEngine.from_engine_args(
            _engine_args(settings, identity), usage_context=UsageContext.LLM_CLASS
        )
        self._adapter = None
        if settings.adapter is not None:
            self._adapter = LoRARequest("adapter", 1, str(Path(settings.adapter).expanduser()))
        self._requests: dict[str, tuple[Prompt, int]] = {}
        """By vLLM's request id: the prompt, and the index of the first sample that was asked."""
        self._parts: dict[str, int] = {}
        """By request key: its requests that are not answered yet."""

    def serve(self) -> None:
        """Answer until the other end closes the pipe."""
        self._send("ready", None)
        while True:
            # Blocks only while there is nothing to compute.
            while not self._requests or self._pipe.poll():
                for prompt in pickle.loads(self._pipe.recv_bytes()):
                    self._add(prompt)
            self._step()

    def _add(self, prompt: Prompt) -> None:
        runs = list(runs_of(prompt.samples))
        for start, length in runs:
            name = f"{prompt.key}/{start}"
            parameters = _sampling_parameters(prompt.sampling, length, sample_seed(prompt.key, start))
            try:
                self._engine.add_request(
                    name,
                    {"prompt_token_ids": list(prompt.tokens)},
                    parameters,
                    lora_request=self._adapter,
                )
            except (ValueError, VLLMValidationError) as error:  # such as a prompt that is too long for it
                failures = [Generated(prompt.key, index, None, str(error)) for index in prompt.samples]
                self._send("results", (1, failures))
                return
            self._requests[name] = prompt, start
        self._parts[prompt.key] = len(runs)

    def _step(self) -> None:
        answered = 0
        results: list[Generated] = []
        for output in self._engine.step():
            if not output.finished:
                continue
            prompt, start = self._requests.pop(output.request_id)
            results += _results(output, prompt, start)
            self._parts[prompt.key] -= 1
            if not self._parts[prompt.key]:
                del self._parts[prompt.key]
                answered += 1
        if results:
            self._send("results", (answered, results))

    def _send(self, kind: str, content: object) -> None:
        self._pipe.send_bytes(pickle.dumps((kind, content)))


def _engine_args(settings: ModelSettings, identity: ModelIdentity) -> EngineArgs:
    vllm = settings.vllm or VllmSettings()
    arguments: dict[str, Any] = {
        "model": identity.path if identity.revision else identity.folder,
        "revision": identity.revision,
        "tensor_parallel_size": vllm.tensor_parallel_size,
        "gpu_memory_utilization": vllm.gpu_memory_utilization,
        "enable_prefix_caching": True,
        "enforce_eager": current_platform.is_cpu() if vllm.enforce_eager is None else vllm.enforce_eager,
        "disable_log_stats": True,
    }
    optional = {
        "max_model_len": vllm.max_model_len,
        "quantization": vllm.quantization,
        "max_num_seqs": vllm.max_num_seqs or (_CPU_SEQUENCES if current_platform.is_cpu() else None),
    }
    arguments |= {name: value for name, value in optional.items() if value is not None}
    if current_platform.is_cpu():
        device = choose_device("cpu", identity.name)
        arguments["dtype"] = str(choose_dtype(settings.dtype, device)).removeprefix("torch.")
        # Its default is nine tenths of the machine's memory, all of it touched at the start.
        arguments["kv_cache_memory_bytes"] = vllm.cpu_cache_gib << 30
        # Its default of 128 tokens shares no prefix of a short prompt.
        arguments["block_size"] = 32
        # With seeds, vLLM 0.32 fails on a CPU when a prompt is read in parts.
        arguments["enable_chunked_prefill"] = False
        arguments["max_num_batched_tokens"] = max(
            _CPU_BATCHED_TOKENS, context_length(settings, identity) or 0
        )
    else:
        arguments["dtype"] = settings.dtype
    if settings.adapter is not None:
        config = json.loads((Path(settings.adapter).expanduser() / "adapter_config.json").read_text())
        arguments |= {"enable_lora": True, "max_lora_rank": max(16, config["r"])}
    return EngineArgs(**arguments)


def _sampling_parameters(sampling: SamplingSettings, samples: int, seed: int) -> SamplingParams:
    return SamplingParams(
        n=samples,
        seed=None if sampling.greedy else seed,
        temperature=sampling.temperature,
        top_p=sampling.top_p,
        top_k=sampling.top_k,
        max_tokens=sampling.max_tokens,
        stop=list(sampling.stop) or None,
        output_kind=RequestOutputKind.FINAL_ONLY,
    )


def _results(output: Any, prompt: Prompt, start: int) -> Iterator[Generated]:
    for choice in output.outputs:
        index = start + choice.index
        if choice.finish_reason not in ("stop", "length"):
            yield Generated(prompt.key, index, None, f"vLLM ended it: {choice.finish_reason}")
            continue
        completion = Completion(choice.text, choice.finish_reason, len(prompt.tokens), len(choice.token_ids))
        yield Generated(prompt.key, index, completion)


def main() -> None:
    """Serve the pipe that the command line names."""
    pipe = Connection(int(sys.argv[1]))
    try:
        try:
            server = Server(pipe)
        except Exception as error:  # whatever vLLM raises is shown to the user
            pipe.send_bytes(pickle.dumps(("error", str(error).strip() or type(error).__name__)))
            return
        server.serve()
    except (EOFError, ConnectionResetError, BrokenPipeError):
        return


if __name__ == "__main__":
    main()
