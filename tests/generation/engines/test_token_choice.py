import numpy as np
import pytest
from scipy import stats

from lbt.generation import SamplingSettings

torch = pytest.importorskip("torch")

from lbt.generation.engines.transformers.token_choice import draw_tokens  # noqa: E402 - after the check that torch is there

LOGITS = torch.tensor([2.0, -1.0, 0.5, 0.0, 1.5, -torch.inf, 0.7, -3.0])


def draw(count: int, **sampling: float) -> np.ndarray:
    """Tokens for equally spaced uniforms: their shares are the probabilities, to 1/count."""
    uniforms = (torch.arange(count, dtype=torch.float64) + 0.5) / count
    settings = SamplingSettings(max_tokens=1, **sampling)
    return draw_tokens(LOGITS.expand(count, -1), uniforms, settings).numpy()


def shares(tokens: np.ndarray) -> np.ndarray:
    return np.bincount(tokens, minlength=len(LOGITS)) / len(tokens)


@pytest.mark.parametrize("temperature", [0.3, 0.7, 1.0, 2.0])
def test_tokens_come_as_often_as_softmax_says(temperature: float) -> None:
    expected = torch.softmax(LOGITS / temperature, -1).numpy()
    assert np.abs(shares(draw(100_000, temperature=temperature)) - expected).max() < 1e-4


def test_random_numbers_give_the_distribution() -> None:
    uniforms = torch.from_numpy(np.random.default_rng(0).random(20_000))
    tokens = draw_tokens(LOGITS.expand(20_000, -1), uniforms, SamplingSettings(temperature=1, max_tokens=1))
    observed = np.bincount(tokens.numpy(), minlength=len(LOGITS))
    expected = torch.softmax(LOGITS, -1).double().numpy() * 20_000
    possible = expected > 0
    assert observed[~possible].sum() == 0
    assert stats.chisquare(observed[possible], expected[possible] * 20_000 / expected.sum()).pvalue > 0.01


@pytest.mark.parametrize("top_k", [0, 1, 3, 100])
@pytest.mark.parametrize("top_p", [0.2, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("temperature", [0.5, 1.5])
def test_top_k_and_top_p_keep_what_transformers_keeps(top_k: int, top_p: float, temperature: float) -> None:
    from transformers import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

    scores = TemperatureLogitsWarper(temperature)(None, LOGITS.unsqueeze(0))
    if top_k:
        scores = TopKLogitsWarper(top_k)(None, scores)
    if top_p < 1:
        scores = TopPLogitsWarper(top_p)(None, scores)
    expected = torch.softmax(scores[0], -1).numpy()
    found = shares(draw(100_000, temperature=temperature, top_k=top_k, top_p=top_p))
    assert np.abs(found - expected).max() < 1e-4


@pytest.mark.parametrize("truncation", [{}, {"top_k": 3}, {"top_p": 0.9}])
def test_the_ends_of_the_interval_never_give_an_impossible_token(truncation: dict[str, float]) -> None:
    uniforms = torch.tensor([0.0, np.nextafter(1.0, 0.0)], dtype=torch.float64)
    logits = torch.tensor([-torch.inf, 1.0, 0.0, -torch.inf]).expand(2, -1)
    tokens = draw_tokens(logits, uniforms, SamplingSettings(temperature=1, max_tokens=1, **truncation))
    assert set(tokens.tolist()) <= {1, 2}


def test_a_row_is_drawn_for_itself() -> None:
    generator = torch.Generator().manual_seed(0)
    logits, uniforms = torch.randn(50, 30, generator=generator), torch.rand(50, generator=generator).double()
    settings = SamplingSettings(temperature=0.8, top_p=0.8, max_tokens=1)
    together = draw_tokens(logits, uniforms, settings)
    alone = [draw_tokens(logits[i : i + 1], uniforms[i : i + 1], settings).item() for i in range(50)]
    assert together.tolist() == alone


def test_temperature_zero_takes_the_likeliest_token() -> None:
    assert set(draw(10, temperature=0).tolist()) == {0}
