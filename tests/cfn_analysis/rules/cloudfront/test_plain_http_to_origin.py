"""Origins of distributions."""

from ..harness import frame

origin = frame("""
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Origins: [{Id: a, DomainName: <domain=example.com>,
            CustomOriginConfig: {OriginProtocolPolicy: <policy>}}]
""")

WEBSITE = "!Sub 'b.s3-website-${AWS::Region}.amazonaws.com'"

GOOD = {
    "TLS": origin("https-only"),
    "website": origin("http-only", WEBSITE),
}

BAD = {
    "plain": (
        origin("http-only"),
        "Resources/Site/Properties/DistributionConfig/Origins/0/CustomOriginConfig/OriginProtocolPolicy",
        "OriginProtocolPolicy is http-only: requests are sent to the origin in plain text. Use https-only.",
    ),
    "as the viewer": (
        origin("match-viewer"),
        "Resources/Site/Properties/DistributionConfig/Origins/0/CustomOriginConfig/OriginProtocolPolicy",
        "OriginProtocolPolicy is match-viewer: requests are sent to the origin in plain text. "
        "Use https-only.",
    ),
    "website": (
        origin("https-only", WEBSITE),
        "Resources/Site/Properties/DistributionConfig/Origins/0/CustomOriginConfig/OriginProtocolPolicy",
        "OriginProtocolPolicy is https-only: a website endpoint of S3 supports only HTTP, and "
        "every request fails. Use http-only.",
    ),
}
