"""Alarm topics: whether they have confirmed subscriptions."""

from collections.abc import Iterator

from csr_templates.preflight import calls, deployed
from csr_templates.preflight.facts import Lookup, Query
from csr_templates.preflight.needs import Needs
from csr_templates.preflight.results import Check, Subject, Verdict, passed, warned


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
    found = lookup(calls.subscriptions(subject.stack.region, topic)) or []
    confirmed = [one for one in found if one["SubscriptionArn"].startswith("arn:")]
    if confirmed:
        return passed(f"The topic {subject.id} has a confirmed subscription.")
    state = "is not confirmed" if found else "is missing"
    # Not a failure: it must not stop the deploy that repairs something at night.
    return warned(
        f"The subscription of the topic {subject.id} {state}: its alarms do not notify anyone.",
        "Subscribe, and confirm the subscription (docs/operations.md, Subscribe).",
    )


def _subscriptions(subject: Subject, _: Needs, lookup: Lookup) -> Iterator[Query]:
    if topic := deployed.physical_id(lookup, subject.stack, subject.id):
        yield calls.subscriptions(subject.stack.region, topic)


CHECKS = (
    Check(
        "alarm-subscriptions",
        "Every alarm topic that is deployed has a confirmed subscription",
        _topics,
        _judge_topic,
        (*deployed.STACKS, _subscriptions),
    ),
)
