"""Pretraining of the embedded models: a stock Llama, from scratch, on a CPU in minutes."""

import json
import os
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from lbt.pocket.batches import batches
from lbt.pocket.corpus import documents
from lbt.pocket.mathematics import MATHEMATICS
from lbt.pocket.settings import PretrainingSettings
from lbt.pocket.worlds import World

if TYPE_CHECKING:
    import torch
    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

STATE = "state.pt"
DONE = "pretraining.json"


def _new_model(
    settings: PretrainingSettings, tokenizer: "PreTrainedTokenizerFast", seed: int
) -> "LlamaForCausalLM":
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=settings.hidden_size,
        intermediate_size=settings.feed_forward_size,
        num_hidden_layers=settings.layers,
        num_attention_heads=settings.heads,
        max_position_embeddings=512,
        tie_word_embeddings=True,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        attn_implementation="sdpa",
    )
    return LlamaForCausalLM(config)


def _optimizers(model: "LlamaForCausalLM", settings: PretrainingSettings) -> list["torch.optim.Optimizer"]:
    """Muon for the matrices of the blocks, AdamW for embeddings and norms (Jordan et al., 2024)."""
    import torch

    blocks = [p for p in model.model.layers.parameters() if p.ndim == 2]
    chosen = {id(p) for p in blocks}
    rest = [p for p in model.parameters() if id(p) not in chosen]
    rate = settings.learning_rate
    return [_muon(blocks, settings), torch.optim.AdamW(rest, lr=rate, betas=(0.9, 0.98), weight_decay=0.0)]


def _muon(blocks: list["torch.nn.Parameter"], settings: PretrainingSettings) -> "torch.optim.Optimizer":
    import torch

    from lbt.pocket.muon import Muon32

    rate, decay = settings.learning_rate, settings.weight_decay
    if not _has_bfloat16():
        return Muon32(blocks, lr=rate, weight_decay=decay)
    return torch.optim.Muon(blocks, lr=rate, weight_decay=decay, adjust_lr_fn="match_rms_adamw")


def learning_rate_factor(step: int, settings: PretrainingSettings) -> float:
    """Share of the learning rate at a step: linear warm-up, flat, linear decay to zero."""
    warmup = max(1, round(settings.warmup_share * settings.steps))
    decay = max(1, round(settings.decay_share * settings.steps))
    return min(1.0, (step + 1) / warmup, max(0.0, (settings.steps - step) / decay))


def _has_bfloat16() -> bool:
    """Whether this machine computes in bfloat16, and does not only emulate it."""
    import torch

    return torch.cuda.is_available() or torch.backends.cpu.get_cpu_capability().startswith("AVX512")


def _autocast() -> Any:
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.autocast(device, dtype=torch.bfloat16, enabled=_has_bfloat16())


def _save_state(folder: Path, **state: Any) -> None:
    import torch

    torch.save(state, folder / f"{STATE}.tmp")
    os.replace(folder / f"{STATE}.tmp", folder / STATE)


def pretrain(
    name: str,
    settings: PretrainingSettings,
    tokenizer: "PreTrainedTokenizerFast",
    folder: Path,
    seed: int,
    world: World = MATHEMATICS,
) -> dict[str, float]:
    """Train one model from scratch into a Hugging Face folder; returns its training figures.

    An interrupted call resumes from its last saved step; a finished one is returned as it is, if settings and
    seed are the same.
    """
    recipe = {"settings": settings.model_dump(), "seed": seed}
    done = folder / DONE
    if done.exists() and json.loads(done.read_text())["recipe"] == recipe:
        figures: dict[str, float] = json.loads(done.read_text())["figures"]
        return figures
    folder.mkdir(parents=True, exist_ok=True)
    model, figures = _train(name, settings, tokenizer, folder, seed, world)
    _save_model(model, tokenizer, folder)
    done.write_text(json.dumps({"recipe": recipe, "figures": figures}, indent=2) + "\n")
    (folder / STATE).unlink(missing_ok=True)
    return figures


def _train(
    name: str,
    settings: PretrainingSettings,
    tokenizer: "PreTrainedTokenizerFast",
    folder: Path,
    seed: int,
    world: World,
) -> tuple["LlamaForCausalLM", dict[str, float]]:
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = _new_model(settings, tokenizer, seed).to(device)
    optimizers = _optimizers(model, settings)
    start, tokens, seconds = 0, 0, 0.0
    recipe = json.dumps({"settings": settings.model_dump(), "seed": seed}, sort_keys=True)
    if (folder / STATE).exists():
        state = torch.load(folder / STATE, map_location=device, weights_only=True)
        if state["recipe"] == recipe:
            model.load_state_dict(state["model"])
            for optimizer, saved in zip(optimizers, state["optimizers"], strict=True):
                optimizer.load_state_dict(saved)
            start, tokens, seconds = state["step"], state["tokens"], state["seconds"]
    compiled = torch.compile(model, dynamic=True) if settings.compile else model
    corpus = documents(settings.corpus, f"{seed}/{name}", world)
    stream = batches(corpus, tokenizer, settings.tokens_per_batch, seed=f"{seed}/{name}")
    began = time.monotonic() - seconds
    loss_mean = 0.0
    progress = tqdm(
        islice(stream, start, settings.steps), name, settings.steps, initial=start, unit="step", mininterval=2
    )
    for step, (ids, labels) in enumerate(progress, start):
        loss = _step(
            compiled, optimizers, ids, labels, learning_rate_factor(step, settings) * settings.learning_rate
        )
        tokens += sum(map(len, ids))
        loss_mean = loss if step == start else 0.98 * loss_mean + 0.02 * loss
        progress.set_postfix(
            loss=f"{loss_mean:.3f}", tokens_per_s=f"{tokens / (time.monotonic() - began):,.0f}", refresh=False
        )
        if (step + 1) % settings.save_every == 0:
            saved = [optimizer.state_dict() for optimizer in optimizers]
            _save_state(
                folder,
                recipe=recipe,
                model=model.state_dict(),
                optimizers=saved,
                step=step + 1,
                tokens=tokens,
                seconds=time.monotonic() - began,
            )
    seconds = time.monotonic() - began
    return model, {
        "parameters": sum(p.numel() for p in model.parameters()),
        "steps": settings.steps,
        "tokens": tokens,
        "seconds": round(seconds, 1),
        "loss": round(loss_mean, 4),
    }


def _step(
    model: Any,
    optimizers: list["torch.optim.Optimizer"],
    ids: list[list[int]],
    labels: list[list[int]],
    rate: float,
) -> float:
    import torch
    from torch.nn.functional import cross_entropy

    device = next(model.parameters()).device
    inputs, targets = torch.tensor(ids, device=device), torch.tensor(labels, device=device)
    with _autocast():
        # Padding is on the right and never a target, so that causal attention needs no mask for it.
        logits = model(input_ids=inputs, use_cache=False).logits
    loss = cross_entropy(logits[:, :-1].float().flatten(0, 1), targets[:, 1:].flatten())
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
    return float(loss.detach())


def _save_model(model: "LlamaForCausalLM", tokenizer: "PreTrainedTokenizerFast", folder: Path) -> None:
    import torch

    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    model.to(torch.bfloat16).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
