"""Notifications: the subscriptions of the topics, tests, and mute rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Final, Literal, NamedTuple

from csr_templates.operating import waiting, words
from csr_templates.operating.aws import Aws, Unknown
from csr_templates.operating.problems import Stop, WrongInput
from csr_templates.operating.waiting import Duration, Sight

_OUTPUT: Final = "TopicArn"
_CRITICAL: Final = "Critical"
_LIMIT: Final = "MonthlySpendLimit"
_PENDING: Final = "PendingConfirmation"
"""Instead of the ARN of a subscription that is not confirmed."""
_DURATION: Final = Duration("seconds", 300)
_HOURS: Final = range(1, 361)  # CloudWatch takes at most 15 days
_LEAD: Final = timedelta(minutes=2)  # a rule cannot begin in the past
_ALARMS: Final = 100
"""Most alarms of a rule.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutAlarmMuteRule.html
"""


class _Topic(NamedTuple):
    """A topic for alarms.

    Attributes:
        key: of the output that has its ARN.
        arn: its ARN.
        region: its region.
    """

    key: str
    arn: str
    region: str


def subscribe(
    aws: Aws, level: Literal["critical", "normal"], protocol: Literal["email", "sms", "https"], address: str
) -> None:
    """Subscribe an address to the topics of all stacks.

    A subscription that exists stays as it is. An email address must be confirmed with confirm-subscription.

    Args:
        level: which topics.
        protocol: how they notify.
        address: email address, telephone number such as +819012345678, or URL.

    Example: subscribe critical email on-call@example.com
    Calls: sns:GetSMSSandboxAccountStatus, sns:GetSMSAttributes, sns:Subscribe, sns:ListSubscriptionsByTopic.
    Takes: seconds.
    Way back: aws sns unsubscribe.
    """
    topics = [topic for topic in _topics(aws) if (_CRITICAL in topic.key) == (level == "critical")]
    if protocol == "sms":
        for region in dict.fromkeys(topic.region for topic in topics):
            _say_limits_of_sms(aws, region)
    for topic in topics:
        words.say(f"Subscribes {address} to {topic.key}.")
        aws.client("sns", topic.region).subscribe(TopicArn=topic.arn, Protocol=protocol, Endpoint=address)
    aws.end_dry_run("list the subscriptions")
    for topic in topics:
        _say_subscriptions(aws, topic)


def _say_subscriptions(aws: Aws, topic: _Topic) -> None:
    """Say whom a topic notifies, and who must confirm first.

    https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
    """
    client = aws.client("sns", topic.region)
    confirmed: list[str] = []
    pending: list[str] = []
    for subscription in aws.all_pages(client, "ListSubscriptionsByTopic", TopicArn=topic.arn)[
        "Subscriptions"
    ]:
        if subscription["SubscriptionArn"] == _PENDING:
            pending.append(subscription["Endpoint"])
        else:
            confirmed.append(subscription["Endpoint"])
    words.say(
        f"Now {topic.key} notifies: {', '.join(confirmed) or 'no one'}. Not confirmed yet: "
        f"{', '.join(pending) or 'none'}."
    )


def _say_limits_of_sms(aws: Aws, region: str) -> None:
    """Say whether SMS reach anyone: an account begins in the sandbox, with a limit of one dollar a month.

    https://docs.aws.amazon.com/sns/latest/dg/sns-sms-sandbox.html
    https://docs.aws.amazon.com/sns/latest/dg/sms_preferences.html
    """
    client = aws.client("sns", region)
    status = aws.ask(client.get_sms_sandbox_account_status)
    if isinstance(status, Unknown):
        words.say(f"{words.WRONG} SMS sandbox in {region}: {status.why}")
    elif status["IsInSandbox"]:
        words.say(
            f"{words.WRONG} SMS in {region}: the account is in the sandbox, so only numbers that were "
            "verified there get SMS. Ask AWS to leave it: SNS console, Text messaging (SMS)."
        )
    limits = aws.ask(partial(client.get_sms_attributes, attributes=[_LIMIT]))
    if isinstance(limits, Unknown):
        words.say(f"{words.WRONG} Spending limit of SMS in {region}: {limits.why}")
        return
    dollars = limits.get("attributes", {}).get(_LIMIT, "1")
    words.say(f"SMS in {region} stop for the rest of the month when they have cost {dollars} USD.")


def confirm_subscription(aws: Aws, link: str) -> None:
    """Confirm a subscription with the link of the email, which you have copied and not opened.

    After this, only someone with credentials can end the subscription.

    Args:
        link: the whole link, in single quotes.

    Example: confirm-subscription 'https://sns.us-east-1.amazonaws.com/?Token=TOKEN'
    Calls: sns:ConfirmSubscription, sns:ListSubscriptionsByTopic.
    Takes: seconds.
    Way back: aws sns unsubscribe.
    """
    from urllib.parse import parse_qs, urlsplit  # takes a tenth of a second

    values = parse_qs(urlsplit(link).query)  # some mail programs encode the ARN
    arn = values.get("TopicArn", [""])[0]
    token = values.get("Token", [""])[0]
    if not arn or not token:
        raise WrongInput(
            "The link has no topic or no token. Copy the whole link of the email, in single quotes."
        )
    for topic in _topics(aws):
        if topic.arn == arn:
            words.say(f"Confirms the subscription to {topic.key}.")
            aws.client("sns", topic.region).confirm_subscription(
                TopicArn=arn, Token=token, AuthenticateOnUnsubscribe="true"
            )
            aws.end_dry_run("list the subscriptions")
            _say_subscriptions(aws, topic)
            return
    raise WrongInput(f"{arn} is not a topic of {aws.environment.prefix}.")


def test_topics(aws: Aws) -> None:
    """Send a test message to each topic.

    Calls: sns:Publish.
    Takes: seconds.
    Way back: not needed.
    """
    for topic in _topics(aws):
        text = f"Test of {topic.key}"
        words.say(f"Sends a message to {topic.key}.")
        aws.client("sns", topic.region).publish(TopicArn=topic.arn, Subject=text, Message=text)


def test_alarm(aws: Aws, alarm: str) -> None:
    """Let an alarm notify its topic; CloudWatch resets its state.

    Args:
        alarm: its short name, such as api-5xx.

    Example: test-alarm api-5xx
    Calls: cloudwatch:DescribeAlarms, cloudwatch:SetAlarmState.
    Takes: seconds.
    Way back: not needed.
    """
    name = f"{aws.environment.prefix}-{alarm}"
    for region in aws.environment.regions:
        client = aws.client("cloudwatch", region)
        if aws.all_pages(client, "DescribeAlarms", AlarmNames=[name])["MetricAlarms"]:
            words.say(f"Sets {name} to ALARM.")
            client.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="Test of the notification")
            _say_state(aws, client, name)
            return
    raise Stop(f"There is no alarm {name}.")


def _say_state(aws: Aws, client: Any, name: str) -> None:
    """Say the state of an alarm, which may be the one before again, and whether it notifies.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html
    """
    aws.end_dry_run("show the state of the alarm")
    (alarm,) = aws.all_pages(client, "DescribeAlarms", AlarmNames=[name])["MetricAlarms"]
    words.say(
        f"Now {name} is {alarm['StateValue']}: {alarm.get('StateReason', '')}. CloudWatch sets it back by "
        "itself, often within seconds."
    )
    if not alarm["ActionsEnabled"]:
        words.say(f"{words.WRONG} Its actions are disabled, so it has notified no one.")


def mute_alarms(aws: Aws, hours: int, text: str) -> None:
    """Mute the alarms with a text in their short name, from two minutes from now.

    Their state still changes, so that they still roll back a deploy.

    Args:
        hours: 1 to 360.
        text: a part of the short names, such as database. The name of the project is not compared.

    Example: mute-alarms 2 database
    Calls: cloudwatch:DescribeAlarms, cloudwatch:PutAlarmMuteRule, cloudwatch:GetAlarmMuteRule.
    Takes: seconds.
    Way back: unmute-alarms with the same text.
    """
    if hours not in _HOURS:
        raise WrongInput(f"HOURS is {hours}. Give a whole number from {_HOURS[0]} to {_HOURS[-1]}.")
    by_region = {region: _alarm_names(aws, region, text) for region in aws.environment.regions}
    matching = {region: names for region, names in by_region.items() if names}
    if not matching:
        raise Stop(f"No alarm of {aws.environment.prefix} has {text} in its short name.")
    for region, names in matching.items():
        if len(names) > _ALARMS:
            raise Stop(
                f"{len(names)} alarms in {region} match, and a rule mutes {_ALARMS}. Give a longer text."
            )
    name = _rule_name(aws, text)
    words.say(f"Way back: {aws.command('unmute-alarms', text)}")
    rule = {"Schedule": {"Expression": _schedule(), "Duration": f"PT{hours}H"}}
    for region, names in matching.items():
        words.say(f"Mutes for {hours} h in {region}, {len(names)} in all: {', '.join(names)}")
        aws.client("cloudwatch", region).put_alarm_mute_rule(
            Name=name, MuteTargets={"AlarmNames": names}, Rule=rule
        )
    for region in matching:
        look = partial(_muted, aws, region, name, rule["Schedule"])
        again = aws.command("mute-alarms", str(hours), text)
        waiting.for_effect(aws, f"the mute rule in {region}", look, _DURATION, again)


def unmute_alarms(aws: Aws, text: str) -> None:
    """Delete the rules that mute-alarms created for a text; alarms that fire notify at once.

    Args:
        text: that of mute-alarms.

    Example: unmute-alarms database
    Calls: cloudwatch:DeleteAlarmMuteRule, cloudwatch:GetAlarmMuteRule.
    Takes: seconds.
    Way back: mute-alarms.
    """
    name = _rule_name(aws, text)
    for region in aws.environment.regions:
        words.say(f"Deletes the mute rule {name} in {region}, if it exists.")
        aws.client("cloudwatch", region).delete_alarm_mute_rule(AlarmMuteRuleName=name)
    for region in aws.environment.regions:
        look = partial(_unmuted, aws, region, name)
        again = aws.command("unmute-alarms", text)
        waiting.for_effect(aws, f"the mute rule in {region}", look, _DURATION, again)


def _muted(aws: Aws, region: str, name: str, schedule: Mapping[str, str]) -> Sight:
    """Look whether CloudWatch has the rule with a schedule."""
    rule = _rule(aws, region, name)
    if rule is None:
        return Sight(f"there is no mute rule {name} in {region}")
    beginning = rule["Rule"]["Schedule"]["Expression"]
    length = rule["Rule"]["Schedule"]["Duration"]
    number = len(rule.get("MuteTargets", {}).get("AlarmNames", []))
    sentence = (
        f"{number} alarms in {region} are muted from {beginning} UTC for {length.removeprefix('PT')}; the "
        f"rule is {rule['Status']}"
    )
    return Sight(sentence, is_there=rule["Rule"]["Schedule"] == schedule)


def _unmuted(aws: Aws, region: str, name: str) -> Sight:
    if _rule(aws, region, name) is None:
        return Sight(f"no rule {name} mutes alarms in {region}", is_there=True)
    return Sight(f"the rule {name} still exists in {region}")


def _rule(aws: Aws, region: str, name: str) -> Mapping[str, Any] | None:
    """Return a mute rule; None if it does not exist."""
    client = aws.client("cloudwatch", region)
    rule: Mapping[str, Any] | None = aws.unless_missing(
        partial(client.get_alarm_mute_rule, AlarmMuteRuleName=name), "ResourceNotFoundException"
    )
    return rule


def _topics(aws: Aws) -> list[_Topic]:
    """Return the topics of the deployed stacks; a stack that is missing is named.

    Raises:
        Stop: there is no topic.
    """
    topics: list[_Topic] = []
    for stack in aws.environment.stacks:
        description = aws.stacks[stack.name]
        if description is None:
            words.say(f"The stack {stack.deployed} does not exist, so its topics are missing.")
            continue
        topics += [
            _Topic(output["OutputKey"], output["OutputValue"], stack.region)
            for output in description.get("Outputs", [])
            if output["OutputKey"].endswith(_OUTPUT)
        ]
    if not topics:
        raise Stop(f"The stacks of {aws.environment.prefix} have no topics.")
    return topics


def _alarm_names(aws: Aws, region: str, text: str) -> list[str]:
    """Return the names of the alarms with a text behind the prefix."""
    prefix = f"{aws.environment.prefix}-"
    client = aws.client("cloudwatch", region)
    alarms: list[Mapping[str, Any]] = aws.all_pages(client, "DescribeAlarms", AlarmNamePrefix=prefix)[
        "MetricAlarms"
    ]
    names = [str(alarm["AlarmName"]) for alarm in alarms]
    return [name for name in names if text in name.removeprefix(prefix)]


def _rule_name(aws: Aws, text: str) -> str:
    """Return the name of the rule for a text.

    Raises:
        WrongInput: no short name of an alarm can contain the text.
    """
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,128}", text):
        raise WrongInput(f"TEXT is {text!r}. Give a part of the short name of alarms, such as database.")
    return f"{aws.environment.prefix}-mute-{text}"


def _schedule() -> str:
    """Return the expression for a rule that begins soon, once, in UTC."""
    return f"at({words.now() + _LEAD:%Y-%m-%dT%H:%M})"
