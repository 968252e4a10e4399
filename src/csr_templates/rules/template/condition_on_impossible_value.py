"""A condition compares a parameter with an allowed value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cfnlint.helpers import is_function

from csr_templates.rules.support.patterns import refuses
from csr_templates.rules.support.rule import Fault, Faults, Rule, Validator
from csr_templates.rules.support.values import ref_name, show

if TYPE_CHECKING:
    from collections.abc import Iterator


# Pseudo parameter -> pattern of its values.
PSEUDO = {
    "AWS::AccountId": re.compile(r"\d{12}"),
    "AWS::Partition": re.compile(r"aws(-[a-z]+)*"),
    "AWS::Region": re.compile(r"[a-z]{2}(-[a-z]+)+-\d"),
}


class ConditionOnImpossibleValue(Rule):
    """Condition that compares a parameter with a value it cannot have.

    Fn::Equals with a text that is not in AllowedValues, or does not match AllowedPattern, is always false:
    its resources are never created, in any environment, without any error. cfn-lint finds only two literals.
    Correct the text, or allow the value. The values of pseudo parameters are checked too.
    """

    id = "E9506"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html"
    tags = ["conditions", "parameters", "rules"]
    fault_class = "conditions"
    looks_at = ()

    def faults(self, validator: Validator, template: Any) -> Faults:
        parameters = template.get("Parameters")
        for section in ("Conditions", "Rules"):
            for pair, path in _equals(template.get(section), (section,)):
                for name, literal in ((ref_name(pair[0]), pair[1]), (ref_name(pair[1]), pair[0])):
                    if not name or is_function(literal)[0] or isinstance(literal, dict | list):
                        continue
                    text = str(literal).lower() if isinstance(literal, bool) else str(literal)
                    allowed = _allowed(name, parameters if isinstance(parameters, dict) else {}, text)
                    if allowed:
                        yield Fault(
                            path,
                            f"Fn::Equals compares {name} with {show(text)}, but {allowed}: it is never true.",
                        )


def _equals(part: Any, path: tuple[str | int, ...]) -> Iterator[tuple[list[Any], tuple[str | int, ...]]]:
    """Yield the two values of every Fn::Equals, with its path."""
    entries: Any = (
        part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    )
    for key, value in entries:
        if key == "Fn::Equals" and isinstance(value, list) and len(value) == 2:
            yield value, (*path, key)
        else:
            yield from _equals(value, (*path, key))


def _allowed(name: str, parameters: Any, text: str) -> str:
    """Return the allowed values of a parameter if this text is not one of them; otherwise an empty text."""
    if name in PSEUDO:
        return "" if PSEUDO[name].fullmatch(text) else "no account, region or partition has this name"
    parameter = parameters.get(name)
    if not isinstance(parameter, dict) or not str(parameter.get("Type", "")).startswith(("String", "Number")):
        return ""
    values_of, pattern = parameter.get("AllowedValues"), parameter.get("AllowedPattern")
    if isinstance(values_of, list):
        known = [str(value).lower() if isinstance(value, bool) else str(value) for value in values_of]
        return (
            "" if text in known else f"AllowedValues contains {' and '.join(show(value) for value in known)}"
        )
    return f"AllowedPattern {show(pattern)} does not match it" if refuses(pattern, text) else ""
