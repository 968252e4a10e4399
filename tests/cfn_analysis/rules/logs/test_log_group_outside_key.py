"""Log groups and the policies of their keys."""

from ..harness import frame, row

group = frame("""
Parameters:
  Any: {Type: String}
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Statement:
          - {Effect: Allow, Action: kms:*, Resource: '*', Principal: {AWS: !Ref AWS::AccountId}}
          - {Effect: Allow, Action: kms:*, Resource: '*', <statement>}
  Group: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: <name=/a/b>, KmsKeyId: !GetAtt Key.Arn}}
""")

context = frame(
    "Principal: {Service: !Sub 'logs.${AWS::Region}.amazonaws.com'}, "
    "Condition: {ArnLike: {'kms:EncryptionContext:aws:logs:arn': <pattern>}}"
)

case = row(
    "<text>",
    "Resources/Group/Properties/LogGroupName",
    "LogGroupName is <found>, which the KeyPolicy of Key does not match in "
    "kms:EncryptionContext:aws:logs:arn: the log group cannot be created. Change the name or the "
    "pattern.",
)

GOOD = {
    "any group": group("Principal: {Service: logs.eu-west-1.amazonaws.com}"),
    "own group": group(context("!Sub 'arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:/a/*'")),
    "all groups": group(context("!Sub 'arn:aws:logs:${AWS::Region}:${AWS::AccountId}:*'")),
    "parameter": group(context("!Sub 'arn:aws:logs:*:*:log-group:${Any}-*'")),
    "same reference": group(context("!Sub 'arn:aws:logs:*:*:log-group:/${Any}/*'"), "!Sub '/${Any}/b'"),
    "service that a function hides": group("Principal: {Service: !ImportValue service}"),
}

BAD = {
    "no statement": (
        group("Principal: {Service: sns.amazonaws.com}"),
        "Resources/Group/Properties/KmsKeyId",
        "KmsKeyId is Key, whose KeyPolicy does not allow the service logs: the log group cannot "
        "be created. Allow logs.REGION.amazonaws.com to encrypt and decrypt.",
    ),
    "another name": case(
        group(context("!Sub 'arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:/c/*'")), "/a/b"
    ),
    "same reference": case(
        group(context("!Sub 'arn:aws:logs:*:*:log-group:/x/${Any}-*'"), "!Sub '/y/${Any}-b'"), "/y/${Any}-b"
    ),
    "one branch": case(
        group(context("'arn:aws:logs:*:*:log-group:/c'"), "/a/b").replace(
            "!GetAtt Key.Arn", "!If [Odd, !GetAtt Key.Arn, !Ref AWS::NoValue]"
        ),
        "/a/b when Odd is true",
    ),
    "ARN with its end": case(
        group(context("!Sub 'arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:/a/b:*'")), "/a/b"
    ),
}
