"""Reads a report back: its numbers, its figures and what it loads."""

import json
from html.parser import HTMLParser
from typing import Any


class Report(HTMLParser):
    """What a page says."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.numbers: list[tuple[str, float, str]] = []
        """Name, exact value and what is shown, in order."""
        self.plots: dict[str, dict[str, Any]] = {}
        self.loads: list[str] = []
        """Addresses that a browser would fetch."""
        self.text = ""
        self._inside: tuple[str, dict[str, str]] = ("", {})
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self._inside = (tag, named)
        if tag != "a":
            self.loads += [named[name] for name in ("src", "href", "srcset") if name in named]

    def handle_endtag(self, tag: str) -> None:
        self._inside = ("", {})

    def handle_data(self, data: str) -> None:
        tag, named = self._inside
        if "data-figure" in named:
            self.numbers.append((named["data-figure"], float(named["data-value"]), data))
        if tag == "script":
            if named.get("id", "").startswith("data-"):
                self.plots[named["id"].removeprefix("data-")] = json.loads(data)
        elif tag != "style":
            self.text += data

    @property
    def figures(self) -> dict[str, float]:
        """Values by name; one that stands twice must be the same."""
        found: dict[str, float] = {}
        for name, value, _ in self.numbers:
            assert found.setdefault(name, value) == value, name
        return found
