"""API Gateway: its role for writing logs, its quotas, and the API keys that it accepts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from csr_templates.preflight import calls, deployed
from csr_templates.preflight.checks import quotas, secretsmanager
from csr_templates.preflight.checks.quotas import Quota
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.needs import Needs, StackNeeds
from csr_templates.preflight.results import Check, Subject, Verdict, failed, passed, warned

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


def _logging(needs: Needs) -> Iterator[Subject]:
    for stack, logical_id, properties in needs.of_type("AWS::ApiGateway::Stage"):
        if any(one.get("LoggingLevel", "OFF") != "OFF" for one in properties.get("MethodSettings", [])):
            yield Subject(logical_id, stack)


def _judge_logging(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    stack = subject.stack
    arn = lookup(calls.api_account(stack.region)).get("cloudwatchRoleArn", "")
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
    lookup.expect([calls.role(name), calls.stack_of(stack.region, name)])
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


def _origin_keys(needs: Needs) -> Iterator[Subject]:
    for stack in needs.chosen:
        if stack.of_type("AWS::ApiGateway::ApiKey") or stack.of_type("AWS::CloudFront::Distribution"):
            for keys in (stack.accepted_keys, stack.sent_keys):
                if keys:
                    yield Subject(keys.parameter, stack)


def _judge_origin_key(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    api = next((stack for stack in needs.stacks if stack.accepted_keys), None)
    sender = next((stack for stack in needs.stacks if stack.sent_keys), None)
    if not api or not api.accepted_keys or not sender or not sender.sent_keys:
        return warned(
            f"The stack that accepts or sends {subject.id} is not in the folder.",
            "Deploy from a complete output folder.",
        )
    accepted, sent = api.accepted_keys, sender.sent_keys
    deployed.expect(lookup, [api, sender])
    if subject.stack is api:
        old_key = deployed.parameter(lookup, sender, sent.parameter)
        if old_key is None:
            return passed("CloudFront does not send a key yet.")
        keys = api.values[accepted.parameter]
        includes = accepted.includes(keys, sent, old_key)
        return _compared(includes, keys, old_key, f"{api.deployed} would accept", f"{sender.deployed} sends")
    key = sender.values[sent.parameter]
    is_first = api in needs.chosen  # in deploy order, the API is first
    known = (
        api.values[accepted.parameter] if is_first else deployed.parameter(lookup, api, accepted.parameter)
    )
    if known is None:
        return warned(
            f"{api.deployed} is not deployed, so the keys that it accepts are unknown.", "Deploy it first."
        )
    includes = accepted.includes(known, sent, key)
    verdict = _compared(includes, known, key, f"{api.deployed} accepts", f"{sender.deployed} would send")
    if not includes or deployed.parameter(lookup, sender, sent.parameter) == key:
        return verdict
    if not deployed.is_there(lookup, api):
        return verdict
    secrets = [f"{needs.prefix}{secret}" for secret in sent.secrets[key]]
    faults = (_replica_fault(lookup, secret, sender.region, api) for secret in secrets)
    return next(filter(None, faults), verdict)


def _compared(includes: bool, keys: str, key: str, accepting: str, sending: str) -> Verdict:
    if includes:
        return passed(f"{accepting} the key that {sending}: {key}.")
    return failed(
        f"{accepting} {keys or 'no key'}, and {sending} {key}: the API would refuse every request.",
        "Change the keys in the order of docs/changes.md (The origin key).",
    )


def _replica_fault(lookup: Lookup, secret: str, region: str, api: StackNeeds) -> Verdict | None:
    """Return the finding about the replica of a secret whose key a stack in the region starts to send."""
    found: dict[str, Any] = lookup(calls.secret(api.region, secret)) or {}
    states = {one["Region"]: one["Status"] for one in found.get("ReplicationStatus", [])}
    if region not in states:
        return failed(
            f"The secret {secret} does not have a replica in {region}, so the deploy cannot read the key.",
            secretsmanager.REPLICATE,
        )
    if states[region] != "InSync":
        return failed(
            f"The replica of {secret} in {region} is {states[region]}, so CloudFront could get a different "
            "value than the API.",
            "Wait until it is InSync, or fix the replication.",
        )
    return None


CHECKS = (
    Check(
        "api-logging-role",
        "API Gateway has a CloudWatch log role, set by at most one stack",
        _logging,
        _judge_logging,
    ),
    quotas.check("api-quotas", "The quotas of API Gateway are sufficient for the new resources", _QUOTAS),
    Check(
        "origin-key",
        "The API accepts the key that CloudFront sends, also during the deploy; a new key is replicated",
        _origin_keys,
        _judge_origin_key,
    ),
)
