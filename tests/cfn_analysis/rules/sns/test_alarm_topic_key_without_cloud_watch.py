"""Key policies that let CloudWatch in, and on others."""

from ..harness import row

HEAD = """
Parameters:
  Environment: {Type: String, Default: dev, AllowedValues: [dev, prod]}
  Project: {Type: String}
  Service: {Type: String, Default: cloudwatch.amazonaws.com}
  OtherService: {Type: String, Default: events.amazonaws.com}
Resources:
"""

ACCOUNT = (
    "{Effect: Allow, Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}, "
    "Action: 'kms:*', Resource: '*'}"
)

ARN = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:"


def grant(
    action: str = "['kms:Decrypt', 'kms:GenerateDataKey*']",
    principal: str = "{Service: cloudwatch.amazonaws.com}",
    condition: str = "",
) -> str:
    """Return a statement."""
    extra = f", Condition: {condition}" if condition else ""
    return f"{{Effect: Allow, Principal: {principal}, Action: {action}, Resource: '*'{extra}}}"


def source(*patterns: str, operator: str = "ArnLike", key: str = "aws:SourceArn") -> str:
    """Return a condition on the alarm's ARN."""
    return f"{{{operator}: {{'{key}': [{', '.join(patterns)}]}}}}"


def template(
    *statements: str,
    name: str = "dev-cpu",
    used: str = "!GetAtt Key.Arn",
    extra: str = "",
    attributes: str = "",
) -> str:
    """Return a template with alarm, topic and key."""
    alarm_name = f"AlarmName: {name}, " if name else ""
    return (
        f"{HEAD}  Key: {{Type: AWS::KMS::Key, Properties: {{KeyPolicy: {{Statement: "
        f"[{', '.join(statements)}]}}}}}}\n{extra}  Topic: {{Type: AWS::SNS::Topic, Properties: "
        f"{{KmsMasterKeyId: {used}}}}}\n  High: {{Type: AWS::CloudWatch::Alarm, {attributes} Properties: "
        f"{{{alarm_name}AlarmActions: [!Ref Topic]}}}}\n"
    )


ANYONE = grant(principal="'*'")
ALIAS = "  Alias: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/alarms, TargetKeyId: !Ref Key}}\n"
BOTH = "kms:Decrypt and kms:GenerateDataKey*"

case = row(
    "<text>",
    "Resources/Key/Properties/KeyPolicy",
    "KeyPolicy does not allow cloudwatch.amazonaws.com <lacking>, and the key encrypts a topic that "
    "alarms notify: their messages are lost. Add a statement that allows the service kms:Decrypt and "
    "kms:GenerateDataKey*.",
)


def refuses_a_name_that_the_key_does_not_cover(
    key: str, name: str, pattern: str, shown: str, when: str
) -> tuple[str, ...]:
    """An alarm whose name the key policy leaves out is found on its name."""
    text = template(ACCOUNT, grant(condition=source(pattern, key=key)), name=name)
    return (
        text,
        "Resources/High/Properties/AlarmName",
        f"AlarmName is {shown}{when}, which no aws:SourceArn in the KeyPolicy of Key matches: CloudWatch "
        "cannot use the key for this alarm, so the topic Topic never gets it. Change the name or the "
        "pattern.",
    )


ROWS = {
    "another name": ("dev-cpu", f"!Sub '{ARN}prod-*'", '"dev-cpu"', ""),
    "another region": (
        "dev-cpu",
        "!Sub 'arn:aws:cloudwatch:us-east-1:${AWS::AccountId}:alarm:dev-*'",
        '"dev-cpu"',
        "",
    ),
    "an allowed value that does not fit": ("dev-cpu", f"!Sub '{ARN}${{Environment}}-*'", '"dev-cpu"', ""),
    "a name for another value": (
        "!Sub '${Environment}-cpu'",
        f"!Sub '{ARN}dev-*'",
        '{"Fn::Sub": "${Environment}-cpu"}',
        "",
    ),
    "name of one branch": ("!If [Open, dev-cpu, cpu]", f"!Sub '{ARN}dev-*'", '"cpu"', " when Open is false"),
    "pattern of one branch": (
        "dev-cpu",
        f"!If [Open, !Sub '{ARN}dev-*', !Sub '{ARN}prod-*']",
        '"dev-cpu"',
        " when Open is false",
    ),
}

