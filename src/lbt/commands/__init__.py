"""The commands of this project beside `kedro run`."""

from lbt.commands.push import push
from lbt.commands.report import report
from lbt.commands.store import generations
from lbt.commands.study import study

__all__ = ["generations", "push", "report", "study"]
