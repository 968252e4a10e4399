"""What the parameter groups of Aurora MySQL 3 set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csr_templates.rules.support.aurora import FAMILY
from csr_templates.rules.support.values import branches, place, show, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfnlint.jsonschema import Validator

    from csr_templates.rules.support.values import Path


def settings(validator: Validator, properties: Any) -> Iterator[tuple[str, str, Path]]:
    """Yield name, value and path of each parameter that a group of the family sets in some case."""
    for family, known in values(validator, properties.get("Family")):
        if family != FAMILY:
            continue
        for parameters, case in branches(known, properties, "Parameters"):
            for name, value in parameters.items() if isinstance(parameters, dict) else ():
                if any(found is not None for found, _ in values(case, value)):
                    yield name, show(value), (*place(case, validator), name)
        return
