"""The kinds of answers, by the value of the parameter `domain`."""

from collections.abc import Callable

from lbt.errors import LbtError
from lbt.grading.domains.choice import ChoiceDomain
from lbt.grading.domains.code import CodeDomain
from lbt.grading.domains.domain import Domain
from lbt.grading.domains.math import MathDomain
from lbt.grading.domains.number import NumberDomain
from lbt.grading.domains.text import TextDomain
from lbt.grading.settings import GradingSettings

_ALL = (NumberDomain, TextDomain, ChoiceDomain, MathDomain, CodeDomain)
DOMAINS: dict[str, Callable[[GradingSettings], Domain]] = {domain.name: domain for domain in _ALL}


def domain_named(name: str, settings: GradingSettings | None = None) -> Domain:
    """The domain of that name; flexible if no settings are given."""
    if name not in DOMAINS:
        raise LbtError(f"There is no domain '{name}'. Set domain to one of {', '.join(DOMAINS)}.")
    return DOMAINS[name](settings or GradingSettings())


__all__ = ["DOMAINS", "Domain", "domain_named"]
