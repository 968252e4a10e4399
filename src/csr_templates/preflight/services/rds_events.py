"""Event subscriptions of RDS: whether the events of the database reach the topics of the template."""

from collections.abc import Mapping
from typing import Any, Final

from csr_templates.preflight import deployed_resources, remedies
from csr_templates.preflight.deployed_resources import DeployedResource
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.resolved_environment import ResolvedEnvironment
from csr_templates.preflight.results import Result, failed, passed
from csr_templates.preflight.services import rds_calls

SUBSCRIPTION: Final = "AWS::RDS::EventSubscription"
_LISTS: Final = {"EventCategories": "EventCategoriesList", "SourceIds": "SourceIdsList"}
"""Property of a template -> the list of the account, which is empty for all categories or sources."""


def judge_subscription(
    resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup
) -> Result:
    """Judge an event subscription.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_EventSubscription.html
    """
    name = resource.physical_id
    subscriptions = lookup(rds_calls.event_subscription.query(resource.region, name))
    if not subscriptions:
        return failed(f"The event subscription {name} does not exist.", resource.drift)
    subscription = subscriptions[0]
    if not subscription["Enabled"]:
        return failed(
            f"The event subscription {name} is disabled: it sends no messages.",
            f"Enable it: {_enable(resource)}",
        )
    if subscription["Status"] != "active":
        return failed(
            f"The event subscription {name} is {subscription['Status']}: it sends no messages.",
            resource.drift,
        )
    topic = deployed_resources.in_account(
        resource.properties["SnsTopicArn"], resource.stack, environment, lookup
    )
    if isinstance(topic, str) and subscription["SnsTopicArn"] != topic:
        return failed(
            f"The event subscription {name} sends its messages to {subscription['SnsTopicArn']} instead of "
            f"{topic}.",
            resource.drift,
        )
    missing = _missing(resource, subscription, environment, lookup)
    if missing:
        return failed(f"The event subscription {name} leaves out {', '.join(missing)}.", resource.drift)
    return passed(f"The event subscription {name} is enabled.")


def _missing(
    resource: DeployedResource,
    subscription: Mapping[str, Any],
    environment: ResolvedEnvironment,
    lookup: Lookup,
) -> list[str]:
    """Return the categories and sources of the template that a subscription does not have."""
    missing = []
    for name, list_name in _LISTS.items():
        present = subscription.get(list_name, [])
        for value in resource.properties.get(name, []):
            expected = deployed_resources.in_account(value, resource.stack, environment, lookup)
            if present and isinstance(expected, str) and expected not in present:
                missing.append(expected)
    return missing


def _enable(resource: DeployedResource) -> str:
    return remedies.aws(
        "rds modify-event-subscription",
        resource.region,
        "--enabled",
        subscription_name=resource.physical_id,
    )
