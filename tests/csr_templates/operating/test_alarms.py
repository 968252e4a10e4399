"""Notifications: subscriptions, tests, and mute rules."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.system import PROJECT

from . import creating
from .conftest import Operator, Run
from .stacks import ACCOUNT, PREFIX

NUMBER = "+819012345678"


@pytest.fixture
def notifying(operator: Operator) -> Operator:
    """Production with its topics."""
    creating.create_topics(operator.world)
    return operator


@pytest.fixture
def watched(operator: Operator) -> Operator:
    """Production with alarms in both regions."""
    creating.create_alarms(operator.world)
    return operator


def targets(run: Run) -> list[tuple[str, str]]:
    """Return region and topic of each call of SNS."""
    return [
        (call.region, call.parameters["TopicArn"].rpartition(":")[2])
        for call in run.calls
        if call.service == "sns" and "TopicArn" in call.parameters
    ]


def topics(operator: Operator, *levels: str) -> list[tuple[str, str]]:
    """Return region and name of the topics of these levels."""
    listed = []
    for name, beginning in creating.TOPICS.items():
        region = operator.world.environment.stack(name).region
        listed += [(region, f"{beginning}{level}AlarmTopicArn") for level in levels]
    return listed


@pytest.mark.parametrize(("level", "part"), [("critical", "Critical"), ("normal", "")])
def test_the_topics_of_a_level_are_subscribed(notifying: Operator, level: str, part: str) -> None:
    """Each in the region of its stack, and no other one."""
    run = notifying.run("subscribe", level, "sms", NUMBER)

    assert (run.status, run.err) == (0, [])
    assert targets(run) == [*topics(notifying, part), *topics(notifying, part)]  # and what each has then
    assert run.out[-1] == f"Now Frontend{part}AlarmTopicArn notifies: {NUMBER}. Not confirmed yet: none."
    assert "! SMS in ap-northeast-1: the account is in the sandbox" in "\n".join(run.out)
    assert "SMS in us-east-1 stop for the rest of the month when they have cost 1 USD." in run.out
    assert all(f"--protocol sms --notification-endpoint {NUMBER}" in line for line in run.printed)


def test_who_must_still_confirm_is_said(notifying: Operator) -> None:
    """Until then, SNS lists no ARN and sends nothing."""
    pending = {"SubscriptionArn": "PendingConfirmation", "Protocol": "email", "Endpoint": "a@example.com"}
    confirmed = {"SubscriptionArn": "arn:1", "Protocol": "email", "Endpoint": "b@example.com"}
    notifying.world.recorder.coming["sns:ListSubscriptionsByTopic"] = [
        {"Subscriptions": [pending, confirmed]},
        {"Subscriptions": [pending]},
    ]

    run = notifying.run("subscribe", "normal", "email", "a@example.com")

    said = [line.partition(" notifies: ")[2] for line in run.out if " notifies: " in line]
    assert said[:2] == [
        "b@example.com. Not confirmed yet: a@example.com.",
        "no one. Not confirmed yet: a@example.com.",
    ]


def test_outputs_of_topics_have_the_names_that_are_searched(notifying: Operator) -> None:
    """In the templates; else a topic would be left out in silence."""
    for stack in notifying.world.environment.stacks:
        outputs = stack.template.read_text("utf-8").rpartition("\nOutputs:\n")[2]
        names = re.findall(r"^  (\w*Topic\w*):$", outputs, re.MULTILINE)
        assert [name.replace("Critical", "") for name in names] == [
            f"{creating.TOPICS[stack.name]}AlarmTopicArn"
        ] * 2


def test_a_missing_stack_is_named(notifying: Operator) -> None:
    """The topics of the others are subscribed."""
    del notifying.world.stacks.stacks["api"]

    run = notifying.run("subscribe", "normal", "email", "a@example.com")

    assert run.status == 0
    assert f"The stack {PREFIX}-api does not exist, so its topics are missing." in run.out
    assert len(run.printed) == 3


def test_without_topics_nothing_is_subscribed(operator: Operator) -> None:
    """As between an import and the deploy after it."""
    run = operator.run("subscribe", "normal", "email", "a@example.com")

    assert run.err == [f"The stacks of {PREFIX} have no topics.", "Nothing was changed."]


@pytest.mark.parametrize("link", [creating.LINK, creating.LINK.replace(":Front", "%3AFront")])
def test_a_subscription_is_confirmed_from_the_link(notifying: Operator, link: str) -> None:
    """Region, topic and token are in it; to end the subscription needs credentials then."""
    run = notifying.run("confirm-subscription", link)

    assert (run.status, run.err) == (0, [])
    call, read = [call for call in run.calls if call.service == "sns"]
    assert read.operation == "ListSubscriptionsByTopic"
    assert (call.region, call.parameters) == (
        "us-east-1",
        {
            "TopicArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:FrontendAlarmTopicArn",
            "Token": "2336412f37",
            "AuthenticateOnUnsubscribe": "true",
        },
    )


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        (
            creating.LINK.partition("&")[0],
            "The link has no topic or no token. Copy the whole link of the email, in single quotes.",
        ),
        (
            creating.LINK.replace("FrontendAlarm", "Other"),
            f"arn:aws:sns:us-east-1:{ACCOUNT}:OtherTopicArn is not a topic of {PREFIX}.",
        ),
    ],
)
def test_another_link_is_refused(notifying: Operator, link: str, sentence: str) -> None:
    """A part of a link, as without quotes in a shell; a topic of another environment."""
    run = notifying.run("confirm-subscription", link)

    assert (run.status, run.err) == (2, [sentence, "Nothing was changed."])


def test_each_topic_sends_a_message(notifying: Operator) -> None:
    """In the region of its stack."""
    run = notifying.run("test-topics")

    assert run.status == 0
    assert targets(run) == topics(notifying, "", "Critical")


def test_an_alarm_is_set_in_its_region(watched: Operator) -> None:
    """By its short name."""
    run = watched.run("test-alarm", "site-unreachable")

    assert run.status == 0
    alarms = watched.world.client("cloudwatch", "us-east-1").describe_alarms(StateValue="ALARM")
    assert [alarm["AlarmName"] for alarm in alarms["MetricAlarms"]] == [f"{PREFIX}-site-unreachable"]
    assert run.out[-1] == (
        f"Now {PREFIX}-site-unreachable is ALARM: Test of the notification. CloudWatch sets it back by "
        "itself, often within seconds."
    )


def test_an_alarm_without_actions_notifies_no_one(watched: Operator) -> None:
    """Its state changes all the same, so that the test would look fine."""
    client = watched.world.client("cloudwatch", "us-east-1")
    client.disable_alarm_actions(AlarmNames=[f"{PREFIX}-site-unreachable"])

    run = watched.run("test-alarm", "site-unreachable")

    assert (run.status, run.out[-1]) == (0, "! Its actions are disabled, so it has notified no one.")


def test_an_alarm_that_does_not_exist_is_refused(watched: Operator) -> None:
    """Its long name is no short name."""
    run = watched.run("test-alarm", "api-6xx")

    assert run.err == [f"There is no alarm {PREFIX}-api-6xx.", "Nothing was changed."]


def test_alarms_are_muted_by_their_short_name(watched: Operator) -> None:
    """Not all alarms, although the name of the project has the text too; from two minutes from now."""
    run = watched.run("mute-alarms", "2", "api")

    assert (run.status, run.err) == (0, [])
    (call,) = [call for call in run.calls if call.operation == "PutAlarmMuteRule"]
    assert call.region == "ap-northeast-1"
    assert call.parameters["Name"] == f"{PREFIX}-mute-api"
    assert call.parameters["MuteTargets"] == {"AlarmNames": [f"{PREFIX}-api-5xx"]}
    schedule = call.parameters["Rule"]["Schedule"]
    begins = datetime.strptime(schedule["Expression"], "at(%Y-%m-%dT%H:%M)").replace(tzinfo=UTC)
    assert schedule["Duration"] == "PT2H"
    assert timedelta(0) < begins - datetime.now(UTC) <= timedelta(minutes=4)
    assert run.out[1] == "Way back: csr-operate prod unmute-alarms api"
    assert run.out[-1] == (
        f"Now 1 alarms in ap-northeast-1 are muted from {schedule['Expression']} UTC for 2H; the rule is "
        "SCHEDULED."
    )
    unmuted = watched.run("unmute-alarms", "api")
    assert unmuted.out[-1] == f"Now no rule {PREFIX}-mute-api mutes alarms in us-east-1."


@pytest.mark.parametrize("text", ["a", "r"])
def test_alarms_of_both_regions_are_muted(watched: Operator, text: str) -> None:
    """Each region has its own rule."""
    run = watched.run("mute-alarms", "1", text)

    regions = [call.region for call in run.calls if call.operation == "PutAlarmMuteRule"]
    matching = set()
    for region, names in creating.ALARMS.items():
        if any(text in name for name in names):
            matching.add(region)
    assert set(regions) == matching


@pytest.mark.parametrize("hours", ["0", "361"])
def test_hours_that_cloudwatch_does_not_take_are_refused(watched: Operator, hours: str) -> None:
    """A rule lasts 15 days at most."""
    run = watched.run("mute-alarms", hours, "api")

    assert (run.status, run.printed) == (2, [])
    assert run.err[0] == f"HOURS is {hours}. Give a whole number from 1 to 360."


@pytest.mark.parametrize("hours", ["30m", "1.5", "-1"])
def test_hours_are_a_whole_number(watched: Operator, hours: str) -> None:
    """Anything else is refused with the arguments."""
    with pytest.raises(SystemExit) as caught:
        watched.run("mute-alarms", hours, "api")

    assert caught.value.code == 2


def test_a_text_that_no_alarm_has_mutes_nothing(watched: Operator) -> None:
    """Such as the name of the project."""
    run = watched.run("mute-alarms", "2", f"{PROJECT}")

    assert run.err == [
        f"No alarm of {PREFIX} has {PROJECT} in its short name.",
        "Nothing was changed.",
    ]


def test_more_alarms_than_a_rule_takes_are_refused(
    watched: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before a rule of another region is written."""
    monkeypatch.setattr("csr_templates.operating.alarms._ALARMS", 1)

    run = watched.run("mute-alarms", "2", "-")

    assert run.err[0] == "2 alarms in ap-northeast-1 match, and a rule mutes 1. Give a longer text."
    assert run.printed == []


def test_the_rules_are_deleted_in_both_regions(operator: Operator) -> None:
    """AWS does not mind that one does not exist."""
    run = operator.run("unmute-alarms", "api")

    calls = [call for call in run.calls if call.operation == "DeleteAlarmMuteRule"]
    assert [call.region for call in calls] == ["ap-northeast-1", "us-east-1"]
    assert {call.parameters["AlarmMuteRuleName"] for call in calls} == {f"{PREFIX}-mute-api"}
