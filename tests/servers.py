"""vLLM's own OpenAI-compatible server, serving an embedded model on this machine's loopback."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[1]
MODELS = "src/lbt/pocket/models"
_READY_S = 400


@dataclass
class VllmServer:
    """A running server, in a session of its own together with the process of its engine."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + _READY_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=1):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise AssertionError(f"vLLM's server is not ready:\n{self.log.read_text()[-3000:]}")

    def kill(self) -> None:
        """End it as a crash does: without a word to its clients, whose connections are reset."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def vllm_server(folder: Path, model: str) -> Iterator[VllmServer]:
    """Start a server of one embedded model, which answers to the names of all three; it may not be ready yet.

    Args:
        folder: Where its log goes.
        model: teacher, student_strong or student_weak.
    """
    log = folder / "server.log"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    names = [f"{MODELS}/{name}" for name in ("teacher", "student_strong", "student_weak")]
    arguments = [
        *("--model", f"{MODELS}/{model}", "--served-model-name", *names),
        *("--host", "127.0.0.1", "--port", str(port), "--dtype", "float32"),
        # With seeds, vLLM 0.32 fails on a CPU when a prompt is read in parts.
        *("--no-enable-chunked-prefill", "--max-num-batched-tokens", "4096", "--max-num-seqs", "64"),
        *("--block-size", "32", "--enable-prefix-caching", "--generation-config", "vllm"),
    ]
    environment = {
        "VLLM_CPU_KVCACHE_SPACE": "1",
        "VLLM_CPU_OMP_THREADS_BIND": "nobind",
        "VLLM_NO_USAGE_STATS": "1",
        "HF_HUB_OFFLINE": "1",
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "vllm.entrypoints.openai.api_server", *arguments],
            cwd=PROJECT,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = VllmServer(process, port, log)
    try:
        yield server
    finally:
        if process.poll() is None:
            server.kill()
