"""What can go wrong in a call to a server, and which of it is worth another try."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
import openai

from lbt.generation.engines.openai.calls import BadAnswer

_LONGEST_RETRY_AFTER_S = 120.0
_SHOWN_REASON = 300


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a call brought nothing."""

    reason: str
    again: bool = True
    """Whether another try can help."""
    wait_s: float | None = None
    """What the server's Retry-After says, at most two minutes."""
    unreachable: bool = False
    """Whether there was no connection at all."""
    denied: bool = False
    """Whether every other call must fail in the same way: wrong key, model or address."""


def fault_of(error: openai.OpenAIError | BadAnswer | TimeoutError, timeout_s: float) -> Fault:
    """What an exception of a call means.

    Tried again are 408, 409, 429 and 5xx, timeouts, lost connections and answers that cannot be read.
    """
    if isinstance(error, BadAnswer):
        return Fault(str(error))
    if isinstance(error, openai.APIStatusError):
        return _status_fault(error)
    cause = error.__cause__
    if isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout):
        return Fault(f"no connection ({cause or 'timeout'})", unreachable=True)
    if isinstance(error, TimeoutError | openai.APITimeoutError):
        return Fault(f"no answer within {timeout_s:g} s")
    return Fault(f"the connection was lost ({cause or error})")


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to wait from the header Retry-After, which is seconds or a date, 0 to 120; None without one."""
    value = headers.get("retry-after", "")
    try:
        seconds = float(value)
    except ValueError:
        try:
            date = parsedate_to_datetime(value)
        except ValueError:
            return None
        seconds = (date.replace(tzinfo=date.tzinfo or UTC) - now).total_seconds()
    return None if math.isnan(seconds) else min(max(0.0, seconds), _LONGEST_RETRY_AFTER_S)


def shown(text: str, key: str) -> str:
    """A server's words for a message: one line, not too long, and without the key."""
    line = " ".join((text.replace(key, "***") if key else text).split())
    return line if len(line) <= _SHOWN_REASON else f"{line[:_SHOWN_REASON]} …"


def _status_fault(error: openai.APIStatusError) -> Fault:
    status = error.status_code
    told = error.body.get("message") if isinstance(error.body, dict) else None
    words = told if isinstance(told, str) else error.response.text
    return Fault(
        f"HTTP {status}: {words}" if words.strip() else f"HTTP {status}",
        again=status in (408, 409, 429) or status >= 500,
        wait_s=retry_after_s(error.response.headers, datetime.now(UTC)),
        denied=status in (401, 403, 404, 405),
    )
