"""Ports of origins."""

from ..harness import frame, row

origin = frame("""
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Origins:
          - Id: api
            DomainName: api.example.com
            CustomOriginConfig: {OriginProtocolPolicy: <protocol>, <ports>}
""")

case = row(
    "<text>",
    "Resources/Site/Properties/DistributionConfig/Origins/0/CustomOriginConfig/<name>",
    "<name> <message>",
)

GOOD = {
    "ports": origin("https-only", "HTTPPort: 80, HTTPSPort: 8443"),
    "not used": origin("http-only", "HTTPSPort: 80"),
}

BAD = {
    "HTTPS on 80": case(
        origin("https-only", "HTTPSPort: 80"),
        "HTTPSPort",
        "is 80, the port of HTTP: the origin does not answer there. Set it to 443.",
    ),
    "HTTP on 443": case(
        origin("match-viewer", "HTTPPort: 443"),
        "HTTPPort",
        "is 443, the port of HTTPS: the origin does not answer there. Set it to 80.",
    ),
}
