"""E9020 on key policies that let CloudWatch in, and on others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import AlarmTopicKeyWithoutCloudWatch

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Environment: {Type: String, Default: dev, AllowedValues: [dev, prod]}
  Project: {Type: String}
  Service: {Type: String, Default: cloudwatch.amazonaws.com}
  OtherService: {Type: String, Default: events.amazonaws.com}
Conditions:
  Open: !Equals [!Ref AWS::AccountId, "111111111111"]
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


EVERYBODY = grant(principal="'*'")
ALIAS = "  Alias: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/alarms, TargetKeyId: !Ref Key}}\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(template(ACCOUNT, grant()), id="service"),
        pytest.param(
            template(grant(principal="{Service: [logs.amazonaws.com, cloudwatch.amazonaws.com]}")),
            id="two services",
        ),
        pytest.param(template(grant(principal="{Service: !Ref Service}")), id="parameter default"),
        pytest.param(template(grant(principal="{Service: !ImportValue a}")), id="unknown service"),
        pytest.param(template(grant(principal="'*'")), id="everybody"),
        pytest.param(template(grant("'kms:*'")), id="all actions"),
        pytest.param(template(grant("'kms:Decrypt'"), grant("'kms:GenerateDataKey'")), id="two statements"),
        pytest.param(
            template(
                grant(condition=source(f"!Sub '{ARN}${{Environment}}-*'")), name="!Sub '${Environment}-cpu'"
            ),
            id="name under the pattern",
        ),
        pytest.param(
            template(grant(condition=source(f"!Sub '{ARN}${{Project}}-*'")), name="!Sub '${Project}-cpu'"),
            id="name under the pattern, without default",
        ),
        pytest.param(template(grant(condition=source(f"!Sub '{ARN}${{Project}}-*'"))), id="unknown pattern"),
        pytest.param(
            template(
                grant(condition=source(f"!Sub '{ARN}dev-*'", f"!Sub '{ARN}prod-*'")),
                name="!Sub '${Environment}-cpu'",
            ),
            id="a pattern for each value",
        ),
        pytest.param(template(grant(condition=source(f"!Sub '{ARN}*'"))), id="every alarm"),
        pytest.param(
            template(grant(condition=source("'arn:aws:cloudwatch:ap-northeast-1:999999999999:alarm:dev-*'"))),
            id="account as number",
        ),
        pytest.param(
            template(grant(condition=source("'arn:aws:cloudwatch:*:*:alarm:*'", operator="StringLike"))),
            id="text",
        ),
        pytest.param(template(grant(condition=source(f"!Sub '{ARN}prod-*'")), name=""), id="name by AWS"),
        pytest.param(
            template(grant(condition="{StringEquals: {'aws:SourceAccount': !Ref AWS::AccountId}}")),
            id="account",
        ),
        pytest.param(template(ACCOUNT, used="!ImportValue key"), id="key of another stack"),
        pytest.param(template(ACCOUNT, used="alias/other", extra=ALIAS), id="alias of another stack"),
        pytest.param(template(grant(), used="alias/alarms", extra=ALIAS), id="alias of the stack"),
        pytest.param(template(f"!If [Open, {grant()}, {EVERYBODY}]"), id="both branches"),
        pytest.param(
            template(f"!If [Open, {grant()}, {ACCOUNT}]", attributes="Condition: Open,"),
            id="branch of the alarm",
        ),
        pytest.param(template("!FindInMap [A, b, c]"), id="statement that a function hides"),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A key passes that lets CloudWatch in for the alarm, or may."""
    assert judge(AlarmTopicKeyWithoutCloudWatch, text) == []


