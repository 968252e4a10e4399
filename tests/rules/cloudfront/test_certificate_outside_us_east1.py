"""E9027 on certificates of a distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import CertificateOutsideUsEast1

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Arn: {Type: String, Default: "arn:aws:acm:eu-west-1:123456789012:certificate/a"}
  Empty: {Type: String, Default: ""}
Conditions:
  Named: !Equals [!Ref AWS::AccountId, "111111111111"]
  InUsEast1: !Equals [!Ref AWS::Region, us-east-1]
Resources:
  Own: {Type: AWS::CertificateManager::Certificate}
"""

US = "'arn:aws:acm:us-east-1:123456789012:certificate/a'"
EU = "'arn:aws:acm:eu-west-1:123456789012:certificate/a'"


def distribution(arn: str, attributes: str = "") -> str:
    """Return a template with one distribution of this certificate."""
    return (
        f"{HEAD}  Site: {{Type: AWS::CloudFront::Distribution, {attributes} Properties: "
        f"{{DistributionConfig: {{ViewerCertificate: {{AcmCertificateArn: {arn}}}}}}}}}\n"
    )


@pytest.mark.parametrize(
    ("text", "regions"),
    [
        pytest.param(distribution(US), ["eu-west-1"], id="us-east-1"),
        pytest.param(distribution("!Ref Own"), ["us-east-1"], id="stack of us-east-1"),
        pytest.param(
            distribution("!Ref Own", "Condition: InUsEast1,"),
            ["us-east-1", "eu-west-1"],
            id="condition on the region",
        ),
        pytest.param(distribution("!Ref Empty"), ["eu-west-1"], id="empty default"),
        pytest.param(distribution("!ImportValue arn"), ["eu-west-1"], id="only AWS knows"),
        pytest.param(distribution("!Ref AWS::NoValue"), ["eu-west-1"], id="none"),
        pytest.param(distribution(f"!If [Named, {US}, !Ref Empty]"), ["eu-west-1"], id="both branches"),
        pytest.param(
            distribution("'arn:aws-cn:acm:cn-north-1:123456789012:certificate/a'"), ["cn-north-1"], id="China"
        ),
    ],
)
def test_accepts(judge: Judge, text: str, regions: list[str]) -> None:
    """A certificate of us-east-1 passes, and one of which nobody knows."""
    assert judge(CertificateOutsideUsEast1, text, regions=regions) == []


@pytest.mark.parametrize(
    ("arn", "shown", "region"),
    [
        pytest.param(EU, '"arn:aws:acm:eu-west-1:123456789012:certificate/a"', "eu-west-1", id="literal"),
        pytest.param("!Ref Arn", '{"Ref": "Arn"}', "eu-west-1", id="parameter default"),
        pytest.param(
            "!Sub 'arn:aws:acm:${AWS::Region}:${AWS::AccountId}:certificate/a'",
            '{"Fn::Sub": "arn:aws:acm:${AWS::Region}:${AWS::AccountId}:certificate/a"}',
            "ap-northeast-1",
            id="Sub",
        ),
        pytest.param("!Ref Own", '{"Ref": "Own"}', "ap-northeast-1", id="certificate of the stack"),
        pytest.param(
            f"!If [Named, {US}, {EU}]",
            '"arn:aws:acm:eu-west-1:123456789012:certificate/a" when Named is false',
            "eu-west-1",
            id="one branch",
        ),
    ],
)
def test_refuses(judge: Judge, arn: str, shown: str, region: str) -> None:
    """A certificate of another region is found."""
    assert judge(CertificateOutsideUsEast1, distribution(arn)) == [
        (
            "Resources/Site/Properties/DistributionConfig/ViewerCertificate/AcmCertificateArn",
            f"AcmCertificateArn is {shown}, a certificate of {region}: CloudFront takes one of us-east-1 "
            "alone. Make it there and give its ARN.",
        )
    ]
