"""API Gateway: its role for writing logs, its quotas, and the API keys that it accepts."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from cfn_analysis.model.api_keys import ApiKeys
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
        _API,
        calls.rest_apis,
        600,
        counts=lambda item: "REGIONAL" in item.get("endpointConfiguration", {}).get("types", ()),
        noun="regional REST APIs",
    ),
    Quota("usage-plans", "AWS::ApiGateway::UsagePlan", calls.usage_plans, 300, "apigateway L-E8693075"),
)


def _logging(needs: Needs) -> Iterator[Subject]:
    for stack, logical_id, properties in needs.of_type("AWS::ApiGateway::Stage"):
        if any(
            setting.get("LoggingLevel", "OFF") != "OFF" for setting in properties.get("MethodSettings", [])
        ):
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
    owners = {owner["StackName"] for owner in lookup(calls.stack_of(stack.region, name)) or []}
    if ours and not owners and name.startswith(f"{stack.deployed}-"):
        return warned(
            f"The CloudWatch log role of API Gateway in {stack.region} is {name}, which remains from a "
            f"deleted stack {stack.deployed}: the deploy creates another role and sets it.",
            "Delete the old role after the deploy (docs/hand-over.md, When the first create fails).",
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


def _origin_keys(needs: Needs) -> Iterator[Subject]:
    for stack in needs.chosen:
        if stack.of_type("AWS::ApiGateway::ApiKey") or stack.of_type("AWS::CloudFront::Distribution"):
            for keys in (stack.accepted_keys, stack.sent_keys):
                if keys:
                    yield Subject(keys.parameter, stack)


class _Sides(NamedTuple):
    """The stack with the API, the stack that sends keys to it, and the keys that their templates declare."""

    api: StackNeeds
    accepted: ApiKeys
    sender: StackNeeds
    sent: ApiKeys

    def deployed_key(self, lookup: Lookup) -> str | None:
        """Return the value of the sender's parameter in the deployed stack."""
        return deployed.parameter(lookup, self.sender, self.sent.parameter)

    def sends_new_key(self, lookup: Lookup) -> bool:
        """Return whether the sender starts to send another key to a deployed API."""
        new = self.sender.values[self.sent.parameter]
        return self.deployed_key(lookup) != new and deployed.is_there(lookup, self.api)

    def secrets(self, needs: Needs) -> list[str]:
        """Return the names of the secrets whose keys the sender will send."""
        chosen = self.sent.secrets.get(self.sender.values[self.sent.parameter], ())
        return [f"{needs.prefix}{secret}" for secret in chosen]


def _sides(needs: Needs) -> _Sides | None:
    for api in needs.stacks:
        for sender in needs.stacks:
            if api.accepted_keys and sender.sent_keys:
                return _Sides(api, api.accepted_keys, sender, sender.sent_keys)
    return None


def _judge_origin_key(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    sides = _sides(needs)
    if sides is None:
        return warned(
            f"The stack that accepts or sends {subject.id} is not in the folder.",
            "Deploy from a complete output folder.",
        )
    api, accepted, sender, sent = sides
    new_keys = api.values[accepted.parameter]
    if subject.stack is api:
        old_key = sides.deployed_key(lookup)
        if old_key is None:
            return passed("CloudFront does not send a key yet.")
        includes = accepted.includes(new_keys, sent, old_key)
        return _compared(
            includes, new_keys, old_key, f"{api.deployed} would accept", f"{sender.deployed} sends"
        )
    is_first = api in needs.chosen  # in deploy order, the API is first
    keys = new_keys if is_first else deployed.parameter(lookup, api, accepted.parameter)
    if keys is None:
        return warned(
            f"{api.deployed} is not deployed, so the keys that it accepts are unknown.", "Deploy it first."
        )
    key = sender.values[sent.parameter]
    includes = accepted.includes(keys, sent, key)
    verdict = _compared(includes, keys, key, f"{api.deployed} accepts", f"{sender.deployed} would send")
    if not includes or not sides.sends_new_key(lookup):
        return verdict
    faults = (_replica_fault(lookup, name, sender.region, api) for name in sides.secrets(needs))
    return next(filter(None, faults), verdict)


def _compared(includes: bool, keys: str, key: str, accepting: str, sending: str) -> Verdict:
    if includes:
        return passed(f"{accepting} the key that {sending}: {key}.")
    return failed(
        f"{accepting} {keys or 'no key'}, and {sending} {key}: the API would refuse every request.",
        "Change the keys in the order of docs/changes.md (The origin key).",
    )


def _replica_fault(lookup: Lookup, name: str, region: str, api: StackNeeds) -> Verdict | None:
    """Return the finding about the replica of a secret whose key a stack in the region starts to send."""
    found: dict[str, Any] = lookup(calls.secret(api.region, name)) or {}
    states = {replica["Region"]: replica["Status"] for replica in found.get("ReplicationStatus", [])}
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
