from collections.abc import Iterator, Sequence
from typing import Any

from cfn_analysis.rules.support.callers import RIGHTS, CalledTarget, calls_of_services
from cfn_analysis.rules.support.ordering import ORDERS, Order, keys
from cfn_analysis.rules.support.references import waits_for
from cfn_analysis.rules.support.resource_policies import Granted, ServiceCall, access, policies_of
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.targets import KEY
from cfn_analysis.rules.support.values import case_of


class CreatedTooEarly(Rule):
    """Resource that does not wait for what must exist first.

    CloudFormation creates resources at the same time unless one refers to the other, or depends on it. If
    a resource needs another one to which it does not refer, a first deployment fails or succeeds by chance: a
    bucket that notifies a queue before the queue's policy, a route before its gateway is attached, a service
    that creates the log group of the template itself. Add DependsOn. To wait for a resource with a Condition,
    refer to it in an Fn::If.
    """

    id = "E9519"
    source_url = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html"
    )
    finding_class = "lifecycle"

    def findings(self, validator: Validator, resources: Any) -> Findings:
        types: dict[str, list[str]] = {}
        for logical_id, resource in resources.items():
            types.setdefault(str(resource.get("Type")), []).append(logical_id)
        for order in ORDERS:
            firsts = types.get(order.first, []) if order.kind in types else []
            for first, waiting in _pairs(resources, order, firsts, types.get(order.kind, [])):
                yield from _findings(validator, resources, order, waiting, first)
        yield from _before_policies(validator, resources)


def _pairs(
    resources: Any, order: Order, firsts: Sequence[str], waiting: Sequence[str]
) -> Iterator[tuple[list[str], str]]:
    """Yield what must exist first, and the resource that has to wait for it."""
    if not firsts:
        return
    keys_of_firsts = {first: keys(resources, first, order.first_key) for first in firsts}
    for logical_id in waiting:
        own = keys(resources, logical_id, order.key)
        before = [first for first in firsts if keys_of_firsts[first] & own]
        if before:
            yield before, logical_id


def _findings(
    validator: Validator, resources: Any, order: Order, waiting: str, firsts: Sequence[str]
) -> Findings:
    resource = resources[waiting]
    exists = case_of(validator, resource)
    if not exists or (order.only_if and not order.only_if(exists, resource.get("Properties", {}))):
        return
    possible = [first for first in firsts if case_of(exists, resources[first])]
    missing = [first for first in possible if not waits_for(validator, waiting, first)]
    if missing and (order.needs_all or len(missing) == len(possible)):
        names = missing if order.needs_all else missing[:1]
        yield _finding(validator, resources, waiting, names, order.does, order.effect)


def _before_policies(validator: Validator, resources: Any) -> Findings:
    """Yield the resources that are created before the policy that a service needs to call their target."""
    for call in calls_of_services(validator, resources):
        if not call.caller.checked or resources[call.target]["Type"] == KEY:
            continue
        sufficient = _sufficient_policies(validator, resources, call)
        waiting = str(call.path[0])
        if sufficient and not any(waits_for(validator, waiting, policy) for policy in sufficient):
            does = f"which allows {call.caller.service or 'the service.'}amazonaws.com to use {call.target}"
            yield _finding(validator, resources, waiting, sufficient[:1], does, call.caller.effect)


def _sufficient_policies(validator: Validator, resources: Any, call: CalledTarget) -> list[str]:
    """Return the policies that allow a call, each by itself in one of its cases."""
    rights = call.caller.rights or RIGHTS[resources[call.target]["Type"]]
    service_call = ServiceCall(call.caller.service, rights, call.target, call.source)
    sufficient = []
    for policy, content in policies_of(validator, resources, call.target).items():
        for granted, _, _ in access(call.case, {policy: content}, service_call):
            if set(granted.values()) == {Granted.FULL}:
                sufficient.append(policy)
    return sufficient


def _finding(
    validator: Validator, resources: Any, waiting: str, missing: Sequence[str], does: str, effect: str
) -> RuleFinding:
    names = ", ".join(missing)
    back = [first for first in missing if waits_for(validator, first, waiting)]
    conditional = any("Condition" in resources[first] for first in missing)
    remedy = f"Add DependsOn: {names}"
    if back:
        remedy = f"{back[0]} refers to {waiting}: write the name instead, and add DependsOn: {names}"
    elif conditional:
        remedy += ", or refer to it by Fn::If, since it has a Condition"
    return RuleFinding(
        (waiting, "DependsOn") if "DependsOn" in resources[waiting] else (waiting,),
        f"{waiting} does not wait for {names}, {does}: {effect} if {waiting} is created first. {remedy}.",
    )
