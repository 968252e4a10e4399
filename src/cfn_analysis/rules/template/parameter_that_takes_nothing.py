from typing import Any

from cfn_analysis.rules.support.patterns import refuses
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.scenarios import number
from cfn_analysis.rules.support.values import as_text, items, show


class ParameterThatTakesNothing(Rule):
    """Parameter with constraints that contradict each other.

    CloudFormation checks every constraint: a value of AllowedValues that AllowedPattern does not match, or
    that is outside of the range or the length, is refused, and with a minimum above the maximum every value
    is refused. cfn-lint compares only the default.
    """

    id = "E9509"
    source_url = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html"
    )
    fault_class = "conditions"
    looks_at = ()

    def faults(self, validator: Validator, template: Any) -> Faults:
        parameters = template.get("Parameters")
        for name, parameter in parameters.items() if isinstance(parameters, dict) else ():
            if not isinstance(parameter, dict):
                continue
            for low, high in (("MinValue", "MaxValue"), ("MinLength", "MaxLength")):
                least, most = number(parameter.get(low)), number(parameter.get(high))
                if least is not None and most is not None and least > most:
                    yield Fault(
                        ("Parameters", name, low),
                        f"{low} of {name} is {parameter[low]} and {high} {parameter[high]}: no value is "
                        "allowed.",
                    )
            for index, value in enumerate(items(parameter.get("AllowedValues"))):
                broken = _broken(parameter, as_text(value))
                if broken:
                    yield Fault(
                        ("Parameters", name, "AllowedValues", index),
                        f"AllowedValues of {name} contains {show(value)}, which {broken} refuses.",
                    )


def _broken(parameter: Any, text: str) -> str:
    """Return the constraint that a text does not meet; empty if it meets all."""
    pattern = parameter.get("AllowedPattern")
    if refuses(pattern, text):
        return f"AllowedPattern {show(pattern)}"
    for name, found, sign in (
        ("MinValue", number(text), 1),
        ("MaxValue", number(text), -1),
        ("MinLength", len(text), 1),
        ("MaxLength", len(text), -1),
    ):
        limit = number(parameter.get(name))
        if limit is not None and found is not None and (found - limit) * sign < 0:
            return f"{name} {parameter[name]}"
    return ""
