"""Ports of origins."""

GOOD = {
    "ports": """
Resources:
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Origins:
          - Id: api
            DomainName: api.example.com
            CustomOriginConfig:
              OriginProtocolPolicy: https-only
              HTTPPort: 80
              HTTPSPort: 8443
""",
    "not used": """
Resources:
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Origins:
          - Id: api
            DomainName: api.example.com
            CustomOriginConfig:
              OriginProtocolPolicy: http-only
              HTTPSPort: 80
""",
}

BAD = {
    "HTTPS on 80": (
        """
Resources:
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Origins:
          - Id: api
            DomainName: api.example.com
            CustomOriginConfig:
              OriginProtocolPolicy: https-only
              HTTPSPort: 80
""",
        "Resources/Site/Properties/DistributionConfig/Origins/0/CustomOriginConfig/HTTPSPort",
        "HTTPSPort is 80, the port of HTTP: the origin does not answer there. Set it to 443.",
    ),
    "HTTP on 443": (
        """
Resources:
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Origins:
          - Id: api
            DomainName: api.example.com
            CustomOriginConfig:
              OriginProtocolPolicy: match-viewer
              HTTPPort: 443
""",
        "Resources/Site/Properties/DistributionConfig/Origins/0/CustomOriginConfig/HTTPPort",
        "HTTPPort is 443, the port of HTTPS: the origin does not answer there. Set it to 80.",
    ),
}
