"""The examiner's way to the program."""

import builtins
import sys
import types
from typing import Any, NoReturn

from lbt.sandbox.confined import pipes, wire
from lbt.sandbox.confined.arguments import renew
from lbt.sandbox.confined.raised import Raised
from lbt.sandbox.confined.remote import Remote, Standing
from lbt.sandbox.confined.wire import Handle

_CALLBACKS = 20


class Unanswered(BaseException):
    """The program gave no answer at all: no test may take that for an exception that it waits for."""


class Link:
    """Questions to the program, and their answers.

    Args:
        inbox: What the program writes.
        outbox: What it reads.
        limit: Bytes of an answer at most.
    """

    def __init__(self, inbox: int, outbox: int, limit: int) -> None:
        self.inbox, self.outbox, self.limit = inbox, outbox, limit
        self.functions: list[Any] = []
        self.raised = Raised()
        self.over = False
        """Whether the program is gone."""
        self.failure = ""
        """Why the item at hand fails, whatever its code says."""
        self._calls = 0
        self._standing = Standing()

    def loaded(self) -> None:
        """Wait until the program is loaded."""
        self._answer()

    def names(self, names: tuple[str, ...]) -> dict[str, Any]:
        """What the program has of these names. Those written as classes are make objects of the test."""
        wanted = tuple(name for name in names if name in names[:1] or not _belongs_to_python(name))
        found = self.ask("names", wanted)
        if type(found) is not dict:
            self._break_off("its names are out of form")
        return {name: self._named(name, found[name]) for name in wanted if name in found}

    def _named(self, name: str, value: Any) -> Any:
        if not isinstance(value, Remote):
            return value
        if value._label == "type":
            stand_in = self.raised.stand_in(name, self.ask("kinds", value))
            if stand_in is not None:
                return stand_in
        return Remote(self, value._number, value._label, Standing(class_=_is_class_name(name)))

    def call(self, target: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Call an object of the program. A function that returns None has done its work on its arguments."""
        standing = Standing(made=target._standing.class_)
        answer = self.ask("call", target, arguments, named, standing=standing)
        if type(answer) is not tuple or len(answer) != 2 or type(answer[1]) is not dict:
            self._break_off("its answer is out of form")
        value, changed = answer
        if value is None:
            for place, now in changed.items():
                if type(place) is int and 0 <= place < len(arguments):
                    renew(arguments[place], now)
        return value

    def ask(self, question: str, *arguments: Any, standing: Standing | None = None) -> Any:
        """The answer to one question; raises what the program raised."""
        if self.over:
            raise Unanswered
        self._standing = standing or Standing()
        self._send(self._encode((question, *arguments)))
        return self._answer()

    def _send(self, message: bytes) -> None:
        try:
            pipes.send(self.outbox, message)
        except OSError:
            self._lose()

    def _answer(self) -> Any:
        standing = self._standing
        while True:
            try:
                data = pipes.receive(self.inbox, self.limit + 4096)
                if data is None:
                    self._lose()
                self._standing = standing
                kind, *content = wire.decode(data, self._resolve)
                if kind == "callback":
                    self._call_back(*content)
                    continue
                if kind == "value":
                    (value,) = content
                    return value
                if kind == "refused":
                    self.failure = f"an answer that is no plain data: {str(content[0])[:100]}"
                    raise Unanswered
                names, text, given = content
            except (wire.WireError, pipes.TooLong, ValueError, TypeError) as error:
                self._break_off(str(error))
            raise self.raised.exception(names, text, given)

    def _lose(self) -> NoReturn:
        self.over = True
        raise Unanswered

    def _break_off(self, why: str) -> NoReturn:
        self.over = True
        self.failure = f"the program's answer cannot be read: {why[:100]}"
        raise Unanswered

    def _encode(self, value: Any) -> bytes:
        try:
            return wire.encode(value, self._handle, 1 << 30)
        except wire.WireError as error:
            raise TypeError(f"The tests give the program what cannot be passed on: {error}") from None

    def _handle(self, value: Any) -> Handle:
        if isinstance(value, Remote):
            return Handle("object", value._number, value._label)
        if (
            isinstance(value, type | types.BuiltinFunctionType)
            and value.__module__ in sys.stdlib_module_names
        ):
            return Handle("library", 0, f"{value.__module__}:{value.__qualname__}")
        if isinstance(value, types.FunctionType):
            self.functions.append(value)
            return Handle("function", len(self.functions) - 1, value.__name__)
        raise TypeError(
            f"The tests give the program an object of class {type(value).__name__}; it can be given plain "
            "data, functions of the tests, and its own objects."
        )

    def _resolve(self, handle: Handle) -> Any:
        if handle.kind == "function" and 0 <= handle.number < len(self.functions):
            return self.functions[handle.number]
        return Remote(self, handle.number, handle.label, self._standing)

    def _call_back(self, number: Any, arguments: Any) -> None:
        """Call a function of the tests for the program."""
        self._calls += 1
        try:
            if self._calls > _CALLBACKS:
                raise RecursionError("the program and the tests call each other too deeply")
            answer = ("returned", self.functions[number](*arguments))
            message = self._encode(answer)
        except Exception as error:
            if isinstance(error, AssertionError):
                self.failure = "AssertionError"  # the program must not swallow it
            message = self._encode(("raised", type(error).__name__, str(error)[:300]))
        finally:
            self._calls -= 1
        self._send(message)


def _belongs_to_python(name: str) -> bool:
    return hasattr(builtins, name) or name in sys.stdlib_module_names


def _is_class_name(name: str) -> bool:
    return name[:1].isupper() and name.isalnum() and not name.isupper()
