"""Alarm topics: whether someone receives their messages."""

from csr_templates.hand_over.alarm_topics import is_critical
from csr_templates.preflight import calls
from csr_templates.preflight.checks.sns import SUBSCRIBE, missing_subscription
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.needs import Needs
from csr_templates.preflight.results import Check, Verdict, failed, passed, warned
from csr_templates.preflight.verifying import resources
from csr_templates.preflight.verifying.resources import DeployedResource


def _judge(resource: DeployedResource, _: Needs, lookup: Lookup) -> Verdict:
    name = resource.logical_id
    subscriptions = lookup(calls.subscriptions(resource.region, resource.physical_id))
    if subscriptions is None:
        return failed(f"The topic {name} does not exist.", resource.drift)
    fault = missing_subscription(name, subscriptions)
    verdict = failed if is_critical(resource.properties) else warned
    return verdict(fault, SUBSCRIBE) if fault else passed(f"The topic {name} has a confirmed subscription.")


CHECKS: tuple[Check, ...] = (
    resources.check(
        "subscriptions",
        "Each topic for critical alarms has a confirmed subscription",
        "AWS::SNS::Topic",
        _judge,
    ),
)
