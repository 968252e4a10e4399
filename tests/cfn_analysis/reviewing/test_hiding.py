"""Values in reports: secrets are hidden, and references are shown."""

import json
from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.reviewing.hiding import HIDDEN_VALUE, shown
from tests.data import read_yaml

from .templates import reviewed

ROWS = read_yaml(Path(__file__).with_name("hiding.yaml"))


@pytest.mark.parametrize(("kind", "name", "value", "expected"), ROWS["test_values"])
def test_values(kind: str, name: str, value: Any, expected: Any) -> None:
    """Passwords, keys and tokens are hidden because of their name, their property or their format."""
    assert shown(value, name, kind) == expected


@pytest.mark.parametrize("prefix", ROWS["test_prefixes_of_tokens"])
def test_prefixes_of_tokens(prefix: str) -> None:
    """A token has a known prefix. It is not written here in full, because a scanner would report it."""
    value = f"{prefix}{'0a' * 12}"

    assert shown(value, "Environment.Variables.VALUE", "AWS::Lambda::Function") == HIDDEN_VALUE


@pytest.mark.parametrize("parts", ROWS["test_webhooks_and_tokens"])
def test_webhooks_and_tokens(parts: list[str]) -> None:
    """The address of a webhook and a JSON Web Token are secrets, under any name and within a text."""
    value = "".join(parts)

    assert shown(value, "Endpoint", "AWS::SNS::Subscription") == HIDDEN_VALUE
    assert shown(f"see {value} for it", "Description", "AWS::SNS::Topic") == HIDDEN_VALUE
    assert shown({"Fn::Sub": f"{value}-${{A}}"}, "Endpoint") == HIDDEN_VALUE


@pytest.mark.parametrize("value", ROWS["test_other_addresses"])
def test_other_addresses_are_shown(value: str) -> None:
    """An address without a secret stays readable."""
    assert shown(value, "Endpoint", "AWS::SNS::Subscription") == value


def test_a_report_does_not_contain_a_secret() -> None:
    """A NoEcho value in a property, output, name or condition does not appear in the report."""

    def template(size: int) -> dict[str, Any]:
        return {
            "Parameters": {"Password": {"Type": "String", "NoEcho": True, "Default": "first-hush"}},
            "Conditions": {"IsSecond": {"Fn::Equals": [{"Ref": "Password"}, "second-hush"]}},
            "Resources": {
                "Queue": {
                    "Type": "AWS::SQS::Queue",
                    "Properties": {"QueueName": {"Fn::Sub": "q-${Password}"}, "VisibilityTimeout": size},
                },
                "Topic": {"Type": "AWS::SNS::Topic", "Condition": "IsSecond"},
            },
            "Outputs": {
                "P": {"Value": {"Ref": "Password"}, "Export": {"Name": {"Fn::Sub": "e-${Password}"}}}
            },
        }

    review = reviewed(template(1), template(2), values_of_sides=({}, {"Password": "second-hush"}))
    (stack,) = review["environments"][0]["stacks"]

    assert "hush" not in json.dumps(review)
    assert {resource["logicalId"]: resource["change"] for resource in stack["resources"]} == {
        "Queue": "replace",
        "Topic": "add",
    }
    assert [(parameter["before"], parameter["after"]) for parameter in stack["parameters"]] == [
        (HIDDEN_VALUE, HIDDEN_VALUE)
    ]
    assert [output["key"] for output in stack["outputs"]] == ["P"]
