"""Weakened alarms."""

from typing import Any

from ..templates import resources, reviewed, risks


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
