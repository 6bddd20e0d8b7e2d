"""What LeetCode's solutions find around them, and how tests call them: with plain data on the tests' side."""

import ast
from functools import lru_cache

from lbt.grading.domains.code.gold import CodeGold
from lbt.grading.domains.code.syntax import parse

CALL = "lbt_call"
"""By this name the tests call the method of a `class Solution`."""

BEFORE_SOLUTION = """
import bisect, collections, copy, functools, heapq, itertools, math, operator, random, re, string
from bisect import bisect_left, bisect_right, insort
from collections import Counter, OrderedDict, defaultdict, deque
from functools import cache, cmp_to_key, lru_cache, reduce
from heapq import heapify, heappop, heappush, heappushpop, heapreplace, nlargest, nsmallest
from itertools import accumulate, chain, combinations, count, groupby, pairwise, permutations, product
from math import ceil, comb, factorial, floor, gcd, inf, isqrt, lcm, log, log2, sqrt
from typing import *


class ListNode:
    def __init__(self, val=0, next=None):
        self.val, self.next = val, next


class TreeNode:
    def __init__(self, val=0, left=None, right=None):
        self.val, self.left, self.right = val, left, right
""".lstrip()

_AFTER_SOLUTION = """

def lbt_call(method, arguments, named, kinds=@KINDS@, result=@RESULT@):
    MOST = 100000  # nodes; a list that comes back to itself has no end

    def linked(values):
        first = None
        for value in reversed(values):
            first = ListNode(value, first)
        return first

    def tree(values):
        nodes = [None if value is None else TreeNode(value) for value in values]
        children = iter(nodes[1:])
        for node in nodes:
            if node is not None:
                node.left = next(children, None)
                node.right = next(children, None)
        return nodes[0] if nodes else None

    def made(value, kind):
        if isinstance(kind, list):
            return [made(one, kind[0]) for one in value] if isinstance(value, list) else value
        if isinstance(value, list) and kind in ("ListNode", "TreeNode"):
            return linked(value) if kind == "ListNode" else tree(value)
        return value

    def plain(value, kind):
        if isinstance(kind, list):
            return [plain(one, kind[0]) for one in value] if isinstance(value, (list, tuple)) else value
        if kind == "ListNode":
            values = []
            while value is not None and len(values) < MOST:
                values.append(value.val)
                value = value.next
            return values
        if kind == "TreeNode":
            values, waiting = [], [value]
            for node in waiting:
                values.append(None if node is None else node.val)
                if node is not None and len(waiting) < MOST:
                    waiting += [node.left, node.right]
            while values and values[-1] is None:
                values.pop()
            return values
        if isinstance(value, (list, tuple)):
            return [plain(one, None) for one in value]
        return value

    given = [made(value, kinds[name]) for value, name in zip(arguments, kinds)] + arguments[len(kinds):]
    named = {name: made(value, kinds.get(name)) for name, value in named.items()}
    found = getattr(Solution(), method)(*given, **named)
    if result == "first argument":
        name = next(iter(kinds), None)
        return plain(given[0] if given else named[name], kinds.get(name))
    return plain(found, result)
"""

_SOLUTION_IN_TESTS = """
class Solution:
    def @METHOD@(self, *arguments, **named):
        return lbt_call("@METHOD@", list(arguments), named)
"""


def around_solution(program: str, gold: CodeGold) -> str:
    """A `class Solution` with what it finds around it, and with the function that the tests call."""
    kinds, result = signature(gold.prompt, gold.entry_point)
    after = _AFTER_SOLUTION.replace("@KINDS@", repr(kinds)).replace("@RESULT@", repr(result))
    if "from __future__ import" in program:  # nothing may come before it
        return f"{program}\n{BEFORE_SOLUTION}\n{after}"
    return f"{BEFORE_SOLUTION}\n{program}\n{after}"


def solution_in_tests(gold: CodeGold) -> str:
    """The `class Solution` of the tests, which passes their calls on."""
    return _SOLUTION_IN_TESTS.replace("@METHOD@", gold.entry_point)


@lru_cache(maxsize=1024)
def signature(prompt: str, method: str) -> tuple[dict[str, object], object]:
    """Of which arguments a method makes linked lists or trees, and of what kind its result is.

    Args:
        prompt: `class Solution` with the method; a body may be missing.
        method: Its name.

    Returns:
        For every argument, by name, "ListNode", "TreeNode", a list of one of these, or None; the same for the
        result, or "first argument" where the method returns nothing and so changes what it is given.
    """
    tree = parse(prompt) or parse(prompt.rstrip() + "\n        pass\n") or ast.Module([], [])
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == method:
            own = {one.arg: _kind(one.annotation) for one in node.args.args if one.arg != "self"}
            returns = node.returns
            changes = isinstance(returns, ast.Constant) and returns.value is None
            return own, "first argument" if changes else _kind(returns)
    return {}, None


def _kind(annotation: ast.expr | None) -> object:
    if annotation is None:
        return None
    text = ast.unparse(annotation)
    name = next((name for name in ("ListNode", "TreeNode") if name in text), None)
    return [name] if name and text.startswith(("List[", "list[")) else name
