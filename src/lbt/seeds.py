"""Independent random streams from the run's one seed."""

import hashlib

import numpy as np

SEEDS = 2**48
"""How many seeds there are to derive."""


def derive_seed(seed: int, *names: str) -> int:
    """A 48-bit seed for the stream called `names`; equal names give equal seeds on every machine."""
    material = "\x1f".join([str(seed), *names]).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.sha256(material).digest()[:6], "big")


def random_stream(seed: int, *names: str) -> np.random.Generator:
    """A numpy generator over `derive_seed`."""
    return np.random.default_rng(derive_seed(seed, *names))
