"""How far a study is, and when it will be finished."""

from datetime import datetime, timedelta
from statistics import mean
from time import perf_counter

from lbt.reporting.texts import duration
from lbt.studies import Cell


class Progress:
    """Says before each run which one it is, and after it how long the rest will take, by the mean so far."""

    def __init__(self, cells: int, missing: int) -> None:
        self._cells, self._missing = cells, missing
        self._done = 0
        self._seconds: list[float] = []
        self._started = 0.0

    def start(self, name: str) -> str:
        """The first line."""
        there = self._cells - self._missing
        return f"Study {name}: {self._cells} runs, of which {there} are done."

    def before(self, cell: Cell) -> str:
        """Which run is next."""
        self._started = perf_counter()
        number = self._cells - self._missing + self._done + 1
        return f"[{number}/{self._cells}] {cell.title} … "

    def after(self) -> str:
        """How long it took, and when the study will be finished."""
        self._seconds.append(perf_counter() - self._started)
        self._done += 1
        left = self._missing - self._done
        if not left:
            return duration(self._seconds[-1])
        rest = left * mean(self._seconds)
        end = datetime.now() + timedelta(seconds=rest)
        return f"{duration(self._seconds[-1])}; {left} left, about {duration(rest)}, until {end:%a %H:%M}"
