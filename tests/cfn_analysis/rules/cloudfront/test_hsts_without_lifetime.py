"""Security headers."""

from ..harness import frame, row

header = frame("""
  Headers:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties:
      ResponseHeadersPolicyConfig:
        SecurityHeadersConfig: {StrictTransportSecurity: {AccessControlMaxAgeSec: <age>, Override: true}}
""")

case = row(
    "<text>",
    "Resources/Headers/Properties/ResponseHeadersPolicyConfig/SecurityHeadersConfig/StrictTransportSecurity/AccessControlMaxAgeSec",
    "AccessControlMaxAgeSec is 0: browsers delete the rule that the site is only on HTTPS. Use "
    "31536000, a year.",
)

GOOD = {
    "year": header("31536000"),
    "function": header("!ImportValue age"),
}

BAD = {
    "nothing": case(header("0")),
    "text": case(header("'0'")),
}
