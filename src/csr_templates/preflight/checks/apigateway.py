"""API Gateway: the role with which it writes logs, quotas, and the keys that it accepts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from csr_templates.preflight import calls, deployed
from csr_templates.preflight.checks import quotas
from csr_templates.preflight.checks.quotas import Quota
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.needs import Needs, StackNeeds
from csr_templates.preflight.results import Check, Subject, Verdict, failed, passed, warned

_API = "AWS::ApiGateway::RestApi"
# The first cannot be raised, and Service Quotas does not have it.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
_QUOTAS = (
    Quota(
        "regional-apis",
        "regional REST APIs",
        (_API,),
        calls.rest_apis,
        600,
        counts=lambda item: "REGIONAL" in item.get("endpointConfiguration", {}).get("types", ()),
    ),
    Quota(
        "usage-plans",
        "usage plans",
        ("AWS::ApiGateway::UsagePlan",),
        calls.usage_plans,
        300,
        "apigateway",
        "L-E8693075",
    ),
)
ACCEPTED: Final[Mapping[str, str]] = {"a": "a", "b": "b", "both": "ab"}
"""``OriginKeys`` of the API -> the keys that it accepts."""


def _logging(needs: Needs) -> Iterator[Subject]:
    for stack, logical_id, properties in needs.of_type("AWS::ApiGateway::Stage"):
        if any(one.get("LoggingLevel", "OFF") != "OFF" for one in properties.get("MethodSettings", [])):
            yield Subject(logical_id, stack)


def _judge_logging(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    stack = subject.stack
    arn = lookup(calls.api_account(stack.region)).get("cloudwatchRoleArn", "")
    ours = stack.of_type("AWS::ApiGateway::Account")
    if not arn and ours:
        return passed(f"{stack.deployed} sets the role with which API Gateway writes logs.")
    if not arn:
        return failed(
            f"API Gateway has no role to write logs with in {stack.region}, and no stack sets one: the "
            "stage cannot be created.",
            "Set ManageApiGatewayAccount to true for the first environment of the account.",
        )
    name = arn.rpartition("/")[2]
    lookup.expect([calls.role(name), calls.stack_of(stack.region, name)])
    owners = {one["StackName"] for one in lookup(calls.stack_of(stack.region, name)) or []}
    if ours and stack.deployed not in owners:
        owner = f"which {', '.join(sorted(owners))} holds" if owners else "which no stack holds"
        return failed(
            f"API Gateway writes logs with {name} in {stack.region}, {owner}: {stack.deployed} would take "
            "the setting over.",
            "Set ManageApiGatewayAccount to false, except for one environment of the account.",
        )
    if lookup(calls.role(name)) is None:
        return failed(
            f"API Gateway is to write logs with {name}, and there is no such role.",
            "Create the role, or let a stack set another one (ManageApiGatewayAccount).",
        )
    return passed(f"API Gateway writes logs with {name}.")


def _origin_keys(needs: Needs) -> Iterator[Subject]:
    for stack in needs.chosen:
        if stack.of_type("AWS::ApiGateway::ApiKey") or stack.of_type("AWS::CloudFront::Distribution"):
            for name in ("OriginKeys", "OriginKey"):
                if name in stack.values:
                    yield Subject(name, stack)


def _judge_origin_key(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    other = _with(needs, "OriginKey" if subject.id == "OriginKeys" else "OriginKeys")
    if other is None:
        return warned(
            f"No stack of the folder has the other side of {subject.id}.", "Deploy from a whole folder."
        )
    deployed.expect(lookup, [other, subject.stack])
    new = subject.stack.values[subject.id]
    if subject.id == "OriginKeys":
        sent = deployed.parameter(lookup, other, "OriginKey")
        return _accepts(new, sent, f"{subject.stack.deployed} would accept", f"{other.deployed} sends")
    is_first = other in needs.chosen  # in deploy order, the API comes first
    keys = other.values["OriginKeys"] if is_first else deployed.parameter(lookup, other, "OriginKeys")
    if keys is None:
        return warned(
            f"{other.deployed} is not deployed, so nothing tells which key it accepts.", "Deploy it first."
        )
    verdict = _accepts(keys, new, f"{other.deployed} accepts", f"{subject.stack.deployed} would send")
    sent = deployed.parameter(lookup, subject.stack, "OriginKey")
    if verdict.status != "PASS" or sent in (None, new):
        return verdict
    return _replica(needs, lookup, new, subject.stack.region, other) or verdict


def _accepts(keys: str, sent: str | None, accepting: str, sending: str) -> Verdict:
    if sent is None:
        return passed("CloudFront sends no key yet.")
    if sent in ACCEPTED.get(keys, ""):
        return passed(f"{accepting} the key that {sending}: {sent}.")
    return failed(
        f"{accepting} {keys or 'no key'}, and {sending} {sent}: the API would refuse every request.",
        "Change the keys in the order of docs/changes.md (The origin key).",
    )


def _replica(needs: Needs, lookup: Lookup, key: str, region: str, api: StackNeeds) -> Verdict | None:
    """Return what is wrong with the copy of a secret that CloudFront begins to send."""
    name = f"{needs.prefix}origin-api-key-{key}"
    found: dict[str, Any] = lookup(calls.secret(api.region, name)) or {}
    states = {one["Region"]: one["Status"] for one in found.get("ReplicationStatus", [])}
    if states.get(region) == "InSync":
        return None
    return failed(
        f"The copy of {name} in {region} is {states.get(region, 'missing')}, so CloudFront could be given "
        "another value than the API.",
        "Wait until it is InSync, or repair the replication.",
    )


def _with(needs: Needs, parameter: str) -> StackNeeds | None:
    return next((stack for stack in needs.stacks if parameter in stack.values), None)


CHECKS = (
    Check(
        "api-logging-role",
        "API Gateway has a role to write logs with, or a stack sets it that no other one sets it for",
        _logging,
        _judge_logging,
    ),
    quotas.check("api-quotas", "The quotas of API Gateway leave room for what is new", _QUOTAS),
    Check(
        "origin-key",
        "The API accepts the key that CloudFront sends, on the way of the deploy too",
        _origin_keys,
        _judge_origin_key,
    ),
)
