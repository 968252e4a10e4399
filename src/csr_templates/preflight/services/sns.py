"""Alarm topics: whether someone receives their messages, and the services may send them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from csr_templates.hand_over.alarm_topics import is_critical
from csr_templates.preflight import deployed, deployed_resources, remedies
from csr_templates.preflight.deployed_resources import DeployedResource
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.resolved_environment import ResolvedEnvironment
from csr_templates.preflight.results import Check, Result, Subject, failed, passed, warned
from csr_templates.preflight.services import sns_calls, sns_topics

_UNCONFIRMED: Final = "PendingConfirmation"


def _topics(environment: ResolvedEnvironment) -> Iterator[Subject]:
    for stack, logical_id, properties in environment.of_type(sns_topics.TOPIC):
        yield Subject(logical_id, stack, properties)


def _judge_before_deploy(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    """Judge a topic. One without a subscription must not stop the deploy that repairs something at night."""
    topic = deployed.physical_id(lookup, subject.stack, subject.id)
    if topic is None:
        return warned(
            f"The topic {subject.id} does not exist yet, so it cannot have subscriptions.",
            "Subscribe after the deploy (docs/operations.md, Subscribe): "
            f"{_subscribe(subject.about, environment)}",
        )
    subscriptions = lookup(sns_calls.subscriptions.query(subject.stack.region, topic)) or []
    if _has_confirmed(subscriptions):
        return passed(f"The topic {subject.id} has a confirmed subscription.")
    return warned(
        _notifies_nobody(subject.id, subscriptions), _remedy(subscriptions, subject.about, environment)
    )


def _judge_after_deploy(
    resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup
) -> Result:
    name = resource.logical_id
    subscriptions = lookup(sns_calls.subscriptions.query(resource.region, resource.physical_id))
    if subscriptions is None:
        return failed(f"The topic {name} does not exist.", resource.drift)
    waiting = [
        subscription for subscription in subscriptions if subscription["SubscriptionArn"] == _UNCONFIRMED
    ]
    if _has_confirmed(subscriptions) and waiting:
        return warned(
            f"{len(waiting)} of the {len(subscriptions)} subscriptions of the topic {name} are not "
            "confirmed: their receivers do not get the messages.",
            _remedy(subscriptions, resource.properties, environment),
        )
    if _has_confirmed(subscriptions):
        return passed(f"The topic {name} has a confirmed subscription, and none that waits.")
    sentence = _notifies_nobody(name, subscriptions)
    remedy = _remedy(subscriptions, resource.properties, environment)
    if is_critical(resource.properties):
        return failed(sentence, remedy)
    return warned(sentence, remedy)


def _has_confirmed(subscriptions: Sequence[Mapping[str, str]]) -> bool:
    return bool(sns_topics.confirmed(subscriptions))


def _notifies_nobody(topic: str, subscriptions: Sequence[Mapping[str, str]]) -> str:
    state = "is missing"
    if subscriptions:
        state = "is not confirmed"
    return f"The subscription of the topic {topic} {state}: its alarms do not notify anyone."


def _remedy(
    subscriptions: Sequence[Mapping[str, str]], topic: Mapping[str, Any], environment: ResolvedEnvironment
) -> str:
    """Return what to do for a topic without a confirmed subscription."""
    if subscriptions:
        confirm = remedies.csr_operate(environment, "confirm-subscription", "LINK")
        return f"Confirm it with the link of its message (docs/operations.md, Subscribe): {confirm}"
    return f"Subscribe (docs/operations.md, Subscribe): {_subscribe(topic, environment)}"


def _subscribe(topic: Mapping[str, Any], environment: ResolvedEnvironment) -> str:
    topics = "normal"
    if is_critical(topic):
        topics = "critical"
    return remedies.csr_operate(environment, "subscribe", topics, "email", "EMAIL")


BEFORE_DEPLOY: Final = (
    Check(
        "alarm-subscriptions",
        "Every alarm topic that is deployed has a confirmed subscription",
        _topics,
        _judge_before_deploy,
    ),
)
AFTER_DEPLOY: Final = (
    deployed_resources.check(
        "subscriptions",
        "Each topic for critical alarms has a confirmed subscription",
        sns_topics.TOPIC,
        _judge_after_deploy,
    ),
    deployed_resources.check(
        "filter-policies",
        "No subscription of a topic filters its messages",
        sns_topics.TOPIC,
        sns_topics.judge_filters,
    ),
    deployed_resources.check(
        "topic-policies",
        "The policy of each topic is that of the template",
        sns_topics.POLICY,
        sns_topics.judge_policy,
    ),
    Check(
        "sms",
        "If SMS are subscribed, the account is not in the SMS sandbox, and may spend more than a new one",
        sns_topics.regions_of_topics,
        sns_topics.judge_sms,
    ),
)
