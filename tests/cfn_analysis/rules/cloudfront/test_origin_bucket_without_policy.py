"""Buckets behind CloudFront."""

from ..harness import frame, row

template = frame("""
  Bucket: {Type: AWS::S3::Bucket}
  Policy: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: !Ref Bucket, PolicyDocument: <policy>}}
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Origins: [{Id: a, DomainName: !GetAtt Bucket.RegionalDomainName, OriginAccessControlId: b}]
""")

policy = frame(
    "{Statement: {Effect: Allow, Action: <action=s3:GetObject>, Resource: '*', Principal: <principal>}}"
)

case = row(
    "<text>",
    "Resources/Site/Properties/DistributionConfig/Origins/0",
    "The origin is Bucket, which no AWS::S3::BucketPolicy allows cloudfront.amazonaws.com to read: "
    "every object returns 403. Allow it s3:GetObject.",
)

GOOD = {
    "allowed": template(policy("{Service: cloudfront.amazonaws.com}")),
    "all actions": template(
        policy("{Service: !Sub 'cloudfront.${AWS::URLSuffix}'}", "[s3:Get*, s3:ListBucket]")
    ),
    "by name": template(policy("{Service: cloudfront.amazonaws.com}")).replace("!Ref Bucket", "name"),
    "function": template("!ImportValue policy"),
}

BAD = {
    "another service": case(template(policy("{Service: logging.s3.amazonaws.com}"))),
    "another action": case(template(policy("{Service: cloudfront.amazonaws.com}", "s3:ListBucket"))),
}
