"""TLS versions of distributions."""

GOOD = {
    "new": """
Resources:
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        ViewerCertificate:
          AcmCertificateArn: a
          MinimumProtocolVersion: TLSv1.2_2021
          SslSupportMethod: sni-only
        Origins:
          - Id: api
            DomainName: api.example.com
            CustomOriginConfig: {OriginProtocolPolicy: https-only, OriginSSLProtocols: [TLSv1.2]}
""",
    "certificate of CloudFront": """
Resources:
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        ViewerCertificate: {CloudFrontDefaultCertificate: true, MinimumProtocolVersion: TLSv1}
""",
    "both": """
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
              OriginSSLProtocols: [TLSv1.1, TLSv1.2]
""",
}

BAD = {
    "viewers": (
        """
Resources:
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        ViewerCertificate: {AcmCertificateArn: a, MinimumProtocolVersion: TLSv1, SslSupportMethod: sni-only}
""",
        "Resources/Site/Properties/DistributionConfig/ViewerCertificate/MinimumProtocolVersion",
        "MinimumProtocolVersion is TLSv1: clients with broken encryption are accepted. Set it to "
        "TLSv1.2_2021.",
    ),
    "origin": (
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
              OriginSSLProtocols: [TLSv1, TLSv1.1]
""",
        "Resources/Site/Properties/DistributionConfig/Origins/0/CustomOriginConfig/OriginSSLProtocols",
        "OriginSSLProtocols is TLSv1 and TLSv1.1: most servers refuse that, and viewers "
        "get 502. Set it to TLSv1.2.",
    ),
}
