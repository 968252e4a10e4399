"""E9019 on topics with AWS's key and with others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import AlarmTopicWithManagedKey

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  KeyAlias: {Type: String, Default: alias/aws/sns}
  Managed: {Type: String, Default: aws}
Conditions:
  Paged: !Equals [!Ref AWS::AccountId, "111111111111"]
  Cheap: !Equals [!Ref AWS::StackName, cheap]
Resources:
  Key: {Type: AWS::KMS::Key}
"""

MESSAGE = (
    "KmsMasterKeyId {}: CloudWatch may not use this key, so every alarm that tells the topic is lost. Use a "
    "key of your own whose policy lets cloudwatch.amazonaws.com in."
)


def topic(
    key: str, *, alarm: str = "AlarmActions: [!Ref Topic]", kind: str = "Alarm", attributes: str = ""
) -> str:
    """Return a template with one topic that uses this key, and one alarm."""
    return (
        f"{HEAD}  Topic: {{Type: AWS::SNS::Topic, Properties: {{{key}}}}}\n"
        f"  High: {{Type: AWS::CloudWatch::{kind}, {attributes} Properties: {{{alarm}}}}}\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(topic("KmsMasterKeyId: !GetAtt Key.Arn"), id="key of one's own"),
        pytest.param(topic("KmsMasterKeyId: alias/alarms"), id="alias of one's own"),
        pytest.param(topic("KmsMasterKeyId: !ImportValue key"), id="only AWS knows"),
        pytest.param(topic("TopicName: plain"), id="not encrypted"),
        pytest.param(topic("KmsMasterKeyId: alias/aws/sns", alarm="AlarmName: a"), id="told by no alarm"),
        pytest.param(
            topic("KmsMasterKeyId: alias/aws/sns", alarm="AlarmActions: [!ImportValue topic]"),
            id="told by who knows whom",
        ),
        pytest.param(
            topic(
                "KmsMasterKeyId: !If [Paged, !Ref Key, alias/aws/sns]",
                alarm="AlarmActions: !If [Paged, [!Ref Topic], []]",
            ),
            id="branch without alarm",
        ),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A topic passes that no alarm tells, or whose key may let CloudWatch in."""
    assert judge(AlarmTopicWithManagedKey, text) == []


@pytest.mark.parametrize("kind", ["Alarm", "CompositeAlarm"])
@pytest.mark.parametrize(
    ("text", "state"),
    [
        pytest.param("alias/aws/sns", 'is "alias/aws/sns"', id="alias"),
        pytest.param(
            "'arn:aws:kms:us-east-1:123456789012:alias/aws/sns'",
            'is "arn:aws:kms:us-east-1:123456789012:alias/aws/sns"',
            id="ARN",
        ),
        pytest.param("!Ref KeyAlias", 'is {"Ref": "KeyAlias"}, which can be "alias/aws/sns"', id="default"),
        pytest.param(
            "!Sub 'alias/${Managed}/sns'",
            'is {"Fn::Sub": "alias/${Managed}/sns"}, which can be "alias/aws/sns"',
            id="Sub",
        ),
        pytest.param(
            "!If [Cheap, alias/aws/sns, !Ref Key]",
            'is {"Fn::If": ["Cheap", "alias/aws/sns", {"Ref": "Key"}]}, which is "alias/aws/sns" when Cheap '
            "is true",
            id="first branch",
        ),
        pytest.param(
            "!If [Cheap, !Ref Key, alias/aws/sns]",
            'is {"Fn::If": ["Cheap", {"Ref": "Key"}, "alias/aws/sns"]}, which is "alias/aws/sns" when Cheap '
            "is false",
            id="second branch",
        ),
    ],
)
def test_refuses(judge: Judge, kind: str, text: str, state: str) -> None:
    """A topic with the key that AWS manages is found, once for all its alarms."""
    assert judge(AlarmTopicWithManagedKey, topic(f"KmsMasterKeyId: {text}", kind=kind)) == [
        ("Resources/Topic/Properties/KmsMasterKeyId", MESSAGE.format(state))
    ]


@pytest.mark.parametrize(
    "alarm",
    [
        pytest.param("OKActions: [!Ref Topic]", id="on OK"),
        pytest.param("InsufficientDataActions: [!GetAtt Topic.TopicArn]", id="without data"),
        pytest.param("AlarmActions: [!Sub '${Topic}']", id="Sub"),
        pytest.param("AlarmActions: [!If [Paged, !Ref Topic, !Ref AWS::NoValue]]", id="in one branch"),
    ],
)
def test_finds_every_way_to_tell(judge: Judge, alarm: str) -> None:
    """It counts however an alarm names the topic."""
    assert judge(AlarmTopicWithManagedKey, topic("KmsMasterKeyId: alias/aws/sns", alarm=alarm)) == [
        ("Resources/Topic/Properties/KmsMasterKeyId", MESSAGE.format('is "alias/aws/sns"'))
    ]
