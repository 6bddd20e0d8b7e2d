"""Promises of the loss: it is the formula's, whatever the parts that a batch is computed in."""

from math import log
from pathlib import Path
from typing import Any

import pytest

from lbt.generation import ModelSettings, identify_model, load_tokenizer
from lbt.prompts import PromptSettings
from lbt.training import Training, TrainingSettings
from lbt.training.examples import Example

POCKET = Path(__file__).parents[2] / "src/lbt/pocket/models/teacher"
BETA, WEIGHT, BATCH = 0.5, 30.0, 4
# tokens of (prompt, chosen, rejected): a token mean would give the longest most of the weight
LENGTHS = [(9, 60, 12), (20, 5, 40), (7, 9, 9), (15, 3, 30), (30, 40, 4), (6, 11, 25), (12, 7, 7)]


def example(seed: int, lengths: tuple[int, int, int]) -> Example:
    ids = [[(seed * 31 + place * 7 + part) % 700 + 5 for place in range(n)] for part, n in enumerate(lengths)]
    return dict(zip(("prompt_ids", "chosen_ids", "rejected_ids"), ids, strict=True))


EXAMPLES = [example(seed, lengths) for seed, lengths in enumerate(LENGTHS)]


def first_epoch(
    folder: Path, pairs: int, accumulation: int, **options: float
) -> tuple[list[dict[str, float]], list[list[Any]]]:
    """TRL's log and the gradients of every step, with a learning rate that moves nothing."""
    from torch.optim.optimizer import register_optimizer_step_pre_hook

    from lbt.training import dpo

    settings = TrainingSettings(
        beta=BETA, sft_weight=WEIGHT, learning_rate=1e-12, epochs=1, batch_size=BATCH,
        gradient_accumulation=accumulation, gradient_clip=1e9, **options,
    )  # fmt: skip
    model = ModelSettings(path=str(POCKET), device="cpu")
    identity = identify_model(model, "models.teacher")
    training = Training(model, "models.teacher", PromptSettings(), settings, 0)
    trainee = dpo.load_trainee(training, identity, load_tokenizer(identity))
    gradients: list[list[Any]] = []

    def note(optimizer: Any, *_: Any) -> None:
        gradients.append(
            [weights.grad.clone() for group in optimizer.param_groups for weights in group["params"]]
        )

    hook = register_optimizer_step_pre_hook(note)
    try:
        _, history = dpo.train_dpo(trainee, EXAMPLES[:pairs], training, folder, None)
    finally:
        hook.remove()
    return [entry for entry in history if "loss" in entry], gradients


@pytest.mark.parametrize(
    "pairs",
    [
        pytest.param(4, id="a whole batch", marks=pytest.mark.slow),
        pytest.param(7, id="and a short one of 3 pairs"),
    ],
)
def test_loss_and_gradients_do_not_depend_on_the_parts_of_a_batch(tmp_path: Path, pairs: int) -> None:
    import torch

    whole, gradients = first_epoch(tmp_path / "1", pairs, 1)
    assert len(whole) == len(gradients) == -(-pairs // BATCH)
    for accumulation in (2, 4):
        split, split_gradients = first_epoch(tmp_path / str(accumulation), pairs, accumulation)
        for name in ("loss", "rewards/margins", "rewards/accuracies", "logps/chosen", "logps/rejected"):
            expected = [step[name] for step in whole]
            assert [step[name] for step in split] == pytest.approx(expected, rel=1e-5, abs=1e-5)
        for one, other in zip(gradients, split_gradients, strict=True):
            for expected_gradient, gradient in zip(one, other, strict=True):
                scale = float(expected_gradient.abs().max())
                torch.testing.assert_close(gradient, expected_gradient, rtol=1e-4, atol=1e-5 * scale)


def test_the_loss_is_that_of_the_papers(tmp_path: Path) -> None:
    """At the first step the model is the base model: DPO's margin is 0, and the NLL is the base model's."""
    import torch
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(POCKET, dtype=torch.float32)
    terms = []
    for pair in EXAMPLES[:4]:
        ids = torch.tensor([pair["prompt_ids"] + pair["chosen_ids"]])
        with torch.no_grad():
            log_probs = model(ids).logits[0, :-1].log_softmax(dim=-1)
        told = log_probs[torch.arange(ids.shape[1] - 1), ids[0, 1:]]
        terms.append(-float(told[-len(pair["chosen_ids"]) :].mean()))
    [step], _ = first_epoch(tmp_path, 4, 1)
    assert step["loss"] == pytest.approx(log(2) + WEIGHT * sum(terms) / 4, rel=1e-5)


def test_the_two_terms_add_up_and_each_can_be_left_out(tmp_path: Path) -> None:
    [both], _ = first_epoch(tmp_path / "both", 4, 1)
    [only_nll], _ = first_epoch(tmp_path / "nll", 4, 1, dpo_weight=0.0)
    assert both["loss"] == pytest.approx(log(2) + only_nll["loss"], rel=1e-6)
    with pytest.raises(ValueError, match="nothing would be learned"):
        TrainingSettings(dpo_weight=0, sft_weight=0)
