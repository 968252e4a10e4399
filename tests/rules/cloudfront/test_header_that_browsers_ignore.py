"""Headers that protect a site."""

GOOD = {
    "policy": """
Resources:
  Headers:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties:
      ResponseHeadersPolicyConfig:
        SecurityHeadersConfig:
          ContentSecurityPolicy:
            ContentSecurityPolicy: "default-src 'self'; script-src 'self' none.example.com; object-src 'none'"
            Override: true
""",
    "permissions": """
Resources:
  Headers:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties:
      ResponseHeadersPolicyConfig:
        CustomHeadersConfig:
          Items:
            - Header: Permissions-Policy
              Override: true
              Value: camera=(), geolocation=(self)
""",
    "other header": """
Resources:
  Headers:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties:
      ResponseHeadersPolicyConfig:
        CustomHeadersConfig:
          Items:
            - Header: X-Notes
              Override: true
              Value: default-src self
""",
    "parameter": """
Parameters: {Policy: {Type: String}}
Resources:
  Headers:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties:
      ResponseHeadersPolicyConfig:
        SecurityHeadersConfig:
          ContentSecurityPolicy:
            ContentSecurityPolicy: !Ref Policy
            Override: true
""",
}

BAD = {
    "keywords without quotation marks": (
        """
Resources:
  Headers:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties:
      ResponseHeadersPolicyConfig:
        SecurityHeadersConfig:
          ContentSecurityPolicy:
            ContentSecurityPolicy: default-src self; object-src none
            Override: true
""",
        "Resources/Headers/Properties/ResponseHeadersPolicyConfig/SecurityHeadersConfig/"
        "ContentSecurityPolicy/ContentSecurityPolicy",
        "ContentSecurityPolicy has self and none without quotation marks, which browsers "
        "read as hosts. Write 'self' and 'none'.",
    ),
    "default": (
        """
Parameters: {Policy: {Type: String, Default: script-src unsafe-inline}}
Resources:
  Headers:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties:
      ResponseHeadersPolicyConfig:
        SecurityHeadersConfig:
          ContentSecurityPolicy:
            ContentSecurityPolicy: !Ref Policy
            Override: true
""",
        "Resources/Headers/Properties/ResponseHeadersPolicyConfig/SecurityHeadersConfig/"
        "ContentSecurityPolicy/ContentSecurityPolicy",
        "ContentSecurityPolicy has unsafe-inline without quotation marks, which browsers "
        "read as hosts. Write 'unsafe-inline'.",
    ),
    "custom header": (
        """
Resources:
  Headers:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties:
      ResponseHeadersPolicyConfig:
        CustomHeadersConfig:
          Items:
            - Header: content-security-policy
              Override: true
              Value: default-src self
""",
        "Resources/Headers/Properties/ResponseHeadersPolicyConfig/CustomHeadersConfig/Items/0/Value",
        "Value has self without quotation marks, which browsers read as hosts. Write 'self'.",
    ),
    "feature policy": (
        """
Resources:
  Headers:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties:
      ResponseHeadersPolicyConfig:
        CustomHeadersConfig:
          Items:
            - Header: Permissions-Policy
              Override: true
              Value: "camera 'none'; geolocation 'self'"
""",
        "Resources/Headers/Properties/ResponseHeadersPolicyConfig/CustomHeadersConfig/Items/0/Value",
        "Value has camera 'none', the syntax of a feature policy, which browsers ignore. Write camera=().",
    ),
}
