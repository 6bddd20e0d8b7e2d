"""The process that holds the tests: it runs them one by one and says how each went.

Of the program it sees what `lbt.sandbox.confined.remote` lets through. Its word decides.
"""

import builtins
import json
import os
import sys
import traceback
from importlib import import_module
from typing import Any

from lbt.sandbox.confined.canonical import canonical
from lbt.sandbox.confined.link import Link, Unanswered
from lbt.sandbox.confined.pipes import read_all

_LINE = 500


def examine(job: int, verdicts: int, inbox: int, outbox: int, limit: int) -> int:
    """Judge each item of a job; messages go to `verdicts` as JSON lines."""
    work = json.loads(read_all(job))
    link = Link(inbox, outbox, limit)

    def say(**message: Any) -> None:
        line = json.dumps(message).encode() + b"\n"
        while line:
            line = line[os.write(verdicts, line) :]

    try:
        link.loaded()
    except Unanswered:
        say(unloaded=link.failure or None)
        return 0
    except Exception as error:
        say(unloaded=last_line(error))
        return 0
    namespace: dict[str, Any] = {"__name__": "tests"}
    failure = _set_up(link, work, namespace)
    if link.over:
        say(unloaded=link.failure or None)
        return 0
    say(loaded=True)
    for item in work["items"]:
        result = (
            {"passed": False, "value": None, "error": failure} if failure else _judge(link, item, namespace)
        )
        if link.over and not link.failure:
            return 0  # the parent knows why
        say(item=item["number"], **result)
        if link.over:
            return 0
    return 0


def _set_up(link: Link, work: dict[str, Any], namespace: dict[str, Any]) -> str:
    """Why the setup failed, if it did."""
    try:
        namespace.update(link.names(tuple(work["names"])))
        _run(work["setup"], "exec", namespace)
    except Unanswered:
        return link.failure
    except BaseException as error:
        return f"the setup of the tests failed: {last_line(error)}"
    return ""


def _judge(link: Link, item: dict[str, Any], namespace: dict[str, Any]) -> dict[str, Any]:
    link.failure, value, error = "", None, ""
    scope = dict(namespace)  # what one test assigns is not there in the next
    try:
        if item["kind"] == "test":
            _run(item["code"], "exec", scope)
        else:
            value = canonical(_run(item["code"].strip(), "eval", scope), limit=link.limit)
    except Unanswered:
        error = "no answer"
    except BaseException as raised:
        error = last_line(raised)
    error = link.failure or error
    if error:
        value = None
    return {"passed": not error if item["kind"] == "test" else None, "value": value, "error": error or None}


def _run(source: str, mode: str, namespace: dict[str, Any]) -> Any:
    """Run code of the tests. Python's library needs no import: tests often rely on the program's imports."""
    code = compile(source, "<test>", mode, dont_inherit=True)
    for name in code.co_names:
        if name in sys.stdlib_module_names and name not in namespace and not hasattr(builtins, name):
            namespace[name] = import_module(name)
    return eval(code, namespace)


def last_line(error: BaseException) -> str:
    """Such as "ValueError: no such thing"."""
    try:
        lines = traceback.format_exception_only(error)[-1].strip().splitlines()
        return lines[-1][:_LINE] if lines else type(error).__name__
    except BaseException:
        return type(error).__name__
