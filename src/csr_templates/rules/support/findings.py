"""How a rule that looks at many cases reports each fault once."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from cfnlint.jsonschema import ValidationError

from csr_templates.rules.support.scenarios import when

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cfnlint.jsonschema import Validator
    from cfnlint.rules import CloudFormationLintRule

Path = tuple[str | int, ...]

# Path from where the rule was called, message, and the case; "{when}" in the message becomes what all cases
# of the fault share.
Fault = tuple[Path, str, "Validator"]


def findings(
    rule: CloudFormationLintRule, validator: Validator, faults: Iterable[Fault]
) -> Iterator[ValidationError]:
    """Yield one error per path and message, whatever the number of cases it is found in."""
    cases: dict[tuple[Path, str], list[Validator]] = {}
    for path, message, case in faults:
        cases.setdefault((path, message), []).append(case)
    for (path, message), found in cases.items():
        text = message.replace("{when}", when(validator, found))
        yield ValidationError(text, path=deque(path), rule=rule)


def existing(properties: Any, path: Sequence[str | int]) -> Path:
    """Return the path, or as much of it as the template has: what is missing is reported on its holder.

    An Fn::If ends the path too: what a case takes from its branch has another place in the template.
    """
    for index, step in enumerate(path):
        inside = isinstance(properties, dict) and step in properties
        listed = isinstance(properties, list) and isinstance(step, int) and step < len(properties)
        if not inside and not listed:
            return tuple(path[:index])
        properties = properties[step]
    return tuple(path)
