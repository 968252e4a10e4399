"""Alarms and mute rules: states that are no fault, such as a warm-up."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from .conftest import CUSTOM, changed_result, environment_of, verified
from .recorded_account import NOW, RecordedAccount


@pytest.mark.parametrize(
    ("minutes", "status", "status_if_breaching"),
    [(-5, "PASS", "PASS"), (5, "WARN", "FAIL")],
)
def test_an_alarm_without_data(minutes: int, status: str, status_if_breaching: str) -> None:
    """It is normal during the warm-up of the alarm, and while it is evaluated for the first time."""
    environment = environment_of("prod", CUSTOM)
    alarms = {
        properties["AlarmName"]: (logical_id, properties)
        for _, logical_id, properties in environment.of_type("AWS::CloudWatch::Alarm")
    }

    def change(query: Any, answer: Any) -> Any:
        if query.operation == "DescribeAlarms":
            for state in answer["MetricAlarms"]:
                normal = _minutes_without_data(alarms[state["AlarmName"]][1])
                state["StateValue"] = "INSUFFICIENT_DATA"
                state["StateTransitionedTimestamp"] = NOW - timedelta(minutes=normal + minutes)
        return answer

    results = [
        result
        for result in verified(RecordedAccount(environment, change), environment).results
        if result.check == "alarms"
    ]
    expected = {}
    for logical_id, properties in alarms.values():
        breaching = properties.get("TreatMissingData") == "breaching"
        expected[logical_id] = status_if_breaching if breaching else status

    assert {result.subject: result.status for result in results} == expected
    assert all("has no data" in result.sentence for result in results)
    assert set(expected.values()) == {status, status_if_breaching}


def _minutes_without_data(alarm: Mapping[str, Any]) -> int:
    """Return for how many minutes an alarm may be without data: its warm-up, or its first evaluation."""
    warm_up = alarm.get("WarmUpConfiguration", {}).get("WarmUpPeriodDurationInMinutes", 0)
    return max(int(warm_up), 15)


def test_a_mute_rule_of_another_project_is_not_reported() -> None:
    """Only rules for alarms of the environment count, and a rule that was deleted meanwhile does not."""

    def change(query: Any, answer: Any) -> Any:
        if query.operation == "ListAlarmMuteRules":
            arn = f"arn:aws:cloudwatch:{query.region}:123456789012:alarm-mute-rule:forever"
            return {"AlarmMuteRuleSummaries": [{"AlarmMuteRuleArn": arn}]}
        if query.operation == "GetAlarmMuteRule":
            return {**answer, "MuteTargets": {"AlarmNames": ["another"]}}
        return answer

    assert changed_result("mute-rules", "ap-northeast-1", change).status == "PASS"
