"""What the tests see of the program: plain data, and stand-ins for objects that stay with it.

A stand-in passes on what it is asked for, but never a comparison, and never a value of the test to a method
or an operator that could decide the test with it: those fail instead.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

_HARMLESS = {"append", "add", "insert", "extend", "remove", "discard", "pop", "update", "clear", "push"}
_PLAIN = (str, bytes, int, float, complex, list, tuple, set, dict, range)
_DECIDING = {name for kind in _PLAIN for name in dir(kind)} - _HARMLESS
"""Methods of plain data: an object that a function returned in its place must not answer them."""
_TOLD = {"__name__", "__doc__", "__dict__"}
_STEP = 1024


class NotPlain(TypeError):
    """The program returned an object where the test needs plain data."""

    __module__ = "builtins"  # its name is enough in a verdict


class Way(Protocol):
    """To the program, as stand-ins need it: `lbt.sandbox.confined.link.Link`."""

    def call(self, target: "Remote", arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Call an object of the program."""

    def ask(self, question: str, *arguments: Any, standing: "Standing | None" = None) -> Any:
        """Ask anything else; objects in the answer get that standing."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a test came by an object.

    Args:
        class_: It is what the program has under the name of a class.
        made: The test made it from such a class: its methods are what is tested.
        method: Its name, if it was read from an object as an attribute.
    """

    class_: bool = False
    made: bool = False
    method: str = ""


class Remote:
    """An object of the program.

    Args:
        link: The way to the program.
        number: The program's number for the object.
        label: The name of its type.
        standing: How the test came by it.
    """

    __slots__ = ("_label", "_link", "_number", "_standing")

    def __init__(self, link: Way, number: int, label: str, standing: Standing) -> None:
        for name, value in (("link", link), ("number", number), ("label", label), ("standing", standing)):
            object.__setattr__(self, f"_{name}", value)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """What the object gives when it is called."""
        if self._standing.method in _DECIDING and not self._standing.made and (arguments or named):
            self._refuse(f"which cannot be asked for {self._standing.method}")
        return self._link.call(self, arguments, named)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name not in _TOLD:
            raise AttributeError(f"an object of the program does not tell its {name}")
        return self._link.ask(
            "attribute", self, name, standing=Standing(made=self._standing.made, method=name)
        )

    def __setattr__(self, name: str, value: Any) -> None:
        self._link.ask("set", self, name, value)

    def __getitem__(self, key: Any) -> Any:
        return self._link.ask("item", self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._link.ask("set_item", self, key, value)

    def __contains__(self, value: Any) -> bool:
        if not self._standing.made:
            self._refuse("which cannot be asked what it contains")
        return self._link.ask("contains", self, value) is True

    def __len__(self) -> int:
        return self._plain(self._link.ask("length", self), int)

    def __iter__(self) -> Iterator[Any]:
        source = self if self._label in ("generator", "map", "filter", "zip") else None
        source = source or self._link.ask("iterate", self)
        count = 1
        while True:
            items, over = self._link.ask("next", source, count)
            yield from items
            if over:
                return
            count = min(2 * count, _STEP)

    def __next__(self) -> Any:
        items, over = self._link.ask("next", self, 1)
        if over:
            raise StopIteration
        return items[0]

    def __str__(self) -> str:
        return self._plain(self._link.ask("text", self, "str"), str)

    def __repr__(self) -> str:
        return self._plain(self._link.ask("text", self, "repr"), str)

    def __int__(self) -> int:
        return self._plain(self._link.ask("number", self, "int"), int)

    def __float__(self) -> float:
        return self._plain(self._link.ask("number", self, "float"), float)

    def __bool__(self) -> bool:
        return True

    def __hash__(self) -> int:
        return hash(("object of the program", self._number))

    def __eq__(self, other: object) -> bool:
        if other is None:
            return False
        if isinstance(other, Remote) and other._number == self._number:
            return True
        self._refuse("which cannot be compared")

    def __lt__(self, other: object) -> bool:
        self._refuse("which cannot be compared")

    __le__ = __gt__ = __ge__ = __lt__

    def _operate(self, name: str, *operands: Any) -> Any:
        if not all(isinstance(each, Remote) and each._standing.made for each in operands):
            self._refuse("which cannot be computed with")
        return self._link.ask("operate", name, *operands, standing=Standing(made=True))

    def __add__(self, other: Any) -> Any:
        return self._operate("add", self, other)

    def __sub__(self, other: Any) -> Any:
        return self._operate("sub", self, other)

    def __mul__(self, other: Any) -> Any:
        return self._operate("mul", self, other)

    def __truediv__(self, other: Any) -> Any:
        return self._operate("truediv", self, other)

    def __neg__(self) -> Any:
        return self._operate("neg", self)

    def _plain(self, value: Any, kind: type) -> Any:
        if type(value) is not kind:
            self._refuse(f"whose {kind.__name__} is none")
        return value

    def _refuse(self, why: str) -> NoReturn:
        raise NotPlain(f"an object of the program's class {self._label}, {why}: plain data is wanted")
