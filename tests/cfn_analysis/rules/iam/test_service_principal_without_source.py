"""Services in the policies of resources."""

from ..harness import frame

policy = frame("""
  One:
    Type: AWS::SNS::TopicPolicy
    Properties:
      Topics: [a]
      PolicyDocument:
        Statement: [{Effect: Allow, Action: sns:Publish, Resource: '*', Principal: <principal><condition=>}]
""")

trust = frame("""
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Action: sts:AssumeRole, Principal: {Service: <service>}<condition=>}]
""")

GOOD = {
    "with a source": policy(
        "{Service: s3.amazonaws.com}", ", Condition: {ArnLike: {aws:SourceArn: 'arn:aws:s3:::a'}}"
    ),
    "with an account": policy(
        "{Service: s3.amazonaws.com}", ", Condition: {StringEquals: {AWS:SourceAccount: '1'}}"
    ),
    "account": policy("{AWS: !Ref AWS::AccountId}"),
    "only reads": policy("{Service: cloudtrail.amazonaws.com}").replace("sns:Publish", "kms:DescribeKey"),
    "service that does not say": policy("{Service: events.amazonaws.com}"),
    "role of a function": trust("lambda.amazonaws.com"),
    "role of a flow log with a source": trust(
        "vpc-flow-logs.amazonaws.com", ", Condition: {StringEquals: {aws:SourceAccount: !Ref AWS::AccountId}}"
    ),
}

BAD = {
    "without": (
        policy("{Service: s3.amazonaws.com}"),
        "Resources/One/Properties/PolicyDocument/Statement/0/Principal",
        "s3.amazonaws.com can do this for any AWS account. Add a condition on aws:SourceArn "
        "or aws:SourceAccount.",
    ),
    "suffix": (
        policy(
            "{Service: !Sub 'cloudtrail.${AWS::URLSuffix}'}",
            ", Condition: {Bool: {aws:SecureTransport: true}}",
        ),
        "Resources/One/Properties/PolicyDocument/Statement/0/Principal",
        "cloudtrail.${AWS::URLSuffix} can do this for any AWS account. Add a condition on "
        "aws:SourceArn or aws:SourceAccount.",
    ),
    "role of a flow log": (
        trust("vpc-flow-logs.amazonaws.com"),
        "Resources/Role/Properties/AssumeRolePolicyDocument/Statement/0/Principal",
        "vpc-flow-logs.amazonaws.com can do this for any AWS account. Add a condition on "
        "aws:SourceArn or aws:SourceAccount.",
    ),
}
