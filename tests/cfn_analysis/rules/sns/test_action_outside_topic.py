"""Policies of topics."""

from ..harness import frame, row

policy = frame("""
  Policy:
    Type: AWS::SNS::TopicPolicy
    Properties:
      PolicyDocument:
        Statement:
          - {Effect: Allow, Principal: '*', Action: <action>, Resource: '*'}
""")

case = row(
    "<text>",
    "Resources/Policy/Properties/PolicyDocument/Statement/0/<place>",
    "Action is <action>, which the policy of a topic does not support: SNS refuses it. List the "
    "actions, such as sns:Publish.",
)

GOOD = {
    "publish": policy("[sns:Publish, SNS:Subscribe]"),
    "pattern": policy("sns:Get*"),
}

BAD = {
    "all": case(policy("sns:*"), "Action", "sns:*"),
    "of the account": case(policy("[sns:Publish, sns:CreateTopic]"), "Action/1", "sns:CreateTopic"),
}
