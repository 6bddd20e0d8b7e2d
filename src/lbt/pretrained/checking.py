"""Is the converted folder the model? Its weights, tokenizer, chat template, and a text that it must write."""

from contextlib import closing
from math import prod
from pathlib import Path

from lbt.errors import ModelError
from lbt.generation import (
    ModelIdentity,
    ModelSettings,
    Prompt,
    SamplingSettings,
    identify_model,
    load_tokenizer,
    open_engine,
    render_prompt,
)
from lbt.pretrained.model import Pretrained


def check(known: Pretrained, folder: Path) -> None:
    """Raise ModelError unless the folder is what the conversion must give.

    The model is loaded as a run loads it, which refuses missing and unexpected weights.
    """
    settings = ModelSettings(path=str(folder), dtype="float32", device="cpu")
    identity = identify_model(settings, known.folder)
    _check_weights(known, folder / "model.safetensors")
    prompt = _check_tokenizer(known, identity)
    with closing(open_engine(settings, identity)) as engine:
        (answer,) = engine.generate([prompt])
    written = answer.completion
    _require(
        known,
        "its greedy answer, and why it ended",
        written and (written.text, written.finish_reason),
        (known.expected.answer, "stop"),
    )


def _check_weights(known: Pretrained, weights: Path) -> None:
    from safetensors import safe_open

    with safe_open(weights, framework="numpy") as stored:
        shapes = {name: stored.get_slice(name).get_shape() for name in stored.keys()}  # noqa: SIM118
    count = sum(map(prod, shapes.values()))
    _require(known, "its number of parameters", count, known.expected.parameters)
    _require(known, "its output layer, tied to the embeddings", "lm_head.weight" in shapes, False)


def _check_tokenizer(known: Pretrained, identity: ModelIdentity) -> Prompt:
    """The prompt that the model must answer."""
    tokenizer = load_tokenizer(identity)
    for text, pieces in known.expected.pieces.items():
        _require(known, f"its tokens of {text!r}", tokenizer.tokenize(text), pieces)
    _require(known, "the token that ends its text", tokenizer.eos_token, known.expected.end)
    _require(known, "its longest text", tokenizer.model_max_length, known.context)
    text = render_prompt(tokenizer, known.expected.messages)
    _require(known, "its chat template's prompt", text, known.expected.prompt)
    tokens: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    _require(known, "its prompt, taken apart and put together", tokenizer.decode(tokens), text)
    greedy = SamplingSettings(temperature=0, max_tokens=20)
    return Prompt("check", text, (0,), greedy, tuple(tokens))


def _require(known: Pretrained, what: str, found: object, expected: object) -> None:
    if found != expected:
        raise ModelError(
            f"The converted model is not as it should be: {what} is {found!r} instead of {expected!r}. "
            "Another version of transformers may read the file differently: install the tested versions with "
            f"`{known.command}`, or report this."
        )
