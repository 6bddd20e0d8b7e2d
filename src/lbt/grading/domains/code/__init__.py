"""Answers that are programs: where they stand, and what they do."""

from lbt.grading.domains.code.domain import CodeDomain
from lbt.grading.domains.code.gold import CodeGold, StdioTest, gold_fault, read_gold

__all__ = ["CodeDomain", "CodeGold", "StdioTest", "gold_fault", "read_gold"]
