import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lbt.generation import ModelSettings, Request, SamplingSettings, request_key, sample_stream

MODEL = ModelSettings(path="somewhere")
SAMPLING = SamplingSettings(temperature=0.7, max_tokens=64)
GREEDY = SamplingSettings(temperature=0, max_tokens=64)

material = st.tuples(st.text(max_size=20), st.text(max_size=20), st.integers(0, 2**48))


@given(first=material, second=material)
def test_keys_are_equal_exactly_if_model_prompt_and_seed_are(
    first: tuple[str, str, int], second: tuple[str, str, int]
) -> None:
    keys = [
        request_key(MODEL, identity, prompt, SAMPLING, seed)
        for identity, prompt, seed in (first, second, first)
    ]
    assert keys[0] == keys[2]
    assert (keys[0] == keys[1]) == (first == second)


def test_a_greedy_request_is_the_same_with_every_seed() -> None:
    assert request_key(MODEL, "hash", "prompt", GREEDY, 1) == request_key(MODEL, "hash", "prompt", GREEDY, 2)


def test_keys_stay_what_they_are_across_versions() -> None:
    """A change here makes every stored generation unreachable: say so in the CHANGELOG."""
    key = request_key(MODEL, "hash", "prompt", SAMPLING, 1)
    assert key == "38e18a6065b42734ab18e6feeea55a96efcbd63632e6e043b9aa9c402f260454"


def test_samples_of_a_request_have_independent_reproducible_streams() -> None:
    key = request_key(MODEL, "hash", "prompt", SAMPLING, 1)
    drawn = np.stack([sample_stream(key, index).random(1000) for index in range(20)])
    assert np.array_equal(drawn[3], sample_stream(key, 3).random(1000))
    correlations = np.corrcoef(drawn)[np.triu_indices(20, 1)]
    assert np.abs(correlations).max() < 0.15


def test_a_longer_stream_begins_with_the_shorter() -> None:
    assert np.array_equal(sample_stream("key", 0).random(10), sample_stream("key", 0).random(50)[:10])


def test_a_request_for_no_samples_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one sample"):
        Request((("user", "1+1?"),), 0, SAMPLING, 1)
