"""Security headers."""

from ..harness import frame

header = frame("""
  Headers:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties:
      ResponseHeadersPolicyConfig:
        SecurityHeadersConfig: {StrictTransportSecurity: {AccessControlMaxAgeSec: <age>, Override: true}}
""")

GOOD = {
    "year": header("31536000"),
    "function": header("!ImportValue age"),
}

BAD = {
    "nothing": (
        header("0"),
        "Resources/Headers/Properties/ResponseHeadersPolicyConfig/SecurityHeadersConfig/StrictTransportSecurity/AccessControlMaxAgeSec",
        "AccessControlMaxAgeSec is 0: browsers delete the rule that the site is only on HTTPS. Use 31536000, "
        "a year.",
    ),
    "text": (
        header("'0'"),
        "Resources/Headers/Properties/ResponseHeadersPolicyConfig/SecurityHeadersConfig/StrictTransportSecurity/AccessControlMaxAgeSec",
        "AccessControlMaxAgeSec is 0: browsers delete the rule that the site is only on HTTPS. Use 31536000, "
        "a year.",
    ),
}
