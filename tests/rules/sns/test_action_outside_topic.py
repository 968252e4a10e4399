"""Policies of topics."""

GOOD = {
    "publish": """
Resources:
  Policy:
    Type: AWS::SNS::TopicPolicy
    Properties:
      PolicyDocument:
        Statement:
          - {Effect: Allow, Principal: '*', Action: [sns:Publish, SNS:Subscribe], Resource: '*'}
""",
    "pattern": """
Resources:
  Policy:
    Type: AWS::SNS::TopicPolicy
    Properties:
      PolicyDocument:
        Statement:
          - {Effect: Allow, Principal: '*', Action: sns:Get*, Resource: '*'}
""",
}

BAD = {
    "all": (
        """
Resources:
  Policy:
    Type: AWS::SNS::TopicPolicy
    Properties:
      PolicyDocument:
        Statement:
          - {Effect: Allow, Principal: '*', Action: sns:*, Resource: '*'}
""",
        "Resources/Policy/Properties/PolicyDocument/Statement/0/Action",
        "Action is sns:*, which the policy of a topic does not support: SNS refuses it. List "
        "the actions, such as sns:Publish.",
    ),
    "of the account": (
        """
Resources:
  Policy:
    Type: AWS::SNS::TopicPolicy
    Properties:
      PolicyDocument:
        Statement:
          - {Effect: Allow, Principal: '*', Action: [sns:Publish, sns:CreateTopic], Resource: '*'}
""",
        "Resources/Policy/Properties/PolicyDocument/Statement/0/Action/1",
        "Action is sns:CreateTopic, which the policy of a topic does not support: SNS refuses "
        "it. List the actions, such as sns:Publish.",
    ),
}
