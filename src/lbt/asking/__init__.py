"""The only way from a stage to a model: tasks in, one graded table out."""

from lbt.asking.answered import check_answered
from lbt.asking.asker import Asked, Asker, OpenModel, debugging
from lbt.asking.tasks import Task, Tasks
from lbt.asking.usage import Usage, add_usage

__all__ = [
    "Asked",
    "Asker",
    "OpenModel",
    "Task",
    "Tasks",
    "Usage",
    "add_usage",
    "check_answered",
    "debugging",
]
