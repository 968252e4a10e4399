"""Messages about settings that open a resource or weaken a guard."""

from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.model.rendering import load

from .templates import resources, reviewed, risks

ROWS = load(Path(__file__).with_name("settings.yaml").read_text("utf-8"))


@pytest.mark.parametrize(("kind", "before", "after", "message"), ROWS["test_guards"])
def test_guards(kind: str, before: dict[str, Any], after: dict[str, Any], message: str) -> None:
    """The message describes the effect of the new value."""
    found = reviewed(resources(It=(kind, before)), resources(It=(kind, after)))

    assert risks(found)["guard", "It"] == f"It: {message}."


def _depth_alarm(queue: str, *queues: str) -> dict[str, Any]:
    """Return a template with queues and an alarm on one of them, which notifies a topic."""
    alarm = {
        "Namespace": "AWS/SQS",
        "MetricName": "ApproximateNumberOfMessagesVisible",
        "Dimensions": [{"Name": "QueueName", "Value": {"Fn::GetAtt": [queue, "QueueName"]}}],
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 0,
        "AlarmActions": [{"Ref": "Topic"}],
    }
    return resources(
        Topic=("AWS::SNS::Topic", {}),
        Alarm=("AWS::CloudWatch::Alarm", alarm),
        **{name: ("AWS::SQS::Queue", {"VisibilityTimeout": 60}) for name in queues},
    )


def test_an_alarm_on_the_successor_of_a_removed_queue_is_no_guard() -> None:
    """It cannot monitor the removed queue. If the queue is kept, the alarm no longer monitors it."""
    before = _depth_alarm("Old", "Old")

    moved = risks(reviewed(before, _depth_alarm("New", "New")))
    assert ("guard", "Alarm") not in moved
    left = risks(reviewed(before, _depth_alarm("New", "Old", "New")))
    assert left["guard", "Alarm"] == (
        "Alarm: Dimensions is changed: it monitors another condition, and may notify later."
    )


@pytest.mark.parametrize(("kind", "before", "after", "message"), ROWS["test_openings"])
def test_openings(kind: str, before: dict[str, Any], after: dict[str, Any], message: str | None) -> None:
    """Limits of requests, and what separates caches or keeps data out of logs, must not be weakened."""
    found = risks(reviewed(resources(It=(kind, before)), resources(It=(kind, after))))

    assert found.get(("opens", "It")) == (message and f"It: {message}.")
