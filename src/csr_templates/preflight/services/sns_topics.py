"""What keeps messages from the receivers of a topic: its policy, filters of subscriptions, limits of SMS."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from cfn_analysis.model.intrinsics import is_unknown
from cfn_analysis.model.references import as_list
from csr_templates.hand_over.alarm_topics import is_critical
from csr_templates.preflight import deployed_resources, remedies
from csr_templates.preflight.deployed_resources import DeployedResource
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.resolved_environment import EnvironmentStack, ResolvedEnvironment
from csr_templates.preflight.results import (
    Result,
    SkippedError,
    Subject,
    failed,
    passed,
    warned,
)
from csr_templates.preflight.services import sns_calls

TOPIC: Final = "AWS::SNS::Topic"
POLICY: Final = "AWS::SNS::TopicPolicy"
_SMS: Final = "sms"
_LIMIT_OF_NEW_ACCOUNTS: Final = 1.0
"""Dollars a month. https://docs.aws.amazon.com/sns/latest/dg/channels-sms-awssupport-spend-threshold.html"""


def confirmed(subscriptions: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """Return the confirmed subscriptions; before, SNS shows a word in place of the ARN."""
    return [
        subscription for subscription in subscriptions if subscription["SubscriptionArn"].startswith("arn:")
    ]


# ---- Filters ----


def judge_filters(resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    """Judge the filters of the confirmed subscriptions: a message of an alarm has no attributes to match.

    https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html
    """
    name = resource.logical_id
    subscriptions = confirmed(
        lookup(sns_calls.subscriptions.query(resource.region, resource.physical_id)) or []
    )
    arns = [subscription["SubscriptionArn"] for subscription in subscriptions]
    attributes = lookup.all(sns_calls.subscription.query(resource.region, arn) for arn in arns)
    filtered, unfiltered = [], []
    for arn, of_subscription in zip(arns, attributes, strict=True):
        if of_subscription is None or of_subscription["PendingConfirmation"] == "true":
            continue
        if of_subscription.get("FilterPolicy", "{}") != "{}":
            filtered.append(arn)
        else:
            unfiltered.append(arn)
    if not filtered and not unfiltered:
        raise SkippedError  # no one is subscribed, as the check of the subscriptions says
    if not filtered:
        return passed(f"No subscription of the topic {name} filters the messages.")
    sentence = f"{len(filtered)} of the {len(arns)} subscriptions of the topic {name} filter its messages"
    remedy = f"Remove the filter: {_without_filter(filtered[0], resource.region)}"
    if unfiltered or not is_critical(resource.properties):
        return warned(f"{sentence}: their receivers do not get all messages.", remedy)
    return failed(f"{sentence}, and no other subscription is confirmed.", remedy)


def _without_filter(arn: str, region: str) -> str:
    """Return the command that removes a filter.

    https://docs.aws.amazon.com/sns/latest/dg/message-filtering-policy-remove.html
    """
    return remedies.aws(
        "sns set-subscription-attributes",
        region,
        subscription_arn=arn,
        attribute_name="FilterPolicy",
        attribute_value="{}",
    )


# ---- SMS ----


def regions_of_topics(environment: ResolvedEnvironment) -> Iterator[Subject]:
    """Yield each region with topics."""
    stacks: dict[str, EnvironmentStack] = {}
    for stack, _, _ in environment.of_type(TOPIC):
        stacks.setdefault(stack.region, stack)
    for region, stack in stacks.items():
        yield Subject(region, stack)


def judge_sms(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    """Judge whether SMS reach their receivers. New accounts are in the sandbox.

    https://docs.aws.amazon.com/sns/latest/dg/sns-sms-sandbox.html
    """
    region = subject.id
    if not _has_sms(region, environment, lookup):
        raise SkippedError
    sandbox, limits = lookup.all((sns_calls.sms_sandbox.query(region), sns_calls.sms_limit.query(region)))
    if sandbox["IsInSandbox"]:
        verified = remedies.aws("sns list-sms-sandbox-phone-numbers", region)
        return warned(
            f"The account is in the SMS sandbox of {region}: only numbers that were verified get SMS.",
            f"Ask AWS to leave it (SNS console, Text messaging). This shows the verified numbers: {verified}",
            sns_calls.sms_sandbox.query(region),
        )
    dollars = float(dict(limits).get("MonthlySpendLimit", _LIMIT_OF_NEW_ACCOUNTS))
    if dollars <= _LIMIT_OF_NEW_ACCOUNTS:
        higher = remedies.aws("sns set-sms-attributes", region, attributes='{"MonthlySpendLimit": "DOLLARS"}')
        return warned(
            f"SMS in {region} stop for the rest of the month when they have cost {dollars:g} USD.",
            f"Ask AWS to raise the quota of the account (Service Quotas), then set the limit: {higher}",
        )
    return passed(f"SMS in {region} may cost {dollars:g} USD a month.")


def _has_sms(region: str, environment: ResolvedEnvironment, lookup: Lookup) -> bool:
    """Return whether a topic of a region sends SMS."""
    topics = [
        topic for topic in deployed_resources.all_of(environment, lookup, TOPIC) if topic.region == region
    ]
    answers = lookup.all(sns_calls.subscriptions.query(region, topic.physical_id) for topic in topics)
    for subscriptions in answers:
        if any(subscription.get("Protocol") == _SMS for subscription in confirmed(subscriptions or [])):
            return True
    return False


# ---- Policies ----


def judge_policy(resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    """Judge the policies of the topics that have a policy of the template."""
    expected = _in_account(resource.properties["PolicyDocument"], resource.stack, environment, lookup)
    topics = _in_account(resource.properties["Topics"], resource.stack, environment, lookup)
    answers = lookup.all(
        sns_calls.topic.query(resource.region, topic) for topic in topics if isinstance(topic, str)
    )
    if not any(answers):
        raise SkippedError  # the topics do not exist, as the check of the subscriptions says
    wanted = [_normalized(statement) for statement in expected["Statement"]]
    for topic, answer in zip(topics, answers, strict=True):
        if answer is None:
            continue
        remedy = f"Set the policy of the template: {_set(topic, expected, resource.region)}"
        present = [_normalized(entry) for entry in json.loads(answer["Policy"])["Statement"]]
        for statement, normalized in zip(expected["Statement"], wanted, strict=True):
            if normalized not in present:
                name = statement.get("Sid", json.dumps(statement))
                return failed(
                    f"The policy of the topic {topic} lacks the statement {name} of the template: messages "
                    "do not arrive as it says.",
                    remedy,
                )
        if any(entry not in wanted for entry in present):
            return warned(f"The policy of the topic {topic} has a statement that no template has.", remedy)
    return passed(f"The topics of {resource.logical_id} have the policy of the template.")


def _in_account(value: Any, stack: EnvironmentStack, environment: ResolvedEnvironment, lookup: Lookup) -> Any:
    """Return a value of a template, also a nested one, as the account has it."""
    if isinstance(value, list):
        return [_in_account(entry, stack, environment, lookup) for entry in value]
    if is_unknown(value):
        return deployed_resources.in_account(value, stack, environment, lookup)
    if isinstance(value, dict):
        return {name: _in_account(entry, stack, environment, lookup) for name, entry in value.items()}
    return value


def _normalized(value: Any) -> Any:
    """Return a statement in a form that is equal for equal meanings: lists sorted, one value as a list."""
    if not isinstance(value, Mapping):
        return sorted(str(entry).lower() for entry in as_list(value))
    return {name: _normalized(entry) for name, entry in value.items()}


def _set(topic: str, policy: Mapping[str, Any], region: str) -> str:
    return remedies.aws(
        "sns set-topic-attributes",
        region,
        topic_arn=topic,
        attribute_name="Policy",
        attribute_value=json.dumps(policy),
    )
