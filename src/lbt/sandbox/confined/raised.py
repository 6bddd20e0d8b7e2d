"""What the program raises, as exceptions that a test can catch and that end nothing but the test."""

import builtins
from typing import Any

_NEVER = ("StopIteration", "StopAsyncIteration")
_NAME = 100


class ProgramError(Exception):
    """The program raised what is not passed on as it is."""

    __module__ = "builtins"  # its name is enough in a verdict


class Raised:
    """Makes exceptions of what the program says that it raised.

    The program's own classes of exceptions, where tests name them, have stand-ins of the same name.
    """

    def __init__(self) -> None:
        self._own: dict[str, type[Exception]] = {}

    def stand_in(self, name: str, kinds: Any) -> type[Exception] | None:
        """A class for tests to catch, if the program's class of this name is one of exceptions."""
        names = _texts(kinds)
        if "Exception" not in names[1:]:
            return None
        base = next(kind for kind in map(_built_in, names) if kind is not None)
        self._own[names[0]] = type(name, (base,), {"__module__": "builtins"})
        return self._own[names[0]]

    def exception(self, kinds: Any, text: Any, given: Any) -> Exception:
        """The nearest to what was raised; never one that ends a loop or more."""
        names = _texts(kinds)
        for name in names:
            kind = self._own.get(name) or _built_in(name)
            if kind is None or (kind is Exception and name != names[0]):
                continue
            for arguments in (given, (text,)):
                try:
                    return kind(*arguments)
                except Exception:
                    continue  # this kind wants other arguments
        first = names[0][:_NAME] if names else "nothing"
        return ProgramError(f"the program raised {first}" + (f": {text}" if text else ""))


def _texts(kinds: Any) -> list[str]:
    return [each for each in kinds if type(each) is str] if type(kinds) is list else []


def _built_in(name: str) -> type[Exception] | None:
    kind = getattr(builtins, name, None)
    passed_on = isinstance(kind, type) and issubclass(kind, Exception) and name not in _NEVER
    return kind if passed_on else None
