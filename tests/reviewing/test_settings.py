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
