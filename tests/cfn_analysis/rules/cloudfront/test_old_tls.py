"""TLS versions of distributions."""

from ..harness import frame


def site(*parts: str) -> str:
    """Return a template with one distribution."""
    return (
        "Resources: {Site: {Type: AWS::CloudFront::Distribution, "
        f"Properties: {{DistributionConfig: {{{', '.join(parts)}}}}}}}}}\n"
    )


certificate = frame(
    "ViewerCertificate: {AcmCertificateArn: a, MinimumProtocolVersion: <version>, SslSupportMethod: sni-only}"
)

origin = frame(
    "Origins: [{Id: api, DomainName: api.example.com, "
    "CustomOriginConfig: {OriginProtocolPolicy: https-only, OriginSSLProtocols: [<versions>]}}]"
)

GOOD = {
    "new": site(certificate("TLSv1.2_2021"), origin("TLSv1.2")),
    "certificate of CloudFront": site(
        "ViewerCertificate: {CloudFrontDefaultCertificate: true, MinimumProtocolVersion: TLSv1}"
    ),
    "both": site(origin("TLSv1.1, TLSv1.2")),
}

BAD = {
    "viewers": (
        site(certificate("TLSv1")),
        "Resources/Site/Properties/DistributionConfig/ViewerCertificate/MinimumProtocolVersion",
        "MinimumProtocolVersion is TLSv1: clients with broken encryption are accepted. Set it to "
        "TLSv1.2_2021.",
    ),
    "origin": (
        site(origin("TLSv1, TLSv1.1")),
        "Resources/Site/Properties/DistributionConfig/Origins/0/CustomOriginConfig/OriginSSLProtocols",
        "OriginSSLProtocols is TLSv1 and TLSv1.1: most servers refuse that, and viewers get 502. Set it to "
        "TLSv1.2.",
    ),
}
