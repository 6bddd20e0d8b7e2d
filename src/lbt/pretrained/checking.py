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
from lbt.pretrained.converting import CONTEXT

_PARAMETERS = 134_515_008
_DIGITS = {"12 345": ["1", "2", "Ġ", "3", "4", "5"]}
# At every token of the answer the logit of the likeliest is 1.25 or more above the next, so that no
# processor's rounding changes it.
_QUESTION, _ANSWER = "Repeat after me: one two three four five.", ("One two three four five.", "stop")
_PROMPT = (
    "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n"
    f"<|im_start|>user\n{_QUESTION}<|im_end|>\n<|im_start|>assistant\n"
)
_END = "<|im_end|>"


def check(folder: Path) -> None:
    """Raise ModelError unless the folder is what the conversion must give.

    The model is loaded as a run loads it, which refuses missing and unexpected weights.
    """
    settings = ModelSettings(path=str(folder), dtype="float32", device="cpu")
    identity = identify_model(settings, "smollm2")
    _check_weights(folder / "model.safetensors")
    prompt = _check_tokenizer(identity)
    with closing(open_engine(settings, identity)) as engine:
        (answer,) = engine.generate([prompt])
    written = answer.completion
    _require(
        "its greedy answer, and why it ended", written and (written.text, written.finish_reason), _ANSWER
    )


def _check_weights(weights: Path) -> None:
    from safetensors import safe_open

    with safe_open(weights, framework="numpy") as stored:
        shapes = {name: stored.get_slice(name).get_shape() for name in stored.keys()}  # noqa: SIM118
    _require("its number of parameters", sum(map(prod, shapes.values())), _PARAMETERS)
    _require("its output layer, tied to the embeddings", "lm_head.weight" in shapes, False)


def _check_tokenizer(identity: ModelIdentity) -> Prompt:
    """The prompt that the model must answer."""
    tokenizer = load_tokenizer(identity)
    for text, pieces in _DIGITS.items():
        _require(f"its tokens of {text!r}", tokenizer.tokenize(text), pieces)
    _require("the token that ends its turn", tokenizer.eos_token, _END)
    _require("its longest text", tokenizer.model_max_length, CONTEXT)
    text = render_prompt(tokenizer, [("user", _QUESTION)])
    _require("its chat template's prompt", text, _PROMPT)
    tokens: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    _require("its prompt, taken apart and put together", tokenizer.decode(tokens), text)
    greedy = SamplingSettings(temperature=0, max_tokens=20)
    return Prompt("check", text, (0,), greedy, tuple(tokens))


def _require(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise ModelError(
            f"The converted model is not as it must be: {what} is {found!r} instead of {expected!r}. Another "
            "version of transformers may read the file otherwise: install the tested versions with "
            "`make smollm2`, or report this."
        )
