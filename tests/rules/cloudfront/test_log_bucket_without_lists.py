"""E9024 on log buckets with and without access control lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import LogBucketWithoutLists

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Owner: {Type: String, Default: BucketOwnerPreferred}
  Enforced: {Type: String, Default: BucketOwnerEnforced}
Conditions:
  Listed: !Equals [!Ref AWS::AccountId, "111111111111"]
Resources:
"""


def distribution(bucket: str, address: str = "!GetAtt Logs.DomainName", attributes: str = "") -> str:
    """Return a template with one distribution that logs to a bucket of these properties."""
    logging = f"Logging: {{Bucket: {address}}}" if address else "Enabled: true"
    return (
        f"{HEAD}  Logs: {{Type: AWS::S3::Bucket, {attributes} Properties: {{{bucket}}}}}\n  Site: {{Type: "
        f"AWS::CloudFront::Distribution, Properties: {{DistributionConfig: {{{logging}}}}}}}\n"
    )


def owned(owner: str) -> str:
    """Return the properties of a bucket whose objects belong to this owner."""
    return f"OwnershipControls: {{Rules: [{{ObjectOwnership: {owner}}}]}}"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(distribution(owned("BucketOwnerPreferred")), id="preferred"),
        pytest.param(distribution(owned("ObjectWriter")), id="writer"),
        pytest.param(distribution(owned("!Ref Owner")), id="parameter default"),
        pytest.param(distribution(owned("!If [Listed, ObjectWriter, !Ref Owner]")), id="both branches"),
        pytest.param(distribution("OwnershipControls: !FindInMap [A, b, c]"), id="a function hides it"),
        pytest.param(distribution("", "logs.s3.amazonaws.com"), id="bucket of another stack"),
        pytest.param(distribution("", "!ImportValue logs"), id="only AWS knows"),
        pytest.param(distribution("", ""), id="no logging"),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A log bucket passes that has access control lists, or may have them."""
    assert judge(LogBucketWithoutLists, text) == []


@pytest.mark.parametrize(
    ("bucket", "ownership"),
    [
        pytest.param("BucketName: logs", "no OwnershipControls", id="none"),
        pytest.param(owned("BucketOwnerEnforced"), "ObjectOwnership BucketOwnerEnforced", id="enforced"),
        pytest.param(owned("!Ref Enforced"), "ObjectOwnership BucketOwnerEnforced", id="parameter default"),
        pytest.param(owned("!Sub '${Enforced}'"), "ObjectOwnership BucketOwnerEnforced", id="Sub"),
        pytest.param(
            owned("!If [Listed, ObjectWriter, BucketOwnerEnforced]"),
            "ObjectOwnership BucketOwnerEnforced when Listed is false",
            id="owner in one branch",
        ),
        pytest.param(
            "OwnershipControls: !If [Listed, !Ref AWS::NoValue, {Rules: [{ObjectOwnership: ObjectWriter}]}]",
            "no OwnershipControls when Listed is true",
            id="none in one branch",
        ),
    ],
)
@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("!GetAtt Logs.DomainName", '{"Fn::GetAtt": ["Logs", "DomainName"]}'),
        ("!Sub '${Logs}.s3.amazonaws.com'", '{"Fn::Sub": "${Logs}.s3.amazonaws.com"}'),
    ],
    ids=["GetAtt", "Sub"],
)
def test_refuses(judge: Judge, bucket: str, ownership: str, address: str, shown: str) -> None:
    """A log bucket without access control lists is found on the distribution."""
    assert judge(LogBucketWithoutLists, distribution(bucket, address)) == [
        (
            "Resources/Site/Properties/DistributionConfig/Logging/Bucket",
            f"Bucket is {shown}, and Logs has {ownership}: CloudFront refuses a log bucket without access "
            "control lists. Give it OwnershipControls with ObjectOwnership BucketOwnerPreferred, or log by "
            "AWS::Logs::Delivery.",
        )
    ]
