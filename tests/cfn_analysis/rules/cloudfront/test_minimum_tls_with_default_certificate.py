"""CloudFront's own certificate."""

from ..harness import frame, row

OWN = "{AcmCertificateArn: a, SslSupportMethod: sni-only, MinimumProtocolVersion: TLSv1.2_2021}"

distribution = frame("""
Parameters:
  Version: {Type: String, Default: TLSv1.2_2021}
  Own: {Type: String, Default: "true"}
Resources:
  Site: {Type: AWS::CloudFront::Distribution,
      Properties: {DistributionConfig: {ViewerCertificate: <certificate>}}}
""")

case = row(
    distribution("<certificate>"),
    "Resources/Site/Properties/DistributionConfig/ViewerCertificate<steps>",
    "MinimumProtocolVersion is TLSv1.2_2021 with CloudFrontDefaultCertificate true<when>: CloudFront "
    "sets TLSv1 with its own certificate. Use your own certificate and alias, or remove the property.",
)

GOOD = {
    "CloudFront's": distribution("{CloudFrontDefaultCertificate: true}"),
    "what it gets anyway": distribution(
        "{CloudFrontDefaultCertificate: true, MinimumProtocolVersion: TLSv1}"
    ),
    "own": distribution(OWN),
    "own, said twice": distribution(
        "{CloudFrontDefaultCertificate: false, AcmCertificateArn: a, MinimumProtocolVersion: TLSv1.2_2021}"
    ),
    "both branches": distribution(f"!If [Named, {OWN}, {{CloudFrontDefaultCertificate: true}}]"),
    "never at once": distribution(
        "{CloudFrontDefaultCertificate: !If [Named, !Ref AWS::NoValue, true], MinimumProtocolVersion: "
        "!If [Named, TLSv1.2_2021, !Ref AWS::NoValue]}"
    ),
    "NoValue": distribution(
        "{CloudFrontDefaultCertificate: true, MinimumProtocolVersion: !Ref AWS::NoValue}"
    ),
    "only AWS knows": distribution(
        "{CloudFrontDefaultCertificate: true, MinimumProtocolVersion: !ImportValue a}"
    ),
}

BAD = {
    "literal": case(
        "{CloudFrontDefaultCertificate: true, MinimumProtocolVersion: TLSv1.2_2021}",
        "/MinimumProtocolVersion",
        "",
    ),
    "parameter defaults": case(
        "{CloudFrontDefaultCertificate: !Ref Own, MinimumProtocolVersion: !Ref Version}",
        "/MinimumProtocolVersion",
        "",
    ),
    "Sub": case(
        "{CloudFrontDefaultCertificate: true, MinimumProtocolVersion: !Sub '${Version}'}",
        "/MinimumProtocolVersion",
        "",
    ),
    "certificate in one branch": case(
        "{CloudFrontDefaultCertificate: !If [Named, false, true], MinimumProtocolVersion: TLSv1.2_2021}",
        "/MinimumProtocolVersion",
        " when Named is false",
    ),
    "version in one branch": case(
        "{CloudFrontDefaultCertificate: true, "
        "MinimumProtocolVersion: !If [Named, TLSv1.2_2021, !Ref AWS::NoValue]}",
        "/MinimumProtocolVersion",
        " when Named is true",
    ),
    "whole in one branch": case(
        (f"!If [Named, {OWN}, {{CloudFrontDefaultCertificate: true, MinimumProtocolVersion: TLSv1.2_2021}}]"),
        "",
        " when Named is false",
    ),
}
