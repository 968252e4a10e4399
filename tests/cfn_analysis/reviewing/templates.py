"""Reviews of templates written as Python, for the tests of single behaviours."""

import json
from collections.abc import Mapping
from typing import Any

from cfn_analysis.reviewing import report, sides

Template = Mapping[str, Any]
REGION = "us-east-1"


def reviewed(
    before: Template,
    after: Template,
    *,
    given: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {}),
    region: str = REGION,
) -> dict[str, Any]:
    """Return the review of two templates as parsed JSON; ``given`` are the values of both sides."""
    both = [
        sides.template(f"{name}.json", json.dumps(one).encode(), region, values, "stack")
        for name, one, values in zip(("before", "after"), (before, after), given, strict=True)
    ]
    old, new = both
    found: dict[str, Any] = json.loads(report.as_json(report.review(old, new)))
    return found


def changed(
    before: Template, after: Template, given: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {})
) -> dict[str, dict[str, Any]]:
    """Return logical ID -> entry of each resource that changes."""
    found = reviewed(before, after, given=given)
    return {one["logicalId"]: one for one in found["environments"][0]["stacks"][0]["resources"]}


def resources(**properties: tuple[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return a template: logical ID -> type and properties."""
    return {
        "Resources": {name: {"Type": kind, "Properties": one} for name, (kind, one) in properties.items()}
    }


def risks(found: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Return kind and logical ID -> message."""
    return {(one["kind"], one["logicalId"]): one["message"] for one in found["risks"]}
