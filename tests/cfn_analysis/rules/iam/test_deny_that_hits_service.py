"""Policies that deny."""

from ..harness import frame, row

policy = frame("""
  One:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: b
      PolicyDocument:
        Statement:
          - {Effect: Allow, Action: s3:PutObject, Resource: '*',
              Principal: {Service: <service=logging.s3.amazonaws.com>}}
          - {Effect: Deny, Action: '<action=s3:*>', Resource: '*', Principal: '*', Condition: <condition>}
""")

case = row(
    "<text>",
    "Resources/One/Properties/PolicyDocument/Statement/1/Condition",
    "The Deny on <found> also applies to logging.s3.amazonaws.com, which another statement allows. Add "
    'Bool: {aws:PrincipalIsAWSService: "false"}.',
)

GOOD = {
    "spared": policy(
        "{NotIpAddress: {aws:SourceIp: 10.0.0.0/8}, Bool: {aws:PrincipalIsAWSService: 'false'}}"
    ),
    "plain HTTP": policy("{Bool: {aws:SecureTransport: false}}"),
    "another action": policy("{NotIpAddress: {aws:SourceIp: 10.0.0.0/8}}", action="s3:Delete*"),
    "one network": policy("{IpAddress: {aws:SourceIp: 192.0.2.0/24}}"),
}

BAD = {
    "network": case(policy("{NotIpAddress: {aws:SourceIp: 10.0.0.0/8}}"), "aws:sourceip"),
    "endpoint": case(policy("{StringNotEquals: {aws:SourceVpce: vpce-1}}"), "aws:sourcevpce"),
}
