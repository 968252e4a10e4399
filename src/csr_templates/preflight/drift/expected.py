"""Differences that mean no fault: what operators change on purpose, and what AWS does not return.

Each is recognised by its place and, where that says more, by its value. What ``csr-operate`` changes for a
time is judged by a check of its own, which names the command for the way back.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from csr_templates.account.drifts import NOT_RETURNED
from csr_templates.preflight import hidden
from csr_templates.preflight.drift.differences import REMOVE, exact_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from csr_templates.preflight.drift.differences import Drift, PropertyDifference
    from csr_templates.preflight.resolved_environment import EnvironmentStack

_IP_SET: Final = "AWS::WAFv2::IPSet"


class OperatedPlace(NamedTuple):
    """A property that a command of ``csr-operate`` changes.

    Attributes:
        type: the type of the resource.
        path: its path, as a regular expression.
        value: the values that the command gives it, as a regular expression.
        command: the command.
        check: the check that judges the value.
    """

    type: str
    path: str
    value: str
    command: str
    check: str


OPERATED: Final = (
    OperatedPlace("AWS::ApiGateway::ApiKey", "/Enabled", "false", "stop-api", "origin-key"),
    OperatedPlace("AWS::Lambda::Alias", "/FunctionVersion", "[0-9]+", "roll-back", "alias"),
    OperatedPlace(
        "AWS::Lambda::Alias",
        "/ProvisionedConcurrencyConfig(/ProvisionedConcurrentExecutions)?",
        ".*",
        "set-provisioned-concurrency",
        "provisioned-concurrency",
    ),
    OperatedPlace(
        "AWS::Lambda::Function",
        "/ReservedConcurrentExecutions",
        "[0-9]*",
        "set-concurrency",
        "reserved-concurrency",
    ),
    OperatedPlace("AWS::EC2::Route", "/NatGatewayId", "nat-[0-9a-f]+", "reroute-zone", "routes"),
    OperatedPlace(
        "AWS::WAFv2::WebACL",
        "/Rules/[0-9]+/(Override)?Action(/(Block|Count|None))?",
        r"(null|\{\})?|.*\b(Block|Count|None)\b.*",
        "count-rule",
        "web-acl-rules",
    ),
    OperatedPlace(
        "AWS::WAFv2::WebACL",
        "/Rules/[0-9]+/Statement/ManagedRuleGroupStatement/RuleActionOverrides.*",
        r"(null|\{\})?|.*\bCount\b.*",
        "count-rule",
        "web-acl-rules",
    ),
)
"""The properties that commands change, each with the check that judges it."""


def reason(stack: EnvironmentStack, drift: Drift, difference: PropertyDifference) -> str:
    """Return why a difference is expected; empty if it is not."""
    declared = stack.resources.get(drift.logical_id, {}).get("Properties", {})
    if _is_secret(stack, exact_value(declared, difference.path)):
        return "the template has a reference to a secret, whose value is not shown"
    if [(entry.path, entry.kind) for entry in drift.differences] == NOT_RETURNED:
        return "RDS does not return the key of an instance without Performance Insights"
    if drift.type == _IP_SET and _only_adds(declared, difference):
        return "block-address adds addresses"
    for place in OPERATED:
        if _is_at(place, drift, difference):
            return f"{place.command} changes it, and the check {place.check} judges it"
    return ""


def _is_secret(stack: EnvironmentStack, value: Any) -> bool:
    """Return whether a value is itself a reference to a secret, and not an object that contains one."""
    is_function = isinstance(value, dict) and len(value) == 1 and next(iter(value)).startswith("Fn::")
    return (isinstance(value, str) or is_function) and hidden.is_secret_in(stack.built.template, value)


def _is_at(place: OperatedPlace, drift: Drift, difference: PropertyDifference) -> bool:
    if drift.type != place.type or not re.fullmatch(place.path, difference.path):
        return False
    return re.fullmatch(place.value, difference.actual, re.DOTALL) is not None


def _only_adds(declared: Mapping[str, Any], difference: PropertyDifference) -> bool:
    """Return whether a set of addresses has those of the template, and others."""
    name, *inner = difference.steps
    if name != "Addresses" or difference.kind == REMOVE:
        return False
    expected = declared.get("Addresses")
    if inner:
        return difference.kind == "ADD"
    try:
        actual = json.loads(difference.actual)
    except ValueError:
        return False
    return isinstance(expected, list) and isinstance(actual, list) and set(expected) <= set(actual)
