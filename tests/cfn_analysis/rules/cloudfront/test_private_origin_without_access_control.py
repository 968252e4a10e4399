"""Origins of distributions."""

from ..harness import frame, row

template = frame("""
  Bucket: {Type: AWS::S3::Bucket,
      Properties: {<bucket=PublicAccessBlockConfiguration: {RestrictPublicBuckets: true}>}}
  Site:
    Type: AWS::CloudFront::Distribution
    Properties: {DistributionConfig: {Origins: [{Id: a, <origin>}]}}
""")

signed = frame("""
  Bucket: {Type: AWS::S3::Bucket}
  Control:
    Type: AWS::CloudFront::OriginAccessControl
    Properties: {OriginAccessControlConfig: {SigningBehavior: <behavior>}}
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Origins:
          - Id: site
            DomainName: !GetAtt Bucket.RegionalDomainName
            OriginAccessControlId: !Ref Control
""")

case = row(
    "<text>",
    "Resources/Site/Properties/DistributionConfig/Origins/0",
    "The origin is Bucket, which blocks public access, and has no OriginAccessControlId: every object "
    "returns 403. Add an AWS::CloudFront::OriginAccessControl.",
)

DOMAIN = "DomainName: !GetAtt Bucket.RegionalDomainName"

GOOD = {
    "control": template(f"{DOMAIN}, OriginAccessControlId: a"),
    "identity": template(f"{DOMAIN}, S3OriginConfig: {{OriginAccessIdentity: a}}"),
    "public": template(DOMAIN, ""),
    "another origin": template("DomainName: example.com"),
    "signed": signed("always"),
}

BAD = {
    "neither": case(template(DOMAIN)),
    "empty identity": case(template(f"{DOMAIN}, S3OriginConfig: {{OriginAccessIdentity: ''}}")),
}
