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

role = frame("""
  One:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyName: a
          PolicyDocument:
            Statement:
              - {Effect: Allow, Action: [ec2:CreateNetworkInterface, 'logs:*'], Resource: '*'}
              - {Effect: Deny, Action: ['<action>'], Resource: '<resource=*>'<condition=>}
""")
DENY = "Resources/One/Properties/Policies/0/PolicyDocument/Statement/1"

case = row(
    "<text>",
    "Resources/One/Properties/PolicyDocument/Statement/1/Condition",
    "The Deny on <found> also applies to logging.s3.amazonaws.com, which another statement allows. Add "
    'Bool: {aws:PrincipalIsAWSService: "false"}.',
)

GOOD = {
    "code of the function": role(
        "ec2:*NetworkInterface", condition=", Condition: {'Null': {'lambda:SourceFunctionArn': 'false'}}"
    ),
    "part of what is allowed": role("logs:DeleteLogGroup"),
    "one resource": role("ec2:CreateNetworkInterface", "arn:aws:ec2:::subnet/a"),
    "other callers": role("ec2:*", condition=", Condition: {StringNotEquals: {'aws:PrincipalTag/team': a}}"),
    "spared": policy(
        "{NotIpAddress: {aws:SourceIp: 10.0.0.0/8}, Bool: {aws:PrincipalIsAWSService: 'false'}}"
    ),
    "plain HTTP": policy("{Bool: {aws:SecureTransport: false}}"),
    "another action": policy("{NotIpAddress: {aws:SourceIp: 10.0.0.0/8}}", action="s3:Delete*"),
    "one network": policy("{IpAddress: {aws:SourceIp: 192.0.2.0/24}}"),
}

BAD = {
    "all that is allowed": (
        role("ec2:*"),
        DENY,
        "The Deny applies to ec2:CreateNetworkInterface, which another statement allows: nothing of it is "
        "allowed. Remove one of them, or correct the condition.",
    ),
    "Lambda itself": (
        role("ec2:*", condition=", Condition: {'Null': {'lambda:SourceFunctionArn': 'true'}}"),
        DENY,
        "The Deny, which includes requests by Lambda itself, applies to ec2:CreateNetworkInterface, which "
        "another statement allows: nothing of it is allowed. Remove one of them, or correct the condition.",
    ),
    "network": case(policy("{NotIpAddress: {aws:SourceIp: 10.0.0.0/8}}"), "aws:sourceip"),
    "endpoint": case(policy("{StringNotEquals: {aws:SourceVpce: vpce-1}}"), "aws:sourcevpce"),
}