BOTH = "kms:Decrypt and kms:GenerateDataKey*"


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        pytest.param(template(ACCOUNT), BOTH, id="account alone"),
        pytest.param(template(grant("'kms:Decrypt'")), "kms:GenerateDataKey*", id="no data key"),
        pytest.param(template(grant("'kms:GenerateDataKey*'")), "kms:Decrypt", id="no decrypt"),
        pytest.param(
            template(grant(principal="{Service: !Ref OtherService}")), BOTH, id="other service by default"
        ),
        pytest.param(
            template(grant(principal="{Service: !Sub '${OtherService}'}")), BOTH, id="other service by Sub"
        ),
        pytest.param(template(grant().replace("Allow", "Deny")), BOTH, id="denied"),
        pytest.param(
            template(ACCOUNT, f"!If [Open, {grant()}, !Ref AWS::NoValue]"),
            f"{BOTH} when Open is false",
            id="in one branch",
        ),
        pytest.param(template(ACCOUNT, used="alias/alarms", extra=ALIAS), BOTH, id="by alias"),
        pytest.param(template(ACCOUNT, used="!Ref Alias", extra=ALIAS), BOTH, id="by reference to an alias"),
        pytest.param(
            template(ACCOUNT, used="!If [Open, !Ref Key, alias/other]"),
            f"{BOTH} when Open is true",
            id="key of one branch",
        ),
        pytest.param(
            template(ACCOUNT, attributes="Condition: Open,"),
            f"{BOTH} when Open is true",
            id="under a condition",
        ),
    ],
)
def test_refuses_a_key_that_shuts_cloudwatch_out(judge: Judge, text: str, lacking: str) -> None:
    """What CloudWatch lacks is found on the key."""
    assert judge(AlarmTopicKeyWithoutCloudWatch, text) == [
        (
            "Resources/Key/Properties/KeyPolicy",
            f"KeyPolicy does not allow cloudwatch.amazonaws.com {lacking}, and the key encrypts a topic "
            "that alarms tell: what they send is lost. Add a statement that allows the service kms:Decrypt "
            "and kms:GenerateDataKey*.",
        )
    ]


def test_finds_a_key_of_many_alarms_once(judge: Judge) -> None:
    """However many alarms tell topics of the key, it is found once."""
    text = template(ACCOUNT) + (
        "  Second: {Type: AWS::SNS::Topic, Properties: {KmsMasterKeyId: !Ref Key}}\n"
        "  Low: {Type: AWS::CloudWatch::Alarm, Properties: {OKActions: [!Ref Topic, !Ref Second]}}\n"
    )

    assert [path for path, _ in judge(AlarmTopicKeyWithoutCloudWatch, text)] == [
        "Resources/Key/Properties/KeyPolicy"
    ]


@pytest.mark.parametrize(
    ("name", "pattern", "shown", "when"),
    [
        pytest.param("dev-cpu", f"!Sub '{ARN}prod-*'", '"dev-cpu"', "", id="another name"),
        pytest.param(
            "dev-cpu",
            "!Sub 'arn:aws:cloudwatch:us-east-1:${AWS::AccountId}:alarm:dev-*'",
            '"dev-cpu"',
            "",
            id="another region",
        ),
        pytest.param(
            "dev-cpu",
            f"!Sub '{ARN}${{Environment}}-*'",
            '"dev-cpu"',
            "",
            id="an allowed value that does not fit",
        ),
        pytest.param(
            "!Sub '${Environment}-cpu'",
            f"!Sub '{ARN}dev-*'",
            '{"Fn::Sub": "${Environment}-cpu"}',
            "",
            id="a name for another value",
        ),
        pytest.param(
            "!If [Open, dev-cpu, cpu]",
            f"!Sub '{ARN}dev-*'",
            '"cpu"',
            " when Open is false",
            id="name of one branch",
        ),
        pytest.param(
            "dev-cpu",
            f"!If [Open, !Sub '{ARN}dev-*', !Sub '{ARN}prod-*']",
            '"dev-cpu"',
            " when Open is false",
            id="pattern of one branch",
        ),
    ],
)
@pytest.mark.parametrize("key", ["aws:SourceArn", "AWS:SourceArn"])
def test_refuses_a_name_that_the_key_does_not_cover(
    judge: Judge, key: str, name: str, pattern: str, shown: str, when: str
) -> None:
    """An alarm whose name the key policy leaves out is found on its name."""
    text = template(ACCOUNT, grant(condition=source(pattern, key=key)), name=name)

    assert judge(AlarmTopicKeyWithoutCloudWatch, text) == [
        (
            "Resources/High/Properties/AlarmName",
            f"AlarmName is {shown}{when}, which no aws:SourceArn in the KeyPolicy of Key matches: "
            "CloudWatch may not use the key for this alarm, so the topic Topic never gets it. Change the "
            "name or the pattern.",
        )
    ]
