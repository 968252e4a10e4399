"""E9025 on CloudFront's own certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import MinimumTlsWithDefaultCertificate

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Version: {Type: String, Default: TLSv1.2_2021}
  Own: {Type: String, Default: "true"}
Conditions:
  Named: !Equals [!Ref AWS::AccountId, "111111111111"]
Resources:
"""

OWN = "{AcmCertificateArn: a, SslSupportMethod: sni-only, MinimumProtocolVersion: TLSv1.2_2021}"


def distribution(certificate: str) -> str:
    """Return a template with one distribution of this certificate."""
    return (
        f"{HEAD}  Site: {{Type: AWS::CloudFront::Distribution, Properties: {{DistributionConfig: "
        f"{{ViewerCertificate: {certificate}}}}}}}\n"
    )


@pytest.mark.parametrize(
    "certificate",
    [
        pytest.param("{CloudFrontDefaultCertificate: true}", id="CloudFront's"),
        pytest.param(
            "{CloudFrontDefaultCertificate: true, MinimumProtocolVersion: TLSv1}", id="what it gets anyway"
        ),
        pytest.param(OWN, id="own"),
        pytest.param(
            "{CloudFrontDefaultCertificate: false, AcmCertificateArn: a, MinimumProtocolVersion: "
            "TLSv1.2_2021}",
            id="own, said twice",
        ),
        pytest.param(f"!If [Named, {OWN}, {{CloudFrontDefaultCertificate: true}}]", id="both branches"),
        pytest.param(
            "{CloudFrontDefaultCertificate: !If [Named, !Ref AWS::NoValue, true], MinimumProtocolVersion: "
            "!If [Named, TLSv1.2_2021, !Ref AWS::NoValue]}",
            id="never at once",
        ),
        pytest.param(
            "{CloudFrontDefaultCertificate: true, MinimumProtocolVersion: !Ref AWS::NoValue}", id="NoValue"
        ),
        pytest.param(
            "{CloudFrontDefaultCertificate: true, MinimumProtocolVersion: !ImportValue a}",
            id="only AWS knows",
        ),
    ],
)
def test_accepts(judge: Judge, certificate: str) -> None:
    """A certificate passes that asks for what it gets."""
    assert judge(MinimumTlsWithDefaultCertificate, distribution(certificate)) == []


@pytest.mark.parametrize(
    ("certificate", "steps", "when"),
    [
        pytest.param(
            "{CloudFrontDefaultCertificate: true, MinimumProtocolVersion: TLSv1.2_2021}",
            "/MinimumProtocolVersion",
            "",
            id="literal",
        ),
        pytest.param(
            "{CloudFrontDefaultCertificate: !Ref Own, MinimumProtocolVersion: !Ref Version}",
            "/MinimumProtocolVersion",
            "",
            id="parameter defaults",
        ),
        pytest.param(
            "{CloudFrontDefaultCertificate: true, MinimumProtocolVersion: !Sub '${Version}'}",
            "/MinimumProtocolVersion",
            "",
            id="Sub",
        ),
        pytest.param(
            "{CloudFrontDefaultCertificate: !If [Named, false, true], MinimumProtocolVersion: TLSv1.2_2021}",
            "/MinimumProtocolVersion",
            " when Named is false",
            id="certificate in one branch",
        ),
        pytest.param(
            "{CloudFrontDefaultCertificate: true, "
            "MinimumProtocolVersion: !If [Named, TLSv1.2_2021, !Ref AWS::NoValue]}",
            "/MinimumProtocolVersion",
            " when Named is true",
            id="version in one branch",
        ),
        pytest.param(
            f"!If [Named, {OWN}, "
            "{CloudFrontDefaultCertificate: true, MinimumProtocolVersion: TLSv1.2_2021}]",
            "",
            " when Named is false",
            id="whole in one branch",
        ),
    ],
)
def test_refuses(judge: Judge, certificate: str, steps: str, when: str) -> None:
    """A minimum that CloudFront's own certificate overrides is found."""
    assert judge(MinimumTlsWithDefaultCertificate, distribution(certificate)) == [
        (
            f"Resources/Site/Properties/DistributionConfig/ViewerCertificate{steps}",
            f"MinimumProtocolVersion is TLSv1.2_2021 beside CloudFrontDefaultCertificate true{when}: "
            "CloudFront sets TLSv1 with its own certificate. Use a certificate and an alias of your own, or "
            "remove the property.",
        )
    ]