GOOD = {
    "service": template(ACCOUNT, grant()),
    "two services": template(grant(principal="{Service: [logs.amazonaws.com, cloudwatch.amazonaws.com]}")),
    "parameter default": template(grant(principal="{Service: !Ref Service}")),
    "unknown service": template(grant(principal="{Service: !ImportValue a}")),
    "anyone": template(grant(principal="'*'")),
    "all actions": template(grant("'kms:*'")),
    "two statements": template(grant("'kms:Decrypt'"), grant("'kms:GenerateDataKey'")),
    "name under the pattern": template(
        grant(condition=source(f"!Sub '{ARN}${{Environment}}-*'")), name="!Sub '${Environment}-cpu'"
    ),
    "name under the pattern, without default": template(
        grant(condition=source(f"!Sub '{ARN}${{Project}}-*'")), name="!Sub '${Project}-cpu'"
    ),
    "unknown pattern": template(grant(condition=source(f"!Sub '{ARN}${{Project}}-*'"))),
    "a pattern for each value": template(
        grant(condition=source(f"!Sub '{ARN}dev-*'", f"!Sub '{ARN}prod-*'")), name="!Sub '${Environment}-cpu'"
    ),
    "every alarm": template(grant(condition=source(f"!Sub '{ARN}*'"))),
    "account as number": template(
        grant(condition=source("'arn:aws:cloudwatch:ap-northeast-1:999999999999:alarm:dev-*'"))
    ),
    "text": template(grant(condition=source("'arn:aws:cloudwatch:*:*:alarm:*'", operator="StringLike"))),
    "name by AWS": template(grant(condition=source(f"!Sub '{ARN}prod-*'")), name=""),
    "account": template(grant(condition="{StringEquals: {'aws:SourceAccount': !Ref AWS::AccountId}}")),
    "key of another stack": template(ACCOUNT, used="!ImportValue key"),
    "alias of another stack": template(ACCOUNT, used="alias/other", extra=ALIAS),
    "alias of the stack": template(grant(), used="alias/alarms", extra=ALIAS),
    "both branches": template(f"!If [Open, {grant()}, {ANYONE}]"),
    "branch of the alarm": template(f"!If [Open, {grant()}, {ACCOUNT}]", attributes="Condition: Open,"),
    "statement that a function hides": template("!FindInMap [A, b, c]"),
}

BAD = {
    "account alone": case(template(ACCOUNT), BOTH),
    "no data key": case(template(grant("'kms:Decrypt'")), "kms:GenerateDataKey*"),
    "no decrypt": case(template(grant("'kms:GenerateDataKey*'")), "kms:Decrypt"),
    "other service by default": case(template(grant(principal="{Service: !Ref OtherService}")), BOTH),
    "other service by Sub": case(template(grant(principal="{Service: !Sub '${OtherService}'}")), BOTH),
    "denied": case(template(grant().replace("Allow", "Deny")), BOTH),
    "in one branch": case(
        template(ACCOUNT, f"!If [Open, {grant()}, !Ref AWS::NoValue]"), f"{BOTH} when Open is false"
    ),
    "by alias": case(template(ACCOUNT, used="alias/alarms", extra=ALIAS), BOTH),
    "by reference to an alias": case(template(ACCOUNT, used="!Ref Alias", extra=ALIAS), BOTH),
    "key of one branch": case(
        template(ACCOUNT, used="!If [Open, !Ref Key, alias/other]"), f"{BOTH} when Open is true"
    ),
    "under a condition": case(template(ACCOUNT, attributes="Condition: Open,"), f"{BOTH} when Open is true"),
    **{
        f"{name}, {key}": refuses_a_name_that_the_key_does_not_cover(key, *row)
        for key in ("aws:SourceArn", "AWS:SourceArn")
        for name, row in ROWS.items()
    },
    "key of many alarms, found once": case(
        template(ACCOUNT) + "  Second: {Type: AWS::SNS::Topic, Properties: {KmsMasterKeyId: !Ref Key}}\n"
        "  Low: {Type: AWS::CloudWatch::Alarm, Properties: {OKActions: [!Ref Topic, !Ref Second]}}\n",
        BOTH,
    ),
}
