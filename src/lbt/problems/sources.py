"""The form of the rows of each source."""

from lbt.problems.code import CodeJsonlRow, EvalPlusRow, HumanEvalRow, MbppRow
from lbt.problems.shapes import BoxedRow, Gsm8kRow, MathRow, MathVariantRow, SolvedRow, SourceRow

ROWS: dict[str, type[SourceRow]] = {
    "jsonl": SourceRow,
    "huggingface_plain": SourceRow,
    "huggingface_gsm8k": SolvedRow,
    "huggingface_boxed": BoxedRow,
    "gsm8k": Gsm8kRow,
    "math": MathRow,
    "math_variants": MathVariantRow,
    "humaneval": HumanEvalRow,
    "mbpp": MbppRow,
    "evalplus": EvalPlusRow,
    "code_jsonl": CodeJsonlRow,
}
