"""Headers of cache behaviors."""

GOOD = {
    "everywhere": """
Resources:
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
        DefaultCacheBehavior: {TargetOriginId: site, ResponseHeadersPolicyId: !Ref Headers}
        CacheBehaviors:
          - {PathPattern: /api/*, TargetOriginId: api, ResponseHeadersPolicyId: !Ref Headers}
""",
    "none": """
Resources:
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
        DefaultCacheBehavior: {TargetOriginId: site}
        CacheBehaviors:
          - {PathPattern: /api/*, TargetOriginId: api}
""",
    "shared with others": """
Resources:
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
        DefaultCacheBehavior: {TargetOriginId: site}
        CacheBehaviors:
          - {PathPattern: /api/*, TargetOriginId: api, ResponseHeadersPolicyId: !Ref Shared}
""",
}

BAD = {
    "only the API": (
        """
Resources:
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
        DefaultCacheBehavior: {TargetOriginId: site}
        CacheBehaviors:
          - {PathPattern: /api/*, TargetOriginId: api, ResponseHeadersPolicyId: !Ref Headers}
""",
        "Resources/Site/Properties/DistributionConfig/DefaultCacheBehavior",
        "ResponseHeadersPolicyId is missing, and other behaviors have Headers: the pages "
        "come without its security headers. Set it here, too.",
    ),
}
