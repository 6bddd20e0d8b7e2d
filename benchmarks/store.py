"""The generation store at a million rows: how fast it is written and looked up.

Run with `python benchmarks/store.py`; needs 700 MB in the folder for temporary files. Three times a new store
is filled in batches as the sampler commits them, and stored samples are looked up in the full one.
"""

import hashlib
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from results import Row, hand_over, options, result

from lbt.generation import Completion, GenerationStore, Origin, StoredSample
from lbt.generation.recording import COMMIT_EVERY_ROWS

ROWS = 1_000_000
SAMPLES = 3
"""Of each key in the first half of the rows; the second half has one sample a key."""
LOOKED_UP = 100_000
CHARACTERS = 300
REPEATS = 3
ORIGIN = Origin("0" * 64, "models/student", "vllm", "1.0", "exams")


def key(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def samples() -> Iterator[tuple[int, int]]:
    """The number of the key and the sample index of every row."""
    for row in range(ROWS // 2):
        yield row // SAMPLES, row % SAMPLES
    for row in range(ROWS // 2, ROWS):
        yield row, 0


def filled(store: GenerationStore) -> float:
    """Fill a store with different texts; returns the seconds spent in `put`."""
    letters = "".join(random.Random(0).choices("abcdefghij klmno pqrst uvwxyz 0123456789\n", k=50_000))
    seconds = 0.0
    rows: list[StoredSample] = []
    for number, index in samples():
        start = number * 7919 % (len(letters) - CHARACTERS)
        text = f"{number} {index} {letters[start : start + CHARACTERS]}"[:CHARACTERS]
        rows.append((key(number), index, Completion(text, "stop", 200, 80)))
        if len(rows) == COMMIT_EVERY_ROWS:
            began = time.perf_counter()
            store.put(rows, ORIGIN)
            seconds += time.perf_counter() - began
            rows = []
    return seconds


def looked_up(store: GenerationStore) -> dict[str, float]:
    """Seconds for a hundred thousand stored rows of randomly chosen keys."""
    source = random.Random(1)
    several = [key(n) for n in source.sample(range(ROWS // 2 // SAMPLES), LOOKED_UP // SAMPLES + 1)]
    single = [key(n) for n in source.sample(range(ROWS // 2, ROWS), LOOKED_UP)]
    seconds = {}
    for name, look_up, keys in (
        ("store_lookup_100k_s", store.get, several),
        ("store_lookup_100k_keys_s", store.get, single),
        ("store_indices_100k_s", store.indices, several),
        ("store_indices_100k_keys_s", store.indices, single),
    ):
        began = time.perf_counter()
        found = look_up(keys)
        seconds[name] = time.perf_counter() - began
        assert sum(map(len, found.values())) >= LOOKED_UP
    return seconds


def measure() -> list[Row]:
    """The median of three repetitions, with the lowest and the highest."""
    seen: dict[str, list[float]] = {}
    for _ in range(REPEATS):
        with tempfile.TemporaryDirectory() as folder, GenerationStore(Path(folder) / "s.sqlite") as store:
            values = {"store_writes_per_s": ROWS / filled(store)} | looked_up(store)
        for name, value in values.items():
            seen.setdefault(name, []).append(value)
    return [
        result(
            name,
            values,
            "rows/s" if name.endswith("per_s") else "s",
            ROWS if name.endswith("per_s") else LOOKED_UP,
            "python benchmarks/store.py",
        )
        for name, values in seen.items()
    ]


def main() -> None:
    arguments = options(__doc__).parse_args()
    hand_over(measure(), arguments.json)


if __name__ == "__main__":
    main()
