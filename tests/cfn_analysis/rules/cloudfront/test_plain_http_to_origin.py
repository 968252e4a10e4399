"""Origins of distributions."""

from ..harness import frame, row

origin = frame("""
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Origins: [{Id: a, DomainName: <domain=example.com>,
            CustomOriginConfig: {OriginProtocolPolicy: <policy>}}]
""")

WEBSITE = "!Sub 'b.s3-website-${AWS::Region}.amazonaws.com'"

case = row(
    "<text>",
    "Resources/Site/Properties/DistributionConfig/Origins/0/CustomOriginConfig/OriginProtocolPolicy",
    "OriginProtocolPolicy is <found>: requests are sent to the origin in plain text. Use https-only.",
)

GOOD = {
    "TLS": origin("https-only"),
    "website": origin("http-only", WEBSITE),
}

BAD = {
    "plain": case(origin("http-only"), "http-only"),
    "as the viewer": case(origin("match-viewer"), "match-viewer"),
    "website": (
        origin("https-only", WEBSITE),
        "Resources/Site/Properties/DistributionConfig/Origins/0/CustomOriginConfig/OriginProtocolPolicy",
        "OriginProtocolPolicy is https-only: a website endpoint of S3 supports only HTTP, and "
        "every request fails. Use http-only.",
    ),
}
