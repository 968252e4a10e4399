"""Services of a region in the policies of keys."""

from ..harness import frame

key = frame("""
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Statement:
          - Effect: Allow
            Principal: {Service: <service>}
            Action: kms:Decrypt
            Resource: '*'
            Condition: {StringEquals: {<more=aws:SourceAccount: !Ref AWS::AccountId>}}
""")

CONTEXT = "kms:EncryptionContext:aws:logs:arn: !Sub 'arn:aws:logs:${AWS::Region}:${AWS::AccountId}:a'"


GOOD = {
    "the stack's": key("!Sub 'logs.${AWS::Region}.amazonaws.com'", CONTEXT),
    "one region only": key("logs.us-east-1.amazonaws.com"),
    "linted for this region": (key("logs.us-east-1.amazonaws.com", CONTEXT), {"regions": ["us-east-1"]}),
    "several regions": key("[logs.us-east-1.amazonaws.com, logs.us-west-2.amazonaws.com]", CONTEXT),
}

BAD = {
    "principal": (
        key("logs.us-east-1.amazonaws.com", CONTEXT),
        "Resources/Key/Properties/KeyPolicy/Statement/0/Principal",
        "logs.us-east-1.amazonaws.com is the service of us-east-1, and the policy is for "
        "AWS::Region. Write logs.${AWS::Region}.amazonaws.com.",
    ),
    "ViaService": (
        key("a", f"{CONTEXT}, kms:ViaService: secretsmanager.us-east-1.amazonaws.com"),
        "Resources/Key/Properties/KeyPolicy/Statement/0/Condition/StringEquals/kms:ViaService",
        "secretsmanager.us-east-1.amazonaws.com is the service of us-east-1, and the policy is "
        "for AWS::Region. Write secretsmanager.${AWS::Region}.amazonaws.com.",
    ),
}
