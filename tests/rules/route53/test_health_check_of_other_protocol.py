"""Health checks."""

GOOD = {
    "HTTPS": """
Resources:
  Site: {Type: AWS::CloudFront::Distribution}
  Check:
    Type: AWS::Route53::HealthCheck
    Properties:
      HealthCheckConfig:
        Type: HTTPS
        FullyQualifiedDomainName: !GetAtt Site.DomainName
        Port: 443
        EnableSNI: true
""",
    "HTTP": """
Resources:
  Site: {Type: AWS::CloudFront::Distribution}
  Check:
    Type: AWS::Route53::HealthCheck
    Properties:
      HealthCheckConfig:
        Type: HTTP
        FullyQualifiedDomainName: www.example.com
        Port: 8080
""",
    "TCP": """
Resources:
  Site: {Type: AWS::CloudFront::Distribution}
  Check:
    Type: AWS::Route53::HealthCheck
    Properties:
      HealthCheckConfig:
        Type: TCP
        IPAddress: 192.0.2.1
        Port: 80
""",
    "own server": """
Resources:
  Site: {Type: AWS::CloudFront::Distribution}
  Check:
    Type: AWS::Route53::HealthCheck
    Properties:
      HealthCheckConfig:
        Type: HTTPS
        FullyQualifiedDomainName: www.example.com
        EnableSNI: false
""",
}

BAD = {
    "HTTPS on the port of HTTP": (
        """
Resources:
  Site: {Type: AWS::CloudFront::Distribution}
  Check:
    Type: AWS::Route53::HealthCheck
    Properties:
      HealthCheckConfig:
        Type: HTTPS
        FullyQualifiedDomainName: www.example.com
        Port: 80
""",
        "Resources/Check/Properties/HealthCheckConfig/Port",
        "Port is 80 and Type HTTPS: no check succeeds. Set it to 443.",
    ),
    "HTTP on the port of HTTPS": (
        """
Resources:
  Site: {Type: AWS::CloudFront::Distribution}
  Check:
    Type: AWS::Route53::HealthCheck
    Properties:
      HealthCheckConfig:
        Type: HTTP_STR_MATCH
        FullyQualifiedDomainName: www.example.com
        Port: 443
""",
        "Resources/Check/Properties/HealthCheckConfig/Port",
        "Port is 443 and Type HTTP_STR_MATCH: no check succeeds. Set it to 80.",
    ),
    "no name in the handshake": (
        """
Resources:
  Site: {Type: AWS::CloudFront::Distribution}
  Check:
    Type: AWS::Route53::HealthCheck
    Properties:
      HealthCheckConfig:
        Type: HTTPS
        FullyQualifiedDomainName: !GetAtt Site.DomainName
        EnableSNI: false
""",
        "Resources/Check/Properties/HealthCheckConfig/EnableSNI",
        "EnableSNI is false, and Site answers a TLS handshake only with SNI. Set it to true.",
    ),
    "scheme": (
        """
Resources:
  Site: {Type: AWS::CloudFront::Distribution}
  Check:
    Type: AWS::Route53::HealthCheck
    Properties:
      HealthCheckConfig:
        Type: HTTPS
        FullyQualifiedDomainName: https://www.example.com
""",
        "Resources/Check/Properties/HealthCheckConfig/FullyQualifiedDomainName",
        "FullyQualifiedDomainName has a scheme or a path, and must be only a host name. Remove it.",
    ),
    "scheme before a name": (
        """
Resources:
  Site: {Type: AWS::CloudFront::Distribution}
  Check:
    Type: AWS::Route53::HealthCheck
    Properties:
      HealthCheckConfig:
        Type: HTTPS
        FullyQualifiedDomainName: !Sub https://${Site.DomainName}
""",
        "Resources/Check/Properties/HealthCheckConfig/FullyQualifiedDomainName",
        "FullyQualifiedDomainName has a scheme or a path, and must be only a host name. Remove it.",
    ),
}
