"""The declarations of parameters: what CloudFormation refuses in them, and the constraints for their values.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from cfn_analysis.model.intrinsics import as_strings
from cfn_analysis.model.references import as_list
from cfn_analysis.model.resolving import SSM_VALUE, is_list

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
_OF_ACCOUNT: Final = (
    r"AWS::(?:EC2::(?:AvailabilityZone::Name|Image::Id|Instance::Id|KeyPair::KeyName|SecurityGroup::GroupName"
    r"|SecurityGroup::Id|Subnet::Id|Volume::Id|VPC::Id)|Route53::HostedZone::Id)"
)
_ITEM: Final = rf"String|Number|AWS::SSM::Parameter::Name|{_OF_ACCOUNT}"
_VALUE: Final = rf"{_ITEM}|CommaDelimitedList|List<(?:{_ITEM})>"
_TYPE: Final = re.compile(rf"{_VALUE}|AWS::SSM::Parameter::Value<(?:{_VALUE})>")
_NUMBERS: Final = ("MaxLength", "MaxValue", "MinLength", "MinValue")


def faults_of_declaration(declaration: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each key of a declaration that CloudFormation refuses, and why."""
    if "Type" not in declaration:
        yield "Type", "is required"
    elif not _TYPE.fullmatch(str(declaration["Type"])):
        yield "Type", f"must be a type of parameters, not {declaration['Type']}"
    if not isinstance(declaration.get("AllowedValues", []), list):
        yield "AllowedValues", "must be a list"
    if str(declaration.get("NoEcho", False)).lower() not in ("true", "false"):
        yield "NoEcho", "must be true or false"
    for key in _NUMBERS:
        if key in declaration and not _is_number(declaration[key]):
            yield key, "must be a number"


def _is_number(value: Any) -> bool:
    try:
        float(str(value))
    except ValueError:
        return False
    return True


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
