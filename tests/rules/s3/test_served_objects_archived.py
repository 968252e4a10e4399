"""E9082 on lifecycle rules of buckets that are served, and of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import ServedObjectsArchived

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Class: {Type: String, Default: GLACIER}
  Switch: {Type: String, Default: "true", AllowedValues: ["true", "false"]}
Conditions:
  Switched: !Equals [!Ref Switch, "true"]
  Unswitched: !Not [!Condition Switched]
Resources:
"""
SITE = "WebsiteConfiguration: {IndexDocument: index.html}"


def bucket(rule: str, properties: str = SITE, domain: str = "example.com", attributes: str = "") -> str:
    """Return a template with a bucket with one lifecycle rule, and a distribution with one origin."""
    return (
        f"{HEAD}  Site: {{Type: AWS::S3::Bucket, {attributes} Properties: {{{properties}, "
        f"LifecycleConfiguration: {{Rules: [{{Id: a, {rule}}}]}}}}}}\n"
        "  Edge: {Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: {Origins: [{"
        f"Id: site, DomainName: {domain}}}]}}}}}}\n"
    )


def move(storage_class: str, status: str = "Enabled") -> str:
    """Return a lifecycle rule that moves current objects."""
    return f"Status: {status}, Transitions: [{{StorageClass: {storage_class}, TransitionInDays: 90}}]"


def message(storage_class: str, reader: str = "its website") -> str:
    """Return what the rule says about this storage class."""
    return (
        f'StorageClass is "{storage_class}" for the current objects of a bucket that {reader} serves: once '
        "they are moved there, S3 refuses to read them. Use NoncurrentVersionTransitions, or a class that "
        "can be read at once, such as STANDARD_IA."
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(bucket(move("STANDARD_IA")), id="class that can be read"),
        pytest.param(bucket(move("GLACIER_IR")), id="instant retrieval"),
        pytest.param(
            bucket(
                "Status: Enabled, "
                "NoncurrentVersionTransitions: [{StorageClass: GLACIER, TransitionInDays: 9}]"
            ),
            id="old versions",
        ),
        pytest.param(bucket(move("GLACIER"), "BucketName: logs"), id="bucket that nobody serves"),
        pytest.param(bucket(move("GLACIER", "Disabled")), id="disabled"),
        pytest.param(bucket(move("GLACIER") + ", Prefix: logs/"), id="some objects by prefix"),
        pytest.param(
            bucket(move("GLACIER") + ", TagFilters: [{Key: a, Value: b}]"), id="some objects by tag"
        ),
        pytest.param(bucket(move("!ImportValue class")), id="import"),
        pytest.param(
            bucket(move("!If [Switched, STANDARD_IA, GLACIER]"), attributes="Condition: Switched,"),
            id="branch that the condition of the bucket excludes",
        ),
        pytest.param(
            bucket(move("!If [Switched, STANDARD_IA, !Ref AWS::NoValue]")), id="readable in both branches"
        ),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """What is served and stays readable, or is not served, passes."""
    assert judge(ServedObjectsArchived, text) == []


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        pytest.param(bucket(move("GLACIER")), "", message("GLACIER"), id="website"),
        pytest.param(
            bucket(move("DEEP_ARCHIVE") + ", Prefix: ''"), "", message("DEEP_ARCHIVE"), id="empty prefix"
        ),
        pytest.param(
            bucket(move("GLACIER"), "BucketName: b", "!GetAtt Site.RegionalDomainName"),
            "",
            message("GLACIER", "Edge"),
            id="origin by GetAtt",
        ),
        pytest.param(
            bucket(move("GLACIER"), "BucketName: b", "!Sub '${Site}.s3.amazonaws.com'"),
            "",
            message("GLACIER", "Edge"),
            id="origin by Sub",
        ),
        pytest.param(
            bucket(move("GLACIER"), "BucketName: b", "!If [Switched, !GetAtt Site.DomainName, example.com]"),
            "",
            message("GLACIER", "Edge"),
            id="origin in one branch",
        ),
        pytest.param(bucket(move("!Ref Class")), "", message("GLACIER"), id="parameter default"),
        pytest.param(bucket(move("!Sub '${Class}'")), "", message("GLACIER"), id="Sub"),
        pytest.param(
            bucket(move("!If [Switched, GLACIER, STANDARD_IA]")),
            "/Fn::If/1",
            message("GLACIER"),
            id="first branch",
        ),
        pytest.param(
            bucket(move("!If [Switched, STANDARD_IA, GLACIER]"), attributes="Condition: Unswitched,"),
            "/Fn::If/2",
            message("GLACIER"),
            id="second branch, under a condition",
        ),
    ],
)
def test_refuses(judge: Judge, text: str, path: str, expected: str) -> None:
    """An archive class for what is served is found, whoever serves it."""
    place = "Resources/Site/Properties/LifecycleConfiguration/Rules/0/Transitions/0/StorageClass"

    assert judge(ServedObjectsArchived, text) == [(place + path, expected)]


def test_knows_the_old_single_transition(judge: Judge) -> None:
    """Transition without s, the older property, counts too."""
    text = bucket("Status: Enabled, Transition: {StorageClass: GLACIER, TransitionInDays: 9}")

    assert judge(ServedObjectsArchived, text) == [
        (
            "Resources/Site/Properties/LifecycleConfiguration/Rules/0/Transition/StorageClass",
            message("GLACIER"),
        )
    ]
