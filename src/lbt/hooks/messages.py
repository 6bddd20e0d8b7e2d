"""Turn errors into messages for the user: what was wrong, where, what to do; no traceback."""

import re
from collections.abc import Iterator

import yaml
from kedro.config import MissingConfigException
from kedro.io import DatasetError
from kedro.validation.exceptions import ParameterValidationError

from lbt.errors import LbtError

_PARAMETER = re.compile(r"- Parameter '(?P<key>[^']+)': (?P<text>.*)")
_PROBLEM = re.compile(
    r"  (?P<text>\S.*?)( \[type=(?P<type>\w+), input_value=(?P<value>.*), input_type=\w+\])?"
)


def readable(error: BaseException) -> str | None:
    """The message to show for an error that the user can mend; None for any other error."""
    for cause in _causes(error):
        if isinstance(cause, LbtError):
            return str(cause)
    if isinstance(error, ParameterValidationError):
        return "\n".join(["parameters are wrong, so nothing was run:", *_wrong_parameters(str(error))])
    if isinstance(error, DatasetError | MissingConfigException | yaml.YAMLError):
        return str(error)
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


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
