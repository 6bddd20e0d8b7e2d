"""Files whose fields and answers are called otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lbt.problems.rows import Unusable


@dataclass(frozen=True)
class Naming:
    """What a file's fields and labels mean.

    Args:
        columns: Our field name to the file's.
        labels: The file's answer, as it is written, to ours; empty to take answers as they are.
    """

    columns: Mapping[Any, str]
    labels: Mapping[str, str]

    def in_our_words(self, fields: dict[str, Any]) -> dict[str, Any]:
        """The row with our names; raises Unusable if it lacks a field that is named, or has another label."""
        named = {field: name for field, name in self.columns.items() if field != name}
        taken = set(named.values())
        found = {name: value for name, value in fields.items() if name not in taken and name not in named}
        for field, name in named.items():
            if name not in fields:
                raise Unusable(name, f"is missing, but problems.columns names it for {field}")
            found[field] = fields[name]
        if self.labels and "answer" in found:
            label = found["answer"]
            if not isinstance(label, str) or label.strip() not in self.labels:
                known = ", ".join(self.labels)
                raise Unusable(
                    self.columns.get("answer", "answer"),
                    f"is {label!r}, which problems.labels does not have ({known})",
                )
            found["answer"] = self.labels[label.strip()]
        return found
