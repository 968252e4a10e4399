"""Health checks."""

from ..harness import frame, row

check = frame("""
  Site: {Type: AWS::CloudFront::Distribution}
  Check:
    Type: AWS::Route53::HealthCheck
    Properties: {HealthCheckConfig: {Type: <protocol>, <more>}}
""")

case = row("<text>", "Resources/Check/Properties/HealthCheckConfig/<name>", "<name> <message>")

SERVER = "FullyQualifiedDomainName: www.example.com"
SITE = "FullyQualifiedDomainName: !GetAtt Site.DomainName"
SCHEME = "has a scheme or a path, and must be only a host name. Remove it."

GOOD = {
    "HTTPS": check("HTTPS", f"{SITE}, Port: 443, EnableSNI: true"),
    "HTTP": check("HTTP", f"{SERVER}, Port: 8080"),
    "TCP": check("TCP", "IPAddress: 192.0.2.1, Port: 80"),
    "own server": check("HTTPS", f"{SERVER}, EnableSNI: false"),
}

BAD = {
    "HTTPS on the port of HTTP": case(
        check("HTTPS", f"{SERVER}, Port: 80"),
        "Port",
        "is 80 and Type HTTPS: no check succeeds. Set it to 443.",
    ),
    "HTTP on the port of HTTPS": case(
        check("HTTP_STR_MATCH", f"{SERVER}, Port: 443"),
        "Port",
        "is 443 and Type HTTP_STR_MATCH: no check succeeds. Set it to 80.",
    ),
    "no name in the handshake": case(
        check("HTTPS", f"{SITE}, EnableSNI: false"),
        "EnableSNI",
        "is false, and Site answers a TLS handshake only with SNI. Set it to true.",
    ),
    "scheme": case(
        check("HTTPS", "FullyQualifiedDomainName: 'https://www.example.com'"),
        "FullyQualifiedDomainName",
        SCHEME,
    ),
    "scheme before a name": case(
        check("HTTPS", "FullyQualifiedDomainName: !Sub 'https://${Site.DomainName}'"),
        "FullyQualifiedDomainName",
        SCHEME,
    ),
}
