"""The linted regions in which a part of a template can exist."""

from cfnlint.conditions import UnknownSatisfisfaction
from cfnlint.jsonschema import Validator

US_EAST_1 = "us-east-1"


def regions(case: Validator) -> list[str]:
    """Return the linted regions in which the conditions of a case can be true.

    A condition may depend on the region, or on a parameter with a value for the lint.
    """
    return [region for region in case.context.regions if _possible(case, region)]


def _possible(case: Validator, region: str) -> bool:
    status = case.context.conditions.status
    sets = [dict(values.parameters) for values in case.context.parameter_sets or []]
    known_values = {**case.context.ref_values, "AWS::Region": region}
    try:
        return any(
            case.cfn.conditions.satisfiable(status, {**parameters, **known_values})
            for parameters in sets or [{}]
        )
    except UnknownSatisfisfaction:
        return False  # not known
