"""Weakened alarms."""

import itertools
from typing import Any

from cfn_analysis.reviewing.guards.alarms import _periods

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
    remaining = risks(reviewed(before, _depth_alarm("New", "Old", "New")))
    assert remaining["guard", "Alarm"] == (
        "Alarm: Dimensions is changed: it monitors another condition, and may notify later."
    )


def test_fewer_datapoints_are_weaker_only_if_an_alarm_can_be_missed() -> None:
    """Where nothing is reported, the new alarm fires at the latest when the old one does."""

    def alarm(needed: int, of: int) -> dict[str, Any]:
        return {"EvaluationPeriods": of, "DatapointsToAlarm": needed}

    def first(history: tuple[bool, ...], needed: int, of: int) -> int:
        ends = range(1, len(history) + 1)
        return next((end for end in ends if sum(history[max(0, end - of) : end]) >= needed), len(history) + 1)

    settings = [(needed, of) for needed, of in itertools.product(range(1, 5), repeat=2) if needed <= of]
    histories = [*itertools.product((False, True), repeat=6)]
    for old, new in itertools.product(settings, repeat=2):
        misses = any(first(history, *new) > first(history, *old) for history in histories)
        reported = [*_periods(alarm(*old), alarm(*new))]
        assert reported or not misses, (old, new)
