"""Headers of cache behaviors."""

from ..harness import frame

site = frame("""
  Headers:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties:
      ResponseHeadersPolicyConfig: {Name: a, SecurityHeadersConfig: {}}
  Shared:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties:
      ResponseHeadersPolicyConfig: {Name: b, CorsConfig: {}}
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        DefaultCacheBehavior: {TargetOriginId: site<pages=>}
        CacheBehaviors:
          - {PathPattern: /api/*, TargetOriginId: api<api=>}
""")

HEADERS = ", ResponseHeadersPolicyId: !Ref Headers"

GOOD = {
    "everywhere": site(HEADERS, HEADERS),
    "none": site(),
    "shared with others": site(api=", ResponseHeadersPolicyId: !Ref Shared"),
}

BAD = {
    "only the API": (
        site(api=HEADERS),
        "Resources/Site/Properties/DistributionConfig/DefaultCacheBehavior",
        "ResponseHeadersPolicyId is missing, and other behaviors have Headers: the pages come without its "
        "security headers. Set it here, too.",
    ),
}
