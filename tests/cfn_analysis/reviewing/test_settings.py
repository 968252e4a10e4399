"""Messages about settings that open a resource or weaken a guard."""

from __future__ import annotations

from typing import Any

import pytest

from .templates import resources, reviewed, risks

KEPT = {"Id": "kept", "Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 90}}


def _rules(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"LifecycleConfiguration": {"Rules": [{**rule, "Status": "Enabled"} for rule in rules]}}


@pytest.mark.parametrize(
    ("kind", "before", "after", "message"),
    [
        (
            "AWS::S3::Bucket",
            _rules(KEPT),
            _rules(KEPT, {"Id": "expire", "ExpirationInDays": 30}),
            "LifecycleConfiguration.Rules[expire].ExpirationInDays is set to 30: objects are deleted after "
            "30 days",
        ),
        (
            "AWS::S3::Bucket",
            {},
            _rules({"NoncurrentVersionExpiration": {"NoncurrentDays": 1}}),
            "LifecycleConfiguration.Rules[0].NoncurrentVersionExpiration.NoncurrentDays is set to 1: "
            "noncurrent versions of objects are deleted after 1 day",
        ),
        (
            "AWS::S3::Bucket",
            _rules({"Id": "expire", "ExpirationInDays": 60}),
            _rules({"Id": "expire", "ExpirationInDays": 30}),
            "LifecycleConfiguration.Rules[expire].ExpirationInDays is 30 instead of 60: records are retained "
            "for a shorter time",
        ),
        (
            "AWS::Logs::LogGroup",
            {"LogGroupName": "a"},
            {"LogGroupName": "a", "RetentionInDays": 30},
            "RetentionInDays is set to 30: log events are deleted after 30 days",
        ),
    ],
)
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


METHOD = "AWS::ApiGateway::Method"
PLAN = "AWS::ApiGateway::UsagePlan"
LOGS = "AWS::WAFv2::LoggingConfiguration"
MORE = "clients may send more requests"
CACHED = "requests with other values may get the same cached response"


def _cache_keys(*keys: str) -> dict[str, Any]:
    return {"HttpMethod": "GET", "Integration": {"Type": "MOCK", "CacheKeyParameters": list(keys)}}


def _trace(*enabled: bool) -> dict[str, Any]:
    settings = [{"HttpMethod": "*", "ResourcePath": "/*", "DataTraceEnabled": one} for one in enabled]
    return {"StageName": "prod", "MethodSettings": settings}


def _redacted(*fields: dict[str, Any]) -> dict[str, Any]:
    return {"ResourceArn": "arn", "RedactedFields": list(fields)}


def _stages(*limits: int) -> dict[str, Any]:
    stages = [{"ApiId": "a", "Stage": "s", "Throttle": {"/a/GET": {"RateLimit": one}}} for one in limits]
    return {"ApiStages": stages}


QUERY: dict[str, Any] = {"QueryString": {}}
HEADERS = [{"SingleHeader": {"Name": name}} for name in ("authorization", "cookie")]


@pytest.mark.parametrize(
    ("kind", "before", "after", "message"),
    [
        (
            METHOD,
            _cache_keys("a", "b"),
            _cache_keys("b"),
            f"Integration.CacheKeyParameters[0] is no longer a: {CACHED}",
        ),
        (
            METHOD,
            _cache_keys("a"),
            {"HttpMethod": "GET", "Integration": {"Type": "MOCK"}},
            f"Integration.CacheKeyParameters[0] is no longer a: {CACHED}",
        ),
        (
            METHOD,
            _cache_keys("a"),
            _cache_keys("b"),
            f"Integration.CacheKeyParameters[0] is no longer a: {CACHED}",
        ),
        (METHOD, _cache_keys("a"), _cache_keys("a", "b"), None),
        (
            "AWS::ApiGateway::Stage",
            _trace(False),
            _trace(True),
            "MethodSettings[*].DataTraceEnabled is true: whole requests and responses are logged, with "
            "their sensitive data",
        ),
        (
            "AWS::ApiGateway::Stage",
            {"StageName": "prod"},
            _trace(True),
            "MethodSettings[0].DataTraceEnabled is true: whole requests and responses are logged, with "
            "their sensitive data",
        ),
        ("AWS::ApiGateway::Stage", _trace(True), _trace(False), None),
        (
            LOGS,
            _redacted(*HEADERS, QUERY),
            _redacted(HEADERS[1], QUERY),
            "RedactedFields[0].SingleHeader.Name is no longer authorization: the logs show the field",
        ),
        (
            LOGS,
            _redacted(*HEADERS, QUERY),
            _redacted(*HEADERS),
            "RedactedFields[2].QueryString is removed: the logs show the field",
        ),
        (
            LOGS,
            _redacted(QUERY),
            {"ResourceArn": "arn"},
            "RedactedFields[0].QueryString is removed: the logs show the field",
        ),
        (
            LOGS,
            _redacted(HEADERS[0]),
            _redacted(HEADERS[1]),
            "RedactedFields[0].SingleHeader.Name is no longer authorization: the logs show the field",
        ),
        (LOGS, _redacted(HEADERS[0]), _redacted(QUERY, HEADERS[0]), None),
        (
            PLAN,
            {"Quota": {"Limit": 1000, "Period": "DAY"}},
            {"Quota": {"Limit": 2000, "Period": "DAY"}},
            f"Quota.Limit is 2000 instead of 1000: {MORE}",
        ),
        (
            PLAN,
            {"Quota": {"Limit": 1000, "Period": "DAY"}, "UsagePlanName": "a"},
            {"UsagePlanName": "a"},
            f"Quota.Limit is removed: {MORE}",
        ),
        (
            PLAN,
            {"Quota": {"Limit": 1000, "Period": "MONTH"}},
            {"Quota": {"Limit": 1000, "Period": "DAY"}},
            f"Quota.Period is DAY instead of MONTH: {MORE}",
        ),
        (
            PLAN,
            {"Throttle": {"RateLimit": 10, "BurstLimit": 5}},
            {"Throttle": {"RateLimit": 10.5, "BurstLimit": 4}},
            f"Throttle.RateLimit is 10.5 instead of 10: {MORE}",
        ),
        (
            PLAN,
            {"Throttle": {"RateLimit": 10, "BurstLimit": 5}},
            {"Throttle": {"RateLimit": 10}},
            f"Throttle.BurstLimit is removed: {MORE}",
        ),
        (PLAN, _stages(1), _stages(2), f"ApiStages[0].Throttle./a/GET.RateLimit is 2 instead of 1: {MORE}"),
        (PLAN, _stages(1, 1), _stages(1), None),
        (PLAN, {"Description": "a"}, {"Description": "a", "Throttle": {"RateLimit": 10}}, None),
        (
            PLAN,
            {"Quota": {"Limit": 1000, "Period": "DAY"}},
            {"Quota": {"Limit": 900, "Period": "WEEK"}},
            None,
        ),
    ],
)
def test_openings(kind: str, before: dict[str, Any], after: dict[str, Any], message: str | None) -> None:
    """Limits of requests, and what separates caches or keeps data out of logs, must not be weakened."""
    found = risks(reviewed(resources(It=(kind, before)), resources(It=(kind, after))))

    assert found.get(("opens", "It")) == (message and f"It: {message}.")
