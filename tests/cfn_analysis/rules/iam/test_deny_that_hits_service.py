"""Policies that deny."""

from ..harness import frame

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

GOOD = {
    "spared": policy(
        "{NotIpAddress: {aws:SourceIp: 10.0.0.0/8}, Bool: {aws:PrincipalIsAWSService: 'false'}}"
    ),
    "plain HTTP": policy("{Bool: {aws:SecureTransport: false}}"),
    "another action": policy("{NotIpAddress: {aws:SourceIp: 10.0.0.0/8}}", action="s3:Delete*"),
    "one network": policy("{IpAddress: {aws:SourceIp: 192.0.2.0/24}}"),
}

BAD = {
    "network": (
        policy("{NotIpAddress: {aws:SourceIp: 10.0.0.0/8}}"),
        "Resources/One/Properties/PolicyDocument/Statement/1/Condition",
        "The Deny on aws:sourceip also applies to logging.s3.amazonaws.com, which another statement "
        'allows. Add Bool: {aws:PrincipalIsAWSService: "false"}.',
    ),
    "endpoint": (
        policy("{StringNotEquals: {aws:SourceVpce: vpce-1}}"),
        "Resources/One/Properties/PolicyDocument/Statement/1/Condition",
        "The Deny on aws:sourcevpce also applies to logging.s3.amazonaws.com, which another statement "
        'allows. Add Bool: {aws:PrincipalIsAWSService: "false"}.',
    ),
}
