"""SmolLM2 on exams: our engine beside `generate`, llama.cpp's server and vLLM, greedy, on the same requests.

    make smollm2
    python benchmarks/real_model.py                          ours and generate; minutes on one core
    python benchmarks/real_model.py --llama ENV/bin/python   llama.cpp's server too, of that environment
    python benchmarks/real_model.py --steps                  our engine without each of its savings too

vLLM is measured where it is installed. The requests are exams of --env=smollm2 after 8 rationales of each of
24 problems, which SmolLM2 writes first (kept in --folder). `generate` is that of transformers on batches of
prompts sorted by length. What is compared is measured in one run, which also tells whose texts differ from
those of generate, and after how many equal tokens. llama.cpp serves the four-bit file that the
model's folder was made of; the others compute in float32.

Seconds are those of the processor, so set OMP_NUM_THREADS=1: other work on the machine then counts little.

real_tokens_per_s.*     generated tokens a second, reading the prompts included
real_vs_generate.*      the same over that of generate
real_read_tokens.*      tokens of prompts that were computed for an answer, padding included
real_memory_bound.*     tokens a second of writing alone, 64 answers side by side, if only reading weights
                        and cache took time, at the speed of copying (real_copy_gb_per_s)
real_arithmetic_bound.* tokens a second if nothing but the multiplications for the tokens read and written
                        took time, at the speed of a large matrix product (real_gflop_per_s)
"""

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from itertools import takewhile
from math import inf
from pathlib import Path
from typing import Any

import psutil
from real_workload import real_exams
from results import Row, hand_over, options, result
from workload import ROOT, opened

from lbt.generation import ModelSettings, Prompt, ServerSettings, load_tokenizer
from lbt.generation.identity import identify_model

ROWS = 64
"""Answers side by side in generate and in the bounds."""
SLOTS = 16
"""Answers side by side in llama.cpp's server, which gains nothing from more."""
COMMAND = "python benchmarks/real_model.py"

Texts = dict[str, tuple[str, int]]
"""By request key: the answer and its tokens."""
Way = Callable[[Sequence[Prompt]], Texts]


@contextmanager
def by_engine(settings: ModelSettings) -> Iterator[Way]:
    """One of our engines, called with all prompts."""
    with opened(settings) as (engine, _):

        def answer(prompts: Sequence[Prompt]) -> Texts:
            found = [one for one in engine.generate(prompts) if one.completion]
            assert len(found) == len(prompts)
            return {one.key: (one.completion.text, one.completion.tokens) for one in found if one.completion}

        yield answer


@contextmanager
def without(settings: ModelSettings, *left_out: str) -> Iterator[Way]:
    """Our engine without `sharing` of what prompts begin with, without `grouping` of heads, or both."""
    from lbt.generation.engines.transformers import engine, reading

    passes, grouping = dict(reading.PASS), engine.use_grouped_attention
    if "grouping" in left_out:
        engine.use_grouped_attention = lambda model: None
    with by_engine(settings) as way:
        engine.use_grouped_attention = grouping

        def answer(prompts: Sequence[Prompt]) -> Texts:
            reading.PASS.update(dict.fromkeys(passes, inf) if "sharing" in left_out else passes)
            texts = way(prompts)
            reading.PASS.update(passes)
            return texts

        yield answer


@contextmanager
def by_generate(settings: ModelSettings) -> Iterator[Way]:
    """The library's own way."""
    import torch
    from transformers import AutoModelForCausalLM, logging

    logging.set_verbosity_error()
    model = AutoModelForCausalLM.from_pretrained(settings.path, dtype=torch.float32).eval()
    tokenizer = load_tokenizer(identify_model(settings, "benchmark"))
    tokenizer.padding_side = "left"

    def answer(prompts: Sequence[Prompt]) -> Texts:
        found: Texts = {}
        ordered = sorted(prompts, key=lambda prompt: -len(prompt.tokens))
        for start in range(0, len(ordered), ROWS):
            batch = ordered[start : start + ROWS]
            inputs = tokenizer.pad({"input_ids": [list(one.tokens) for one in batch]}, return_tensors="pt")
            with torch.inference_mode():
                written = model.generate(
                    **inputs, do_sample=False, max_new_tokens=batch[0].sampling.max_tokens
                )
            for prompt, row in zip(batch, written[:, inputs["input_ids"].shape[1] :].tolist(), strict=True):
                end = row.index(tokenizer.eos_token_id) + 1 if tokenizer.eos_token_id in row else len(row)
                text = tokenizer.decode(
                    row[:end], skip_special_tokens=True, clean_up_tokenization_spaces=False
                )
                found[prompt.key] = text, end
        return found

    yield answer


