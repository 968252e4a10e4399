"""Policies of topics."""

from ..harness import frame

policy = frame("""
Resources:
  Policy:
    Type: AWS::SNS::TopicPolicy
    Properties:
      PolicyDocument:
        Statement:
          - {Effect: Allow, Principal: '*', Action: <action>, Resource: '*'}
""")


def case(text: str, place: str, action: str) -> tuple[str, ...]:
    """An action that is not about a topic is found."""
    return (
        text,
        f"Resources/Policy/Properties/PolicyDocument/Statement/0/{place}",
        f"Action is {action}, which the policy of a topic does not support: SNS refuses it. List the "
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
