"""Promises about what is imported, each in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

CALL = """
import sys
from lbt.generation import GenerationStore, ModelSettings, Request, SamplingSettings, generate
requests = [Request((("user", "apples"),), 2, SamplingSettings(temperature=1, max_tokens=4), 1)]
with GenerationStore(sys.argv[2]) as store:
    samples = generate(ModelSettings(path=sys.argv[1], device="cpu"), requests, store, "exams")
print(samples.new, samples.reused, "torch" in sys.modules)
"""


def run(code: str, *arguments: object) -> str:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_the_package_imports_neither_torch_nor_transformers() -> None:
    code = "import sys, lbt.generation; print({'torch', 'transformers', 'vllm', 'ray'} & set(sys.modules))"
    assert run(code).strip() == "set()"


@pytest.mark.slow
def test_a_call_whose_answers_are_stored_imports_no_torch(tiny_model: Path, tmp_path: Path) -> None:
    path = tmp_path / "generations.sqlite"
    assert run(CALL, tiny_model, path).strip() == "2 0 True"
    assert run(CALL, tiny_model, path).strip() == "0 2 False"
