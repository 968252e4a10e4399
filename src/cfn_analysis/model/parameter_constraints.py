"""The constraints that a template declares for the values of its parameters.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from cfn_analysis.model.intrinsics import as_strings
from cfn_analysis.model.references import as_list
from cfn_analysis.model.resolving import SSM_VALUE, is_list


def violations(text: str, declaration: Mapping[str, Any]) -> list[str]:
    """Return why CloudFormation refuses a value of a parameter; empty if it accepts the value.

    Each reason continues a sentence about the value: ``is not one of dev, prod``. Each item of a list must
    satisfy AllowedValues and AllowedPattern. The name of a parameter in the Parameter Store is not checked,
    because its value is known only to the account.
    """
    kind = str(declaration.get("Type"))
    if kind.startswith(SSM_VALUE):
        return []
    items = [text]
    if is_list(declaration):
        items = [item.strip() for item in text.split(",")]
    reasons: list[str] = []
    for item in items:
        reasons += _violations_of_item(item, kind, declaration)
    return list(dict.fromkeys(reasons))


def _violations_of_item(text: str, kind: str, declaration: Mapping[str, Any]) -> Iterator[str]:
    allowed = [str(as_strings(value)) for value in as_list(declaration.get("AllowedValues"))]
    if allowed and text not in allowed:
        yield f"is not one of {', '.join(allowed)}"
    pattern = declaration.get("AllowedPattern")
    if pattern is not None and not _matches(str(pattern), text):
        if "ConstraintDescription" in declaration:  # which is shown instead of the pattern
            yield "does not match the pattern"
        else:
            yield f"does not match {pattern}"
    yield from _violated_lengths(text, declaration)
    if kind in ("Number", "List<Number>"):
        yield from _violated_bounds(text, declaration)


def _matches(pattern: str, text: str) -> bool:
    """Return whether a text matches a pattern; also true if Python cannot read a pattern of Java."""
    try:
        return re.fullmatch(pattern, text) is not None
    except re.error:
        return True


def _violated_lengths(text: str, declaration: Mapping[str, Any]) -> Iterator[str]:
    shortest, longest = declaration.get("MinLength"), declaration.get("MaxLength")
    if shortest is not None and len(text) < int(shortest):
        yield f"has the length {len(text)}, less than {shortest}"
    if longest is not None and len(text) > int(longest):
        yield f"has the length {len(text)}, more than {longest}"


def _violated_bounds(text: str, declaration: Mapping[str, Any]) -> Iterator[str]:
    try:
        number = Decimal(text)
    except InvalidOperation:
        yield "is not a number"
        return
    lowest, highest = declaration.get("MinValue"), declaration.get("MaxValue")
    if lowest is not None and number < Decimal(str(lowest)):
        yield f"is less than {lowest}"
    if highest is not None and number > Decimal(str(highest)):
        yield f"is more than {highest}"
