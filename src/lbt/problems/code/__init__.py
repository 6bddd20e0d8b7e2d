"""Problems whose answers are programs: what the rows of their sources hold, and the check of their tests."""

from lbt.problems.code.evalplus import EvalPlusRow
from lbt.problems.code.humaneval import HumanEvalRow
from lbt.problems.code.leetcode import CodeJsonlRow
from lbt.problems.code.mbpp import MbppRow
from lbt.problems.code.references import check_references

__all__ = ["CodeJsonlRow", "EvalPlusRow", "HumanEvalRow", "MbppRow", "check_references"]
