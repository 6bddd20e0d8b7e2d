"""Hostile programs by what they are after."""

from tests.sandbox.attacks.bombs import BOMBS
from tests.sandbox.attacks.lying import LYING
from tests.sandbox.attacks.processes import PROCESSES
from tests.sandbox.attacks.reading import READING
from tests.sandbox.attacks.talking import TALKING
from tests.sandbox.attacks.writing import WRITING

ATTACKS = [*READING, *TALKING, *WRITING, *PROCESSES, *BOMBS, *LYING]
ESSENTIAL = [READING[0], TALKING[0], WRITING[0], PROCESSES[0], *LYING]
"""Those of `make test`: all that would pass as right, and one of each other quick group."""
