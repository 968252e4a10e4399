"""Alarm topics: whether someone receives their messages."""

from collections.abc import Iterator

from csr_templates.hand_over.alarm_topics import is_critical
from csr_templates.preflight import calls
from csr_templates.preflight.facts import Lookup, Query
from csr_templates.preflight.needs import Needs
from csr_templates.preflight.results import Check, Verdict, failed, passed, warned
from csr_templates.preflight.verifying import resources
from csr_templates.preflight.verifying.resources import DeployedResource


def _judge(resource: DeployedResource, _: Needs, lookup: Lookup) -> Verdict:
    name = resource.logical_id
    subscriptions = lookup(calls.subscriptions(resource.region, resource.physical_id))
    if subscriptions is None:
        return failed(f"The topic {name} does not exist.", "Detect the drift of the stack, and restore it.")
    if any(subscription["SubscriptionArn"].startswith("arn:") for subscription in subscriptions):
        return passed(f"The topic {name} has a confirmed subscription.")
    state = "is not confirmed" if subscriptions else "is missing"
    verdict = failed if is_critical(resource.properties) else warned
    return verdict(
        f"The subscription of the topic {name} {state}: its alarms do not notify anyone.",
        "Subscribe, and confirm the subscription (docs/operations.md, Subscribe).",
    )


def _ask(resource: DeployedResource, _: Needs, __: Lookup) -> Iterator[Query]:
    yield calls.subscriptions(resource.region, resource.physical_id)


CHECKS: tuple[Check, ...] = (
    resources.check(
        "subscriptions",
        "Each topic for critical alarms has a confirmed subscription",
        "AWS::SNS::Topic",
        _judge,
        _ask,
    ),
)
