"""Destinations of WAF logs."""

from ..harness import row

HEAD = """
Parameters:
  Name: {Type: String, Default: aws-waf-logs-web}
  OtherName: {Type: String, Default: web}
  Allowed: {Type: String, Default: aws-waf-logs-a, AllowedValues: [aws-waf-logs-a, site, web]}
  Prefix: {Type: String}
  Arn: {Type: String, Default: "arn:aws:logs:ap-northeast-1:123456789012:log-group:web"}
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


case = row("<text>", "Resources/Logging/Properties/LogDestinationConfigs/0", MESSAGE.format("<problem>"))

GOOD = {
    "log group": to("!GetAtt Group.Arn"),
    "stream": to("!GetAtt Stream.Arn"),
    "bucket": to("!GetAtt Bucket.Arn"),
    "Sub with a variable": to(f"!Sub ['{ARN}${{G}}', {{G: !Ref Group}}]"),
    "begins right": to("!GetAtt Group.Arn", "!Sub 'aws-waf-logs-${Prefix}'"),
    "parameter without default": to("!GetAtt Group.Arn", "!Sub '${Prefix}-web'"),
    "may go on right": to("!GetAtt Group.Arn", "!Sub 'aws-waf-${Prefix}'"),
    "only AWS knows the name": to("!GetAtt Group.Arn", "!ImportValue name"),
    "only AWS knows the destination": to("!ImportValue destination"),
    "literal log group": to("'arn:aws:logs:us-east-1:123456789012:log-group:aws-waf-logs-a:*'"),
    "literal bucket": to("'arn:aws:s3:::aws-waf-logs-a'"),
    "both branches": to("!If [Kept, !GetAtt Group.Arn, 'arn:aws:s3:::aws-waf-logs-a']"),
    "no destination, which another rule finds": logged("ResourceArn: arn"),
}

BAD = {
    "log group": case(to("!GetAtt Group.Arn", "web"), 'LogGroupName of Group is "web"'),
    "stream": case(to("!GetAtt Stream.Arn", "web"), 'DeliveryStreamName of Stream is "web"'),
    "bucket": case(to("!GetAtt Bucket.Arn", "web"), 'BucketName of Bucket is "web"'),
    "parameter default": case(
        to("!GetAtt Group.Arn", "!Ref OtherName"),
        'LogGroupName of Group is {"Ref": "OtherName"}, which can be "web"',
    ),
    "allowed values, the first that is wrong": case(
        to("!GetAtt Group.Arn", "!Ref Allowed"),
        'LogGroupName of Group is {"Ref": "Allowed"}, which can be "site"',
    ),
    "begins wrong": case(
        to("!GetAtt Group.Arn", "!Sub 'waf-${Prefix}'"),
        'LogGroupName of Group is {"Fn::Sub": "waf-${Prefix}"}',
    ),
    "name in one branch": case(
        to("!GetAtt Group.Arn", "!If [Kept, aws-waf-logs-web, web]"),
        'LogGroupName of Group is {"Fn::If": ["Kept", "aws-waf-logs-web", "web"]}, which can be "web" '
        "when Kept is false",
    ),
    "no name": case(
        to("!GetAtt Unnamed.Arn"), "Unnamed has no LogGroupName, so its name begins with the stack's name"
    ),
    "default ARN": case(to("!Ref Arn"), 'LogDestinationConfigs contains {"Ref": "Arn"}, named "web"'),
    "literal stream": case(
        to("'arn:aws:firehose:us-east-1:123456789012:deliverystream/web'"),
        'LogDestinationConfigs contains "arn:aws:firehose:us-east-1:123456789012:deliverystream/web", named '
        '"web"',
    ),
    "Sub that begins wrong": case(
        to(f"!Sub '{ARN}waf-${{Prefix}}'"),
        f'LogDestinationConfigs contains {{"Fn::Sub": "{ARN}waf-${{Prefix}}"}}, named "waf-${{Prefix}}"',
    ),
    "finds the destination of one branch": (
        to("!If [Kept, !GetAtt Unnamed.Arn, 'arn:aws:s3:::aws-waf-logs-a']"),
        "Resources/Logging/Properties/LogDestinationConfigs/0",
        MESSAGE.format(
            "Unnamed has no LogGroupName when Kept is true, so its name begins with the stack's name"
        ),
    ),
}
