"""Turn errors into messages for the user: what was wrong, where, what to do; no traceback."""

import errno
import re
import sqlite3
from collections.abc import Iterator

import yaml
from kedro.config import MissingConfigException
from kedro.io import DatasetError
from kedro.validation.exceptions import ParameterValidationError
from mlflow.exceptions import MlflowException
from omegaconf.errors import OmegaConfBaseException

from lbt.errors import LbtError

_PARAMETER = re.compile(r"- Parameter '(?P<key>[^']+)': (?P<text>.*)")
_PROBLEM = re.compile(
    r"  (?P<text>\S.*?)( \[type=(?P<type>\w+), input_value=(?P<value>.*), input_type=\w+\])?"
)
_VARIABLE = re.compile(r"Environment variable '(?P<name>[^']+)' not found")
_MOVE = "Make it readable and writable, or choose another data folder with LBT_DATA=<folder>."
_DISK = {
    errno.ENOSPC: "Free some disk space.",
    errno.EDQUOT: "Free some disk space.",
    errno.EIO: "Check the disk.",
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR), _MOVE),
}


def readable(error: BaseException) -> str | None:
    """The message to show for an error that the user can correct; None for any other error."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, LbtError):
            return str(cause)
    for cause in causes:
        if message := _of_the_disk(cause, isinstance(error, DatasetError)):
            return message
    if isinstance(error, ParameterValidationError):
        return "\n".join(
            [
                "Some parameters are wrong, so nothing was run:",
                *_wrong_parameters(str(error)),
                "Correct them in conf or in --params.",
            ]
        )
    if isinstance(error, OmegaConfBaseException):
        return _of_the_configuration(error)
    if isinstance(error, MlflowException):
        return f"MLflow refused the run's records: {error}"
    if isinstance(error, DatasetError | MissingConfigException | yaml.YAMLError):
        return str(error)
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what led to it, as a traceback would show them."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _of_the_disk(error: BaseException, saving: bool) -> str | None:
    """A file that cannot be read or written, wherever in a library that came up."""
    if type(error) in (sqlite3.OperationalError, sqlite3.DatabaseError):  # the store's are LbtError
        return (
            f"MLflow's database cannot be used: {error}. Make its file and folder writable and check that "
            "the disk is not full, or set LBT_TRACKING_URI=sqlite:////path/to/another.db."
        )
    if not isinstance(error, OSError) or error.filename is None:
        return None
    advice = _DISK.get(error.errno or 0, _MOVE if saving else None)
    return advice and f"{error.filename} cannot be read or written: {error.strerror}. {advice}"


def _of_the_configuration(error: OmegaConfBaseException) -> str:
    text = str(error).splitlines()[0]
    key = f"The value of {error.full_key!r}" if error.full_key else "A value"
    if variable := _VARIABLE.search(text):
        name = variable["name"]
        return (
            f"{key} in the configuration needs the environment variable {name}, which is not set. "
            f"Set it, or write a default into the configuration: ${{oc.env:{name},default}}."
        )
    return (
        f"{key} in the configuration cannot be worked out: {text}. Correct what stands in ${{…}}: the name "
        "of another key, or oc.env, globals or runtime_params with a name."
    )


def _wrong_parameters(report: str) -> Iterator[str]:
    """One line `key: problem` for each problem in Kedro's report, which embeds pydantic's."""
    key = location = ""
    for line in report.splitlines():
        if parameter := _PARAMETER.fullmatch(line):
            key, location = parameter["key"], ""
            if "validation error" not in parameter["text"]:
                yield f"  {key}: {parameter['text']}"
        elif line.startswith("    "):
            continue  # a link to pydantic's documentation
        elif problem := _PROBLEM.fullmatch(line):
            yield f"  {key}{location}: {_problem(problem)}"
        else:
            location = f".{line}"


def _problem(problem: re.Match[str]) -> str:
    if problem["type"] == "extra_forbidden":
        return "there is no such parameter"
    if problem["type"] == "value_error":
        return problem["text"].removeprefix("Value error, ")
    text = problem["text"].replace("Input should", "should", 1)
    return f"{text} (it is {problem['value']})" if problem["value"] else text
