"""Topics with AWS's key and with others."""

from ..harness import frame, row

MESSAGE = (
    "KmsMasterKeyId {}: CloudWatch cannot use this key, so the messages of all alarms to the topic are "
    "lost. Use a customer managed key whose policy allows cloudwatch.amazonaws.com."
)

topic = frame("""
Parameters:
  KeyAlias: {Type: String, Default: alias/aws/sns}
  Managed: {Type: String, Default: aws}
Resources:
  Key: {Type: AWS::KMS::Key}
  Topic: {Type: AWS::SNS::Topic, Properties: {<key>}}
  High: {Type: AWS::CloudWatch::<kind=Alarm>, <attributes=> Properties: {<alarm=AlarmActions: [!Ref Topic]>}}
""")


def case(kind: str, text: str, state: str) -> tuple[str, ...]:
    """A topic with the key that AWS manages is found, once for all its alarms."""
    return (
        topic(f"KmsMasterKeyId: {text}", kind=kind),
        "Resources/Topic/Properties/KmsMasterKeyId",
        MESSAGE.format(state),
    )


ROWS = {
    "alias": ("alias/aws/sns", 'is "alias/aws/sns"'),
    "ARN": (
        "'arn:aws:kms:us-east-1:123456789012:alias/aws/sns'",
        'is "arn:aws:kms:us-east-1:123456789012:alias/aws/sns"',
    ),
    "default": ("!Ref KeyAlias", 'is {"Ref": "KeyAlias"}, which can be "alias/aws/sns"'),
    "Sub": (
        "!Sub 'alias/${Managed}/sns'",
        'is {"Fn::Sub": "alias/${Managed}/sns"}, which can be "alias/aws/sns"',
    ),
    "first branch": (
        "!If [Cheap, alias/aws/sns, !Ref Key]",
        'is {"Fn::If": ["Cheap", "alias/aws/sns", {"Ref": "Key"}]}, which is "alias/aws/sns" when Cheap '
        "is true",
    ),
    "second branch": (
        "!If [Cheap, !Ref Key, alias/aws/sns]",
        'is {"Fn::If": ["Cheap", {"Ref": "Key"}, "alias/aws/sns"]}, which is "alias/aws/sns" when Cheap '
        "is false",
    ),
}

finds_every_way_to_tell = row(
    topic("KmsMasterKeyId: alias/aws/sns", alarm="<alarm>"),
    "Resources/Topic/Properties/KmsMasterKeyId",
    MESSAGE.format('is "alias/aws/sns"'),
)

GOOD = {
    "key of the user": topic("KmsMasterKeyId: !GetAtt Key.Arn"),
    "alias of the user": topic("KmsMasterKeyId: alias/alarms"),
    "only AWS knows": topic("KmsMasterKeyId: !ImportValue key"),
    "not encrypted": topic("TopicName: plain"),
    "told by no alarm": topic("KmsMasterKeyId: alias/aws/sns", alarm="AlarmName: a"),
    "told by who knows whom": topic(
        "KmsMasterKeyId: alias/aws/sns", alarm="AlarmActions: [!ImportValue topic]"
    ),
    "branch without alarm": topic(
        "KmsMasterKeyId: !If [Paged, !Ref Key, alias/aws/sns]",
        alarm="AlarmActions: !If [Paged, [!Ref Topic], []]",
    ),
}

BAD = {
    **{
        f"{name}, {kind}": case(kind, *row)
        for kind in ("Alarm", "CompositeAlarm")
        for name, row in ROWS.items()
    },
    "on OK": finds_every_way_to_tell("OKActions: [!Ref Topic]"),
    "without data": finds_every_way_to_tell("InsufficientDataActions: [!GetAtt Topic.TopicArn]"),
    "Sub": finds_every_way_to_tell("AlarmActions: [!Sub '${Topic}']"),
    "in one branch": finds_every_way_to_tell("AlarmActions: [!If [Paged, !Ref Topic, !Ref AWS::NoValue]]"),
}
