"""What the parameter groups of Aurora MySQL 3 set."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from cfnlint.rules.helpers import get_value_from_path

from csr_templates.rules.support.aurora import FAMILY
from csr_templates.rules.support.values import place, show, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfnlint.jsonschema import Validator


def settings(validator: Validator, properties: Any) -> Iterator[tuple[str, str, deque[str | int]]]:
    """Yield name, value and path of each parameter that a group of the family sets in some case."""
    for family, known in values(validator, properties.get("Family")):
        if family != FAMILY:
            continue
        for parameters, case in get_value_from_path(known, properties, deque(["Parameters"])):
            for name, value in parameters.items() if isinstance(parameters, dict) else ():
                if any(found is not None for found, _ in values(case, value)):
                    yield name, show(value), deque([*place(case, validator), name])
        return
