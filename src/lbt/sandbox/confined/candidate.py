"""The process that holds the program: it loads the text and answers what the examiner asks.

Nothing here is a safeguard: the program may change all of it, and has then only spoilt its own answers.
"""

import builtins
import operator
import sys
import types
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from lbt.sandbox.confined import pipes, wire
from lbt.sandbox.confined.wire import Handle

_MESSAGE = 300
_OPERATORS = {name: getattr(operator, name) for name in ("add", "sub", "mul", "truediv", "neg", "matmul")}


def load(source: str, name: str) -> types.ModuleType:
    """Run a program as the module `name`."""
    sys.argv = ["program"]
    module = types.ModuleType(name)
    sys.modules[name] = module
    exec(compile(source, "<program>", "exec", dont_inherit=True), module.__dict__)
    return module


def serve_program(program: int, inbox: int, outbox: int, limit: int) -> int:
    """Load the program, then answer until no more is asked."""
    source = pipes.read_all(program).decode("utf-8", "surrogatepass")
    link = _Link(inbox, outbox, limit)
    link.reply(lambda: bool(load(source, "program")))
    link.namespace = sys.modules["program"].__dict__
    while (request := link.next_request()) is not None:
        name, *arguments = request
        link.reply(lambda: getattr(link, f"do_{name}")(*arguments))  # noqa: B023 - called at once
    return 0


class _Link:
    """The program's objects by number, and the way to the examiner."""

    def __init__(self, inbox: int, outbox: int, limit: int) -> None:
        self.inbox, self.outbox, self.limit = inbox, outbox, limit
        self.namespace: dict[str, Any] = {}
        self.objects: list[Any] = []
        self.numbers: dict[int, int] = {}

    def next_request(self) -> tuple[Any, ...] | None:
        data = pipes.receive(self.inbox, 1 << 30)
        return None if data is None else wire.decode(data, self.resolve)

    def reply(self, work: Callable[[], Any]) -> None:
        """Send what the work gives, or what it raises."""
        try:
            answer = wire.encode(("value", work()), self.handle, self.limit)
        except wire.WireError as error:
            answer = self.encode(("refused", str(error)))
        except BaseException as error:
            answer = self.encode(self.raised(error))
        pipes.send(self.outbox, answer)

    def encode(self, value: Any) -> bytes:
        return wire.encode(value, self.handle, 1 << 30)

    def raised(self, error: BaseException) -> tuple[Any, ...]:
        kinds = [kind.__name__ for kind in type(error).__mro__]
        try:
            text = str(error)[:_MESSAGE]
        except BaseException:
            text = ""
        plain = all(isinstance(each, str | int | float) for each in error.args)
        arguments = tuple(each[:_MESSAGE] if isinstance(each, str) else each for each in error.args)
        line = error.lineno if isinstance(error, SyntaxError) else None
        if line is not None:
            text = f"{error.msg} (line {line})"  # type: ignore[attr-defined]  # a SyntaxError
        return ("raised", kinds, text, arguments if plain and len(arguments) < 5 else None)

    def handle(self, value: Any) -> Handle:
        """The number of an object that stays here."""
        number = self.numbers.get(id(value))
        if number is None:
            number = self.numbers[id(value)] = len(self.objects)
            self.objects.append(value)
        return Handle("object", number, type(value).__name__)

    def resolve(self, handle: Handle) -> Any:
        if handle.kind == "object":
            return self.objects[handle.number]
        if handle.kind == "library":
            module, _, name = handle.label.partition(":")
            return operator.attrgetter(name)(import_module(module))
        return lambda *arguments: self.call_back(handle.number, arguments)

    def call_back(self, number: int, arguments: tuple[Any, ...]) -> Any:
        """Let the examiner call a function of the tests, and answer meanwhile what it asks."""
        pipes.send(self.outbox, self.encode(("callback", number, arguments)))
        while True:
            name, *rest = self.next_request() or ("ended",)
            if name == "returned":
                return rest[0]
            if name == "raised":
                kind = getattr(builtins, rest[0], Exception)
                raise kind(rest[1])
            self.reply(lambda: getattr(self, f"do_{name}")(*rest))  # noqa: B023 - called at once

    def do_names(self, names: tuple[str, ...]) -> dict[str, Any]:
        return {name: self.namespace[name] for name in names if name in self.namespace}

    def do_kinds(self, target: type) -> list[str]:
        return [kind.__name__ for kind in target.__mro__]

    def do_call(self, target: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, Any]:
        before = [self.encode(each) for each in arguments]
        value = target(*arguments, **named)
        after = [self.encode(each) for each in arguments]
        changed = {place: arguments[place] for place in range(len(before)) if before[place] != after[place]}
        return value, changed

    def do_attribute(self, target: Any, name: str) -> Any:
        return getattr(target, name)

    def do_set(self, target: Any, name: str, value: Any) -> None:
        setattr(target, name, value)

    def do_item(self, target: Any, key: Any) -> Any:
        return target[key]

    def do_set_item(self, target: Any, key: Any, value: Any) -> None:
        target[key] = value

    def do_contains(self, target: Any, value: Any) -> bool:
        return value in target

    def do_length(self, target: Any) -> int:
        return len(target)

    def do_text(self, target: Any, form: str) -> str:
        return repr(target) if form == "repr" else str(target)

    def do_number(self, target: Any, form: str) -> Any:
        return (
            float(target) if form == "float" else operator.index(target) if form == "index" else int(target)
        )

    def do_operate(self, name: str, *operands: Any) -> Any:
        return _OPERATORS[name](*operands)

    def do_iterate(self, target: Any) -> Iterator[Any]:
        return iter(target)

    def do_next(self, target: Iterator[Any], count: int) -> tuple[list[Any], bool]:
        """At most so many further items, and whether that was the last of them."""
        items: list[Any] = []
        for _ in range(count):
            try:
                items.append(next(target))
            except StopIteration:
                return items, True
        return items, False
