"""The rules for the stacks of this project, each with its message: ``house_rules.yaml`` has the cases."""

from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from csr_templates.assembly import house_rules
from csr_templates.naming import PREFIX
from tests.data import read_yaml

DATA = read_yaml(Path(__file__).with_name("house_rules.yaml"))
KEPT = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
SIZE = {
    "Type": "Number",
    "Default": 0,
    "MinValue": 0,
    "Description": "How many.",
    "ConstraintDescription": "must be a number",
}


def filled(value: Any) -> Any:
    """Return a value of a case without its null keys, and with the prefix of names."""
    if isinstance(value, dict):
        return {key: filled(part) for key, part in value.items() if part is not None}
    if isinstance(value, list):
        return [filled(part) for part in value]
    return value.replace("{prefix}", PREFIX) if isinstance(value, str) else value


def template(case: dict[str, Any]) -> dict[str, Any]:
    """Return the template of a case."""
    body: dict[str, Any] = {"Outputs": case.get("outputs", {}), "Resources": {}}
    for name, (kind, *parts) in case.get("resources", {}).items():
        properties, policies = [*parts, {}, {}][:2]
        properties = {"Tags": DATA["values"]["tags"], **properties}
        body["Resources"][name] = {"Type": kind, **KEPT, **policies, "Properties": properties}
    if "size" in case:
        groups = [{"Parameters": group} for group in case.get("groups", [["Size"]])]
        labels = {label: {"default": label} for label in case.get("labels", ["Size"])}
        interface = {"ParameterGroups": groups, "ParameterLabels": labels}
        body["Parameters"] = {"Size": {**SIZE, **case["size"]}}
        body["Metadata"] = {"AWS::CloudFormation::Interface": interface}
    return body


@pytest.mark.parametrize("case", DATA["cases"])
def test_messages(case: dict[str, Any]) -> None:
    """A template has exactly the messages of its case, each with the name of the stack."""
    problems = house_rules.problems(BuiltStack("site", "site.yaml", "us-east-1", filled(template(case))))
    says = case["says"]

    assert problems == [f"Stack site: {text}" for text in filled([says] if isinstance(says, str) else says)]
