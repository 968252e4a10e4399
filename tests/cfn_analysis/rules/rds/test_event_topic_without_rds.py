"""Event subscriptions, and who may publish to their topics."""

from ..harness import frame, row

HEAD = """
Parameters:
  Service: {Type: String, Default: events.rds.amazonaws.com}
Conditions:
  Open: !Equals [!Ref AWS::AccountId, "111111111111"]
Resources:
  Other: {Type: AWS::SNS::Topic}
"""

OWNER = "{Effect: Allow, Principal: {AWS: !Sub '${AWS::AccountId}'}, Action: '*', Resource: '*'}"
SUBSCRIPTION = (
    "  Events: {Type: AWS::RDS::EventSubscription, Properties: {SnsTopicArn: !Ref Topic, "
    "SourceType: db-cluster}}\n"
)
ALIAS = "  Alias: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/a, TargetKeyId: !Ref Key}}\n"

grant = frame(
    "{Effect: Allow, Principal: {Service: <service=events.rds.amazonaws.com>}, Action: "
    "<actions='sns:Publish'>, Resource: <resource='*'>, "
    "Condition: {StringEquals: {'aws:SourceAccount': !Ref AWS::AccountId}}}"
)

OF_KEY = grant(actions="['kms:Decrypt', 'kms:GenerateDataKey*']")


def template(
    topic: tuple[str, ...] = (), key: tuple[str, ...] = (), used: str = "", more: str = SUBSCRIPTION
) -> str:
    """Return a template with a topic, the statements of its policy and of its key, and a subscription."""
    encrypted = f"KmsMasterKeyId: {used}" if used else ""
    text = f"{HEAD}  Topic: {{Type: AWS::SNS::Topic, Properties: {{{encrypted}}}}}\n{more}"
    if topic:
        text += (
            "  Policy: {Type: AWS::SNS::TopicPolicy, Properties: {Topics: [!Ref Topic], PolicyDocument: "
            f"{{Statement: [{', '.join(topic)}]}}}}}}\n"
        )
    if key:
        text += (
            f"  Key: {{Type: AWS::KMS::Key, Properties: {{KeyPolicy: {{Statement: [{', '.join(key)}]}}}}}}\n"
        )
    return text


topic_case = row(
    "<text>",
    "Resources/Policy/Properties/PolicyDocument",
    "PolicyDocument does not allow events.rds.amazonaws.com sns:Publish on Topic<when=>, where Events "
    "sends events: RDS refuses the subscription, or its events are lost. Add a statement that allows it.",
)

key_case = row(
    "<text>",
    "Resources/Key/Properties/KeyPolicy",
    "KeyPolicy does not allow events.rds.amazonaws.com "
    "<lacking=kms:Decrypt and kms:GenerateDataKey*>, and the key encrypts a topic that "
    "Events sends events to: they are lost. Add a statement that allows the service kms:Decrypt and "
    "kms:GenerateDataKey*.",
)

managed_case = row(
    template(used="<used>"),
    "Resources/Topic/Properties/KmsMasterKeyId",
    "KmsMasterKeyId <state>: RDS cannot use this key, so the events of Events are lost. Use a customer "
    "managed key whose policy allows events.rds.amazonaws.com.",
)

GOOD = {
    "topic and key": template((OWNER, grant()), (OWNER, OF_KEY), "!GetAtt Key.Arn"),
    "no policy and no key": template(),
    "parameter default": template((grant(service="!Ref Service"),)),
    "policy of another topic": template().replace("Events:", "Unused:")
    + "  Policy: {Type: AWS::SNS::TopicPolicy, Properties: {Topics: [!Ref Other], PolicyDocument: {}}}\n",
    "by alias": template((grant(),), (OF_KEY,), "alias/a", SUBSCRIPTION + ALIAS),
    "topic of another stack": template(
        (OWNER,),
        more="  Events: {Type: AWS::RDS::EventSubscription, Properties: {SnsTopicArn: !ImportValue a}}\n",
    ),
    "key of another stack": template((grant(),), used="!ImportValue key"),
    "no subscription": template((OWNER,), (OWNER,), "!GetAtt Key.Arn", ""),
    "subscription and policy never together": template((OWNER,))
    .replace("Policy: {Type", "Policy: {Condition: Open, Type")
    .replace("Events: {Type", "Events: {Condition: Closed, Type")
    .replace("Conditions:", "Conditions:\n  Closed: !Not [!Condition Open]"),
}

BAD = {
    "topic for alarms only": topic_case(template((OWNER, grant(service="cloudwatch.amazonaws.com")))),
    "other action": topic_case(template((grant(actions="'sns:Subscribe'"),))),
    "other topic": topic_case(template((grant(resource="!Ref Other"),))),
    "in one branch": topic_case(
        template((OWNER, f"!If [Open, {grant()}, !Ref AWS::NoValue]")), " when Open is false"
    ),
    "key for alarms only": key_case(template((grant(),), (OWNER,), "!GetAtt Key.Arn")),
    "half a key": key_case(
        template((grant(),), (grant(actions="'kms:Decrypt'"),), "!Ref Key"), "kms:GenerateDataKey*"
    ),
    "key by alias": key_case(template((grant(),), (OWNER,), "alias/a", SUBSCRIPTION + ALIAS)),
    "managed key": managed_case("alias/aws/sns", 'is "alias/aws/sns"'),
    "managed key in one branch": managed_case(
        "!If [Open, alias/aws/sns, !ImportValue key]",
        'is {"Fn::If": ["Open", "alias/aws/sns", {"Fn::ImportValue": "key"}]}, which is "alias/aws/sns" when '
        "Open is true",
    ),
}
