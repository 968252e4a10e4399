"""The constraints of parameters: the value that each refuses, and the nearest one that it accepts."""

from typing import Any

import pytest

from cfn_analysis.model.parameter_constraints import violations

REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"AllowedValues": ["dev", "prod"]}, "test", "is not one of dev, prod"),
    ({"AllowedValues": [1, True]}, "2", "is not one of 1, true"),
    ({"AllowedPattern": "[a-z]+"}, "a1", "does not match [a-z]+"),
    ({"AllowedPattern": "[a-z]+", "ConstraintDescription": "Letters."}, "a1", "does not match the pattern"),
    ({"MinLength": 2}, "a", "has the length 1, less than 2"),
    ({"MaxLength": "2"}, "abc", "has the length 3, more than 2"),
    ({"Type": "Number", "MinValue": 5}, "4", "is less than 5"),
    ({"Type": "Number", "MaxValue": "5.5"}, "6", "is more than 5.5"),
    ({"Type": "Number"}, "five", "is not a number"),
    ({"Type": "List<Number>"}, "1, two", "is not a number"),
    ({"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"]}, "a,c", "is not one of a, b"),
    ({"Type": "CommaDelimitedList", "AllowedPattern": "[a-z]"}, "a,1", "does not match [a-z]"),
]
ACCEPTED: list[tuple[dict[str, Any], str]] = [
    ({}, "anything"),
    ({"AllowedValues": ["dev", "prod"]}, "dev"),
    ({"AllowedValues": [1, True]}, "true"),
    ({"AllowedPattern": r"\p{Alpha}+"}, "a pattern that only Java reads"),
    ({"MinLength": 2, "MaxLength": 2}, "ab"),
    ({"Type": "Number", "MinValue": 5, "MaxValue": 5}, "5"),
    ({"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"]}, "a, b"),
    ({"Type": "AWS::SSM::Parameter::Value<String>", "AllowedPattern": "[a-z]"}, "/name/of/a/parameter"),
]


@pytest.mark.parametrize(("declaration", "value", "reason"), REFUSED)
def test_refused(declaration: dict[str, Any], value: str, reason: str) -> None:
    """The reason continues a sentence about the value."""
    assert violations(value, {"Type": "String", **declaration}) == [reason]


@pytest.mark.parametrize(("declaration", "value"), ACCEPTED)
def test_accepted(declaration: dict[str, Any], value: str) -> None:
    """CloudFormation accepts it, or it cannot be judged here."""
    assert violations(value, {"Type": "String", **declaration}) == []