@contextmanager
def by_llama(settings: ModelSettings, python: str, gguf: Path | None) -> Iterator[Way]:
    """llama.cpp's server through the engine openai."""
    with tempfile.TemporaryDirectory() as folder:
        file = gguf or fetch_gguf(Path(folder))
        command = [python, str(ROOT / "benchmarks" / "llama_server.py"), str(file), "--slots", str(SLOTS)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process:
            try:
                assert process.stdout is not None
                address = next(line for line in process.stdout if line.startswith("http")).strip()
                server = ServerSettings(
                    endpoints=(f"{address}/v1",), concurrency=SLOTS, timeout_s=600, samples_per_request=1
                )
                with by_engine(settings.model_copy(update={"engine": "openai", "server": server})) as way:
                    yield way
            finally:
                process.terminate()


def fetch_gguf(folder: Path) -> Path:
    from lbt.pretrained import SMOLLM2
    from lbt.pretrained.fetching import fetch

    return fetch(SMOLLM2, folder, print)[0]


def measure(
    ways: dict[str, Way], prompts: Sequence[Prompt], turns: int
) -> tuple[dict[str, list[float]], dict[str, Texts]]:
    """Tokens a second of all ways, taking turns, and what each wrote."""
    speeds: dict[str, list[float]] = {name: [] for name in ways}
    texts: dict[str, Texts] = {}
    for way in ways.values():
        way(prompts[:2])  # warm
    for _ in range(turns):
        for name, way in ways.items():
            began = processor_seconds()
            texts[name] = way(prompts)
            seconds = processor_seconds() - began
            speeds[name].append(sum(tokens for _, tokens in texts[name].values()) / seconds)
            print(f"{name}: {seconds:.0f} s, {speeds[name][-1]:.1f} tokens/s", flush=True)
    return speeds, texts


def rows_of(speeds: dict[str, list[float]], requests: int) -> list[Row]:
    rows = []
    for name, values in speeds.items():
        ratios = [value / base for value, base in zip(values, speeds["generate"], strict=True)]
        rows.append(result(f"real_tokens_per_s.{name}", values, "token/s", requests, COMMAND))
        rows.append(result(f"real_vs_generate.{name}", ratios, "ratio", requests, COMMAND))
    return rows


def processor_seconds() -> float:
    """What this process and its children have used: other work on the machine counts little."""
    me = psutil.Process()
    times = [process.cpu_times() for process in (me, *me.children(recursive=True))]
    return sum(some.user + some.system for some in times)


def bounds(settings: ModelSettings, prompts: Sequence[Prompt], texts: dict[str, Texts]) -> list[Row]:
    """What this machine could do at most."""
    import torch
    from transformers import AutoConfig

    written = sum(tokens for _, tokens in texts["transformers"].values()) / len(prompts)
    block, copied = torch.ones(1 << 26), torch.ones(1 << 26)
    copy_s = best(lambda: copied.copy_(block))
    square = torch.ones(2048, 2048)
    product_s = best(lambda: square @ square)
    gigabytes, gigaflops = 2 * block.nbytes / copy_s / 1e9, 2 * 2048**3 / product_s / 1e9
    config = AutoConfig.from_pretrained(settings.path)
    weights = sum(file.stat().st_size for file in Path(settings.path).glob("*.safetensors")) / 2
    length = sum(len(prompt.tokens) for prompt in prompts) / len(prompts) + written / 2
    cached = 2 * config.num_hidden_layers * config.num_key_value_heads * config.head_dim * 4 * length
    memory = {
        name: ROWS * gigabytes * 1e9 / (weights * size + ROWS * cached)
        for name, size in {"float32": 4.0, "four_bits": 0.73}.items()
    }
    read = {"whole": length - written / 2, "ours": read_tokens(prompts, int(weights))}
    arithmetic = {
        name: written * gigaflops * 1e9 / (2 * weights * (tokens + written)) for name, tokens in read.items()
    }
    rows = {
        "real_copy_gb_per_s": (gigabytes, "GB/s"),
        "real_gflop_per_s": (gigaflops, "GFLOP/s"),
        **{f"real_memory_bound.{name}": (value, "token/s") for name, value in memory.items()},
        **{f"real_read_tokens.{name}": (value, "token") for name, value in read.items()},
        **{f"real_arithmetic_bound.{name}": (value, "token/s") for name, value in arithmetic.items()},
    }
    return [result(name, [value], unit, len(prompts), COMMAND) for name, (value, unit) in rows.items()]


def read_tokens(prompts: Sequence[Prompt], parameters: int) -> float:
    """Tokens that our engine computes to read a prompt, padding included."""
    from lbt.generation.engines.transformers.batching import batches
    from lbt.generation.engines.transformers.reading import PASS
    from lbt.generation.engines.transformers.sharing import plan_levels

    total = 0
    for _, batch in batches(prompts, lambda _: ROWS):
        plan = plan_levels([prompt.tokens for prompt in batch], PASS["cpu"] / parameters)
        total += sum(len(level.pieces) * level.width for level in plan)
    return total / len(prompts)


def best(work: Callable[[], Any]) -> float:
    times = []
    for _ in range(5):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


def compare(texts: dict[str, Texts], settings: ModelSettings) -> None:
    """Print for each way how many texts differ from those of generate, and after how many equal tokens."""
    tokenizer = load_tokenizer(identify_model(settings, "benchmark"))

    def tokens(text: str) -> list[int]:
        return list(tokenizer.encode(text, add_special_tokens=False))

    for name in texts.keys() - {"generate"}:
        places = []
        for key, (text, _) in texts["generate"].items():
            one, other = tokens(text), tokens(texts[name][key][0])
            if one != other:
                pairs = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
                places.append(f"{len(list(pairs))} of {len(one)}")
        where = f", after equal tokens: {', '.join(places)}" if places else ""
        print(f"{name}: {len(places)} of {len(texts[name])} texts differ from generate's{where}")


def main() -> None:
    parser = options(__doc__)
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "data" / "benchmarks", help="for the rationales"
    )
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--turns", type=int, default=1)
    parser.add_argument("--steps", action="store_true", help="our engine without each of its savings too")
    parser.add_argument("--llama", metavar="PYTHON", help="of an environment with xllamacpp")
    parser.add_argument("--gguf", type=Path, help="what llama.cpp serves; by default it is fetched")
    arguments = parser.parse_args()
    settings, prompts = real_exams(arguments.folder, arguments.requests)
    opening: dict[str, Any] = {"transformers": by_engine(settings), "generate": by_generate(settings)}
    if arguments.steps:
        opening["without_sharing"] = without(settings, "sharing")
        opening["without_grouping"] = without(settings, "grouping")
        opening["without_both"] = without(settings, "sharing", "grouping")
    if find_spec("vllm") is not None:
        opening["vllm"] = by_engine(settings.model_copy(update={"engine": "vllm"}))
    if arguments.llama:
        opening["llama"] = by_llama(settings, arguments.llama, arguments.gguf)
    with ExitStack() as stack:
        ways = {name: stack.enter_context(way) for name, way in opening.items()}
        speeds, texts = measure(ways, prompts, arguments.turns)
    compare(texts, settings)
    hand_over([*rows_of(speeds, len(prompts)), *bounds(settings, prompts, texts)], arguments.json)


if __name__ == "__main__":
    main()
