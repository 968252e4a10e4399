"""API Gateway: its role for writing logs, its quotas, and the API keys that it accepts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from csr_templates.preflight import calls, deployed
from csr_templates.preflight.checks import quotas, secretsmanager
from csr_templates.preflight.checks.quotas import Quota
from csr_templates.preflight.facts import Lookup, Query
from csr_templates.preflight.needs import Needs, StackNeeds
from csr_templates.preflight.results import PASS, Check, Subject, Verdict, failed, passed, warned

_API = "AWS::ApiGateway::RestApi"
# The first quota cannot be raised, and Service Quotas does not list it.
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
"""Value of the parameter ``OriginKeys`` -> the keys that the API accepts."""


def _logging(needs: Needs) -> Iterator[Subject]:
    for stack, logical_id, properties in needs.of_type("AWS::ApiGateway::Stage"):
        if any(one.get("LoggingLevel", "OFF") != "OFF" for one in properties.get("MethodSettings", [])):
            yield Subject(logical_id, stack)


def _judge_logging(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    stack = subject.stack
    arn = _logging_role_arn(stack, lookup)
    ours = stack.of_type("AWS::ApiGateway::Account")
    if not arn and ours:
        return passed(f"{stack.deployed} sets the CloudWatch log role of API Gateway.")
    if not arn:
        return failed(
            f"API Gateway does not have a CloudWatch log role in {stack.region}, and no stack sets one: the "
            "stage cannot be created.",
            "Set ManageApiGatewayAccount to true for the first environment of the account.",
        )
    name = arn.rpartition("/")[2]
    owners = {one["StackName"] for one in lookup(calls.stack_of(stack.region, name)) or []}
    if ours and not owners and name.startswith(f"{stack.deployed}-"):
        return warned(
            f"The CloudWatch log role of API Gateway in {stack.region} is {name}, which remains from a "
            f"deleted stack {stack.deployed}: the deploy creates another role and sets it.",
            "Delete the old role after the deploy (docs/operations.md, When the first create fails).",
        )
    if ours and stack.deployed not in owners:
        owner = (
            f"which belongs to {', '.join(sorted(owners))}" if owners else "which does not belong to a stack"
        )
        return failed(
            f"The CloudWatch log role of API Gateway in {stack.region} is {name}, {owner}: {stack.deployed} "
            "would replace the setting.",
            "Set ManageApiGatewayAccount to false, except for one environment of the account.",
        )
    if lookup(calls.role(name)) is None:
        return failed(
            f"The CloudWatch log role of API Gateway is {name}, but this role does not exist.",
            "Create the role, or set ManageApiGatewayAccount to true in one environment.",
        )
    return passed(f"The CloudWatch log role of API Gateway is {name}.")


def _logging_role_arn(stack: StackNeeds, lookup: Lookup) -> str:
    return str(lookup(calls.api_account(stack.region)).get("cloudwatchRoleArn", ""))


def _api_account(subject: Subject, _: Needs, __: Lookup) -> Iterator[Query]:
    yield calls.api_account(subject.stack.region)


def _logging_role(subject: Subject, _: Needs, lookup: Lookup) -> Iterator[Query]:
    if arn := _logging_role_arn(subject.stack, lookup):
        name = arn.rpartition("/")[2]
        yield calls.role(name)
        yield calls.stack_of(subject.stack.region, name)


def _origin_keys(needs: Needs) -> Iterator[Subject]:
    for stack in needs.chosen:
        if stack.of_type("AWS::ApiGateway::ApiKey") or stack.of_type("AWS::CloudFront::Distribution"):
            for name in ("OriginKeys", "OriginKey"):
                if name in stack.values:
                    yield Subject(name, stack)


def _judge_origin_key(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    other = _other_side(subject, needs)
    if other is None:
        return warned(
            f"The stack that accepts or sends {subject.id} is not in the folder.",
            "Deploy from a complete output folder.",
        )
    new = subject.stack.values[subject.id]
    if subject.id == "OriginKeys":
        sent = deployed.parameter(lookup, other, "OriginKey")
        return _accepts(new, sent, f"{subject.stack.deployed} would accept", f"{other.deployed} sends")
    is_first = other in needs.chosen  # in deploy order, the API is first
    keys = other.values["OriginKeys"] if is_first else deployed.parameter(lookup, other, "OriginKeys")
    if keys is None:
        return warned(
            f"{other.deployed} is not deployed, so the keys that it accepts are unknown.", "Deploy it first."
        )
    verdict = _accepts(keys, new, f"{other.deployed} accepts", f"{subject.stack.deployed} would send")
    if verdict.status != PASS or not _sends_new_key(subject, lookup, other):
        return verdict
    return _replica(needs, lookup, new, subject.stack.region, other) or verdict


def _accepts(keys: str, sent: str | None, accepting: str, sending: str) -> Verdict:
    if sent is None:
        return passed("CloudFront does not send a key yet.")
    if sent in ACCEPTED.get(keys, ""):
        return passed(f"{accepting} the key that {sending}: {sent}.")
    return failed(
        f"{accepting} {keys or 'no key'}, and {sending} {sent}: the API would refuse every request.",
        "Change the keys in the order of docs/changes.md (The origin key).",
    )


def _replica(needs: Needs, lookup: Lookup, key: str, region: str, api: StackNeeds) -> Verdict | None:
    """Return the finding about the replica of the secret with a key that CloudFront starts to send."""
    name = _secret_name(needs, key)
    found: dict[str, Any] = lookup(calls.secret(api.region, name)) or {}
    states = {one["Region"]: one["Status"] for one in found.get("ReplicationStatus", [])}
    if region not in states:
        return failed(
            f"The secret {name} does not have a replica in {region}, so the deploy cannot read the key.",
            secretsmanager.REPLICATE,
        )
    if states[region] != "InSync":
        return failed(
            f"The replica of {name} in {region} is {states[region]}, so CloudFront could get a different "
            "value than the API.",
            "Wait until it is InSync, or fix the replication.",
        )
    return None


def _other_side(subject: Subject, needs: Needs) -> StackNeeds | None:
    """Return the stack that sends the keys that the subject accepts, or accepts the key that it sends."""
    parameter = "OriginKey" if subject.id == "OriginKeys" else "OriginKeys"
    return next((stack for stack in needs.stacks if parameter in stack.values), None)


def _sends_new_key(subject: Subject, lookup: Lookup, api: StackNeeds) -> bool:
    """Return whether CloudFront starts to send another key to a deployed API."""
    sent = deployed.parameter(lookup, subject.stack, "OriginKey")
    return sent != subject.stack.values["OriginKey"] and deployed.is_there(lookup, api)


def _secret_name(needs: Needs, key: str) -> str:
    return f"{needs.prefix}origin-api-key-{key}"


def _both_sides(subject: Subject, needs: Needs, _: Lookup) -> Iterator[Query]:
    for stack in (_other_side(subject, needs), subject.stack):
        if stack:
            yield calls.stack(stack.region, stack.deployed)


def _secret(subject: Subject, needs: Needs, lookup: Lookup) -> Iterator[Query]:
    api = _other_side(subject, needs)
    if api and subject.id == "OriginKey" and _sends_new_key(subject, lookup, api):
        yield calls.secret(api.region, _secret_name(needs, subject.stack.values["OriginKey"]))


CHECKS = (
    Check(
        "api-logging-role",
        "API Gateway has a CloudWatch log role, set by at most one stack",
        _logging,
        _judge_logging,
        (_api_account, _logging_role),
    ),
    quotas.check("api-quotas", "The quotas of API Gateway are sufficient for the new resources", _QUOTAS),
    Check(
        "origin-key",
        "The API accepts the key that CloudFront sends, also during the deploy; a new key is replicated",
        _origin_keys,
        _judge_origin_key,
        (_both_sides, _secret),
    ),
)
