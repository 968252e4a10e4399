"""Policies of behaviors."""

from ..harness import frame

behavior = frame("""
  Headers: {Type: AWS::CloudFront::ResponseHeadersPolicy}
  Site:
    Type: AWS::CloudFront::Distribution
    Properties: {DistributionConfig: {DefaultCacheBehavior: {<policy>}}}
""")

GOOD = {
    "cache": behavior("CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6"),
    "headers": behavior("ResponseHeadersPolicyId: !Ref Headers"),
    "function": behavior("CachePolicyId: !ImportValue policy"),
}

BAD = {
    "host header": (
        behavior("CachePolicyId: bf0718e1-ba1e-49d1-88b1-f726733018ae"),
        "Resources/Site/Properties/DistributionConfig/DefaultCacheBehavior/CachePolicyId",
        "CachePolicyId is HostHeaderOnly, which belongs in OriginRequestPolicyId. CloudFront refuses it.",
    ),
    "request policy": (
        behavior("CachePolicyId: 216adef6-5c7f-47e4-b989-5492eafa07d3"),
        "Resources/Site/Properties/DistributionConfig/DefaultCacheBehavior/CachePolicyId",
        "CachePolicyId is AllViewer, which belongs in OriginRequestPolicyId. CloudFront refuses it.",
    ),
    "resource": (
        behavior("OriginRequestPolicyId: !Ref Headers"),
        "Resources/Site/Properties/DistributionConfig/DefaultCacheBehavior/OriginRequestPolicyId",
        "OriginRequestPolicyId is Headers, which belongs in ResponseHeadersPolicyId. CloudFront refuses it.",
    ),
}
