"""States that are no fault: a warm-up, work in progress that was announced, and what nothing uses."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from csr_templates.preflight.results import Result

from .account import NOW, RecordedAccount
from .conftest import CUSTOM, needs_of, verified


def _result(
    check: str, subject: str, change: Callable[[Any, Any], Any], values: Mapping[str, str] = CUSTOM
) -> Result:
    needed = needs_of("prod", values)
    results = verified(RecordedAccount(needed, change), needed).results
    return next(result for result in results if (result.check, result.subject) == (check, subject))


@pytest.mark.parametrize(
    ("minutes", "status", "status_if_breaching"),
    [(-5, "PASS", "PASS"), (5, "WARN", "FAIL")],
)
def test_an_alarm_without_data(minutes: int, status: str, status_if_breaching: str) -> None:
    """It is normal during the warm-up of the alarm, and while it is evaluated for the first time."""
    needed = needs_of("prod", CUSTOM)
    alarms = {
        properties["AlarmName"]: (logical_id, properties)
        for _, logical_id, properties in needed.of_type("AWS::CloudWatch::Alarm")
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
        for result in verified(RecordedAccount(needed, change), needed).results
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

    assert _result("mute-rules", "ap-northeast-1", change).status == "PASS"


def test_a_log_group_that_nothing_uses() -> None:
    """In an environment without WAF, its log group exists and stays empty."""

    def change(query: Any, answer: Any) -> Any:
        return {"logStreams": []} if query.operation == "DescribeLogStreams" else answer

    assert _result("log-groups", "WAFLogGroup", change, {"WAFEnabled": "false"}).status == "PASS"
    assert _result("log-groups", "WAFLogGroup", change).status == "WARN"


def test_hidden_and_unreadable_parameter_values_are_not_different() -> None:
    """AWS returns asterisks for a NoEcho value, and question marks for characters that are not ASCII."""

    def change(query: Any, answer: Any) -> Any:
        if query.operation == "DescribeStacks":
            values = {"RunbookUrl": "https://example.com/?", "DatabaseName": "****"}
            for parameter in answer["Stacks"][0]["Parameters"]:
                if parameter["ParameterKey"] in values:
                    parameter["ParameterValue"] = values[parameter["ParameterKey"]]
        return answer

    needed = needs_of("prod", {**CUSTOM, "RunbookUrl": "https://example.com/当"})
    results = verified(RecordedAccount(needed, change), needed).results

    assert {result.status for result in results if result.check == "parameters"} == {"PASS"}


def test_many_different_parameters_are_counted() -> None:
    """The sentence names the first ones."""

    def change(query: Any, answer: Any) -> Any:
        if query.operation == "DescribeStacks":
            answer["Stacks"][0]["Parameters"] = []
        return answer

    needed = needs_of("dev")
    results = verified(RecordedAccount(needed, change), needed).results
    (found,) = [result for result in results if (result.check, result.stack) == ("parameters", "network")]

    assert re.search(r": AvailabilityZone1, (\w+, ){2,4}\w+ and \d+ more\.$", found.sentence)
