"""Behaviors of distributions."""

from ..harness import frame

behavior = frame("""
  Site:
    Type: AWS::CloudFront::Distribution
    Properties: {DistributionConfig: {DefaultCacheBehavior: {ViewerProtocolPolicy: <policy>}}}
""")

GOOD = {
    "redirect": behavior("redirect-to-https"),
    "only": behavior("https-only"),
    "function": behavior("!ImportValue policy"),
}

BAD = {
    "all": (
        behavior("allow-all"),
        "Resources/Site/Properties/DistributionConfig/DefaultCacheBehavior/ViewerProtocolPolicy",
        "ViewerProtocolPolicy is allow-all: viewers may use plain HTTP. Use redirect-to-https.",
    ),
}
