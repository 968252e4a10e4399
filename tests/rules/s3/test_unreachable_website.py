"""W9083 on website buckets that the public can reach, and cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import UnreachableWebsite

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Wanted: {Type: String, Default: "true"}
  Switch: {Type: String, Default: "true", AllowedValues: ["true", "false"]}
Conditions:
  Switched: !Equals [!Ref Switch, "true"]
Resources:
"""
SITE = "{IndexDocument: index.html}"
EFFECTS = {
    "RestrictPublicBuckets": "S3 lets nobody from outside the account read the bucket",
    "BlockPublicPolicy": "S3 refuses the bucket policy that would let everybody read the bucket",
}


def bucket(block: str, website: str = SITE, attributes: str = "") -> str:
    """Return a template with a bucket with this website and public access block."""
    return (
        f"{HEAD}  Site: {{Type: AWS::S3::Bucket, {attributes} Properties: {{WebsiteConfiguration: {website}, "
        f"PublicAccessBlockConfiguration: {block}}}}}\n"
    )


def message(name: str) -> str:
    """Return what the rule says about this part of the block."""
    return (
        f"{name} is true on a bucket with WebsiteConfiguration: {EFFECTS[name]}, and the website answers "
        "403. Remove WebsiteConfiguration and serve the bucket by CloudFront with an origin access control, "
        f"or set {name} to false."
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(bucket("{RestrictPublicBuckets: false, BlockPublicPolicy: false}"), id="no block"),
        pytest.param(bucket("{BlockPublicAcls: true, IgnorePublicAcls: true}"), id="block of ACLs"),
        pytest.param(bucket("!Ref AWS::NoValue"), id="nothing said"),
        pytest.param(bucket("{RestrictPublicBuckets: true}", "!Ref AWS::NoValue"), id="no website"),
        pytest.param(
            bucket("{RestrictPublicBuckets: true}", "{RedirectAllRequestsTo: {HostName: example.com}}"),
            id="website that redirects",
        ),
        pytest.param(bucket("{RestrictPublicBuckets: !ImportValue block}"), id="import"),
        pytest.param(
            bucket(
                "!If [Switched, {RestrictPublicBuckets: false}, {RestrictPublicBuckets: true}]",
                f"!If [Switched, {SITE}, !Ref AWS::NoValue]",
            ),
            id="block where there is no website",
        ),
        pytest.param(
            bucket("{RestrictPublicBuckets: !If [Switched, false, true]}", attributes="Condition: Switched,"),
            id="branch that the condition of the bucket excludes",
        ),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A website that the public can reach, or no website, passes."""
    assert judge(UnreachableWebsite, text) == []


@pytest.mark.parametrize(
    ("text", "path", "name"),
    [
        pytest.param(
            bucket("{RestrictPublicBuckets: true, BlockPublicPolicy: true}"),
            "RestrictPublicBuckets",
            "RestrictPublicBuckets",
            id="literal",
        ),
        pytest.param(
            bucket("{BlockPublicPolicy: true}"), "BlockPublicPolicy", "BlockPublicPolicy", id="policy alone"
        ),
        pytest.param(
            bucket("{RestrictPublicBuckets: !Ref Wanted}"),
            "RestrictPublicBuckets",
            "RestrictPublicBuckets",
            id="parameter default",
        ),
        pytest.param(
            bucket("{RestrictPublicBuckets: !Sub '${Wanted}'}"),
            "RestrictPublicBuckets",
            "RestrictPublicBuckets",
            id="Sub",
        ),
        pytest.param(
            bucket("!If [Switched, {RestrictPublicBuckets: true}, !Ref AWS::NoValue]"),
            "Fn::If/1/RestrictPublicBuckets",
            "RestrictPublicBuckets",
            id="first branch",
        ),
        pytest.param(
            bucket(
                "{RestrictPublicBuckets: !If [Switched, false, true]}",
                f"!If [Switched, !Ref AWS::NoValue, {SITE}]",
            ),
            "RestrictPublicBuckets/Fn::If/2",
            "RestrictPublicBuckets",
            id="second branch of both",
        ),
    ],
)
def test_warns(judge: Judge, text: str, path: str, name: str) -> None:
    """A website behind the block is found in the block."""
    assert judge(UnreachableWebsite, text) == [
        (f"Resources/Site/Properties/PublicAccessBlockConfiguration/{path}", message(name))
    ]
