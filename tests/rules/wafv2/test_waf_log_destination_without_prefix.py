"""E9011 on destinations of WAF logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import WafLogDestinationWithoutPrefix

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Name: {Type: String, Default: aws-waf-logs-web}
  OtherName: {Type: String, Default: web}
  Allowed: {Type: String, Default: aws-waf-logs-a, AllowedValues: [aws-waf-logs-a, site, web]}
  Prefix: {Type: String}
  Arn: {Type: String, Default: "arn:aws:logs:ap-northeast-1:123456789012:log-group:web"}
Conditions:
  Kept: !Equals [!Ref AWS::AccountId, "111111111111"]
Resources:
  Group: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: NAME}}
  Unnamed: {Type: AWS::Logs::LogGroup}
  Stream: {Type: AWS::KinesisFirehose::DeliveryStream, Properties: {DeliveryStreamName: NAME}}
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: NAME}}
"""

ARN = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:"
MESSAGE = "{}: WAF refuses to log there. Begin the name with aws-waf-logs-, for example aws-waf-logs-web."


def logged(destinations: str, name: str = "aws-waf-logs-web") -> str:
    """Return a template that logs to these destinations, those of the template with this name."""
    head = HEAD.replace("NAME", name)
    return f"{head}  Logging: {{Type: AWS::WAFv2::LoggingConfiguration, Properties: {{{destinations}}}}}\n"


def to(destination: str, name: str = "aws-waf-logs-web") -> str:
    """Return a template that logs to one destination."""
    return logged(f"LogDestinationConfigs: [{destination}]", name)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(to("!GetAtt Group.Arn"), id="log group"),
        pytest.param(to("!GetAtt Stream.Arn"), id="stream"),
        pytest.param(to("!GetAtt Bucket.Arn"), id="bucket"),
        pytest.param(to(f"!Sub '{ARN}${{Group}}'"), id="Sub of the name"),
        pytest.param(to(f"!Sub '{ARN}${{Name}}'"), id="Sub of a default"),
        pytest.param(to(f"!Sub ['{ARN}${{G}}', {{G: !Ref Group}}]"), id="Sub with a variable"),
        pytest.param(to("!GetAtt Group.Arn", "!Ref Name"), id="parameter default"),
        pytest.param(to("!GetAtt Group.Arn", "!Sub 'aws-waf-logs-${Prefix}'"), id="begins right"),
        pytest.param(to("!GetAtt Group.Arn", "!Sub '${Prefix}-web'"), id="parameter without default"),
        pytest.param(to("!GetAtt Group.Arn", "!Sub 'aws-waf-${Prefix}'"), id="may go on right"),
        pytest.param(to("!GetAtt Group.Arn", "!ImportValue name"), id="only AWS knows the name"),
        pytest.param(to("!ImportValue destination"), id="only AWS knows the destination"),
        pytest.param(
            to("'arn:aws:logs:us-east-1:123456789012:log-group:aws-waf-logs-a:*'"), id="literal log group"
        ),
        pytest.param(to("'arn:aws:s3:::aws-waf-logs-a'"), id="literal bucket"),
        pytest.param(to("!If [Kept, !GetAtt Group.Arn, 'arn:aws:s3:::aws-waf-logs-a']"), id="both branches"),
        pytest.param(logged("ResourceArn: arn"), id="no destination, which another rule finds"),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A destination passes whose name begins right, or may."""
    assert judge(WafLogDestinationWithoutPrefix, text) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param(to("!GetAtt Group.Arn", "web"), 'LogGroupName of Group is "web"', id="log group"),
        pytest.param(to("!GetAtt Stream.Arn", "web"), 'DeliveryStreamName of Stream is "web"', id="stream"),
        pytest.param(to("!GetAtt Bucket.Arn", "web"), 'BucketName of Bucket is "web"', id="bucket"),
        pytest.param(
            to(f"!Sub '{ARN}${{Group}}'", "/aws/wafv2/web"),
            'LogGroupName of Group is "/aws/wafv2/web"',
            id="Sub of the name",
        ),
        pytest.param(
            to("!GetAtt Group.Arn", "!Ref OtherName"),
            'LogGroupName of Group is {"Ref": "OtherName"}, which can be "web"',
            id="parameter default",
        ),
        pytest.param(
            to("!GetAtt Group.Arn", "!Ref Allowed"),
            'LogGroupName of Group is {"Ref": "Allowed"}, which can be "site"',
            id="allowed values, the first that is wrong",
        ),
        pytest.param(
            to("!GetAtt Group.Arn", "!Sub 'waf-${Prefix}'"),
            'LogGroupName of Group is {"Fn::Sub": "waf-${Prefix}"}',
            id="begins wrong",
        ),
        pytest.param(
            to("!GetAtt Group.Arn", "!If [Kept, aws-waf-logs-web, web]"),
            'LogGroupName of Group is {"Fn::If": ["Kept", "aws-waf-logs-web", "web"]}, which can be "web" '
            "when Kept is false",
            id="name in one branch",
        ),
        pytest.param(
            to("!GetAtt Unnamed.Arn"),
            "Unnamed has no LogGroupName, so its name begins with the stack's name",
            id="no name",
        ),
        pytest.param(
            to("!Ref Arn"), 'LogDestinationConfigs holds {"Ref": "Arn"}, named "web"', id="default ARN"
        ),
        pytest.param(
            to("'arn:aws:firehose:us-east-1:123456789012:deliverystream/web'"),
            'LogDestinationConfigs holds "arn:aws:firehose:us-east-1:123456789012:deliverystream/web", named '
            '"web"',
            id="literal stream",
        ),
        pytest.param(
            to(f"!Sub '{ARN}waf-${{Prefix}}'"),
            f'LogDestinationConfigs holds {{"Fn::Sub": "{ARN}waf-${{Prefix}}"}}, named "waf-${{Prefix}}"',
            id="Sub that begins wrong",
        ),
    ],
)
def test_refuses(judge: Judge, text: str, problem: str) -> None:
    """A destination with another name is found where the logging names it."""
    assert judge(WafLogDestinationWithoutPrefix, text) == [
        ("Resources/Logging/Properties/LogDestinationConfigs/0", MESSAGE.format(problem))
    ]


def test_finds_the_destination_of_one_branch(judge: Judge) -> None:
    """A destination that a condition chooses is found, the other is not."""
    text = to("!If [Kept, !GetAtt Unnamed.Arn, 'arn:aws:s3:::aws-waf-logs-a']")

    assert judge(WafLogDestinationWithoutPrefix, text) == [
        (
            "Resources/Logging/Properties/LogDestinationConfigs/0",
            MESSAGE.format(
                "Unnamed has no LogGroupName when Kept is true, so its name begins with the stack's name"
            ),
        )
    ]
