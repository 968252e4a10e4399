"""Reviews of templates, and of sets of stacks, written as Python, for the tests of single behaviours."""

import json
from collections.abc import Mapping
from typing import Any

from cfn_analysis.model.built_stack import BuiltStack, Policies
from cfn_analysis.reviewing import report, sides
from cfn_analysis.reviewing.sides import Side
from csr_templates.naming import PREFIX

Template = Mapping[str, Any]
REGION = "us-east-1"


def reviewed(
    before: Template,
    after: Template,
    *,
    values_of_sides: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {}),
    region: str = REGION,
) -> dict[str, Any]:
    """Return the review of two templates as parsed JSON; ``given`` are the values of both sides."""
    document: dict[str, Any] = json.loads(
        report.as_json(compared(before, after, values_of_sides=values_of_sides, region=region))
    )
    return document


def compared(
    before: Template,
    after: Template,
    *,
    values_of_sides: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {}),
    region: str = REGION,
) -> report.Review:
    """Return the review of two templates; ``given`` are the values of both sides."""
    both = [
        sides.template(json.dumps(template), region, values, "stack", name=f"{name}.json")
        for name, template, values in zip(("before", "after"), (before, after), values_of_sides, strict=True)
    ]
    old, new = both
    return report.review(old, new)


def changed(
    before: Template, after: Template, values_of_sides: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {})
) -> dict[str, dict[str, Any]]:
    """Return logical ID -> entry of each resource that changes."""
    review = reviewed(before, after, values_of_sides=values_of_sides)
    return {
        resource["logicalId"]: resource for resource in review["environments"][0]["stacks"][0]["resources"]
    }


def resources(**properties: tuple[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return a template: logical ID -> type and properties."""
    return {
        "Resources": {name: {"Type": kind, "Properties": own} for name, (kind, own) in properties.items()}
    }


def risks(document: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Return kind and logical ID -> message; several, of different properties, are lines."""
    messages: dict[tuple[str, str], list[str]] = {}
    for risk in document["risks"]:
        messages.setdefault((risk["kind"], risk["logicalId"]), []).append(risk["message"])
    return {place: "\n".join(lines) for place, lines in messages.items()}


def side(policy: Mapping[str, Any] | None = None, /, **templates: Template) -> Side:
    """Return a set of stacks of one environment, prod, in the given order. frontend is in us-east-1."""
    stacks = tuple(
        BuiltStack(
            name,
            f"{name}.yaml",
            "us-east-1" if name == "frontend" else "eu-west-1",
            template,
            policies=Policies(dict(policy or {})),
            name_pattern=f"{PREFIX}{name}",
        )
        for name, template in templates.items()
    )
    return Side("side", stacks, {"prod": {name: {} for name in templates}})


def set_risks(before: Side, after: Side) -> dict[tuple[str, str, str], str]:
    """Return kind, stack and logical ID -> message."""
    return {(risk.kind, risk.stack, risk.name): risk.message for risk in report.review(before, after).risks}


def exporting(name: str, value: Any = "1", key: str = "Id") -> dict[str, Any]:
    """Return a template with one export."""
    return {"Resources": {}, "Outputs": {key: {"Value": value, "Export": {"Name": name}}}}


def importing(name: str) -> dict[str, Any]:
    """Return a template that imports an export."""
    properties = {"DisplayName": {"Fn::ImportValue": name}}
    return {"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": properties}}}
