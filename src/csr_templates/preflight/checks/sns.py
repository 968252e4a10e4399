"""Alarm topics: whether they have confirmed subscriptions."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from csr_templates.preflight import calls, deployed
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.needs import Needs
from csr_templates.preflight.results import Check, Subject, Verdict, passed, warned

SUBSCRIBE: Final = "Subscribe, and confirm the subscription (docs/operations.md, Subscribe)."


def _topics(needs: Needs) -> Iterator[Subject]:
    for stack, logical_id, _ in needs.of_type("AWS::SNS::Topic"):
        yield Subject(logical_id, stack)


def _judge_topic(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    topic = deployed.physical_id(lookup, subject.stack, subject.id)
    if topic is None:
        return warned(
            f"The topic {subject.id} does not exist yet, so it cannot have subscriptions.",
            "Subscribe after the deploy (docs/operations.md, Subscribe).",
        )
    fault = missing_subscription(subject.id, lookup(calls.subscriptions(subject.stack.region, topic)) or [])
    # Not a failure: it must not stop the deploy that repairs something at night.
    return (
        warned(fault, SUBSCRIBE) if fault else passed(f"The topic {subject.id} has a confirmed subscription.")
    )


def missing_subscription(topic: str, subscriptions: Sequence[Mapping[str, str]]) -> str:
    """Return what is wrong with the subscriptions of a topic; empty if one is confirmed."""
    if any(subscription["SubscriptionArn"].startswith("arn:") for subscription in subscriptions):
        return ""
    state = "is not confirmed" if subscriptions else "is missing"
    return f"The subscription of the topic {topic} {state}: its alarms do not notify anyone."


CHECKS = (
    Check(
        "alarm-subscriptions",
        "Every alarm topic that is deployed has a confirmed subscription",
        _topics,
        _judge_topic,
    ),
)
