from collections.abc import Iterator
from typing import Any

from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import children


class IfWithEqualBranches(Rule):
    """Fn::If with the same value in both branches.

    The condition has no effect. One of the values is probably a copy that was not changed. Correct it, or
    write the value without Fn::If.
    """

    id = "W9508"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html#intrinsic-function-reference-conditions-if"
    fault_class = "conditions"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        for logical_id, resource in resources.items():
            for path, condition in _equal(resource, (logical_id,)):
                yield Fault(
                    path,
                    f"Fn::If has the same value whether {condition} is true or not. Correct one of the two.",
                )


def _equal(part: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield path and condition of every Fn::If with equal branches."""
    for key, value in children(part):
        if key == "Fn::If" and isinstance(value, list) and len(value) == 3 and value[1] == value[2]:
            yield (*path, key), value[0]
        else:
            yield from _equal(value, (*path, key))
