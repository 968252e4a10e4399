"""Access logs of stages."""

from ..harness import frame, row

stage = frame("""
Resources:
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties: {AccessLogSetting: {DestinationArn: a, Format: <log_format>}}
""")

case = row(
    "<text>",
    "Resources/Stage/Properties/AccessLogSetting/Format",
    "Format has neither $context.requestId nor $context.extendedRequestId: API Gateway refuses the "
    "stage. Add one of them.",
)

GOOD = {
    "ID": stage("'$context.requestId $context.status'"),
    "extended": stage("'$context.extendedRequestId'"),
    "part from a mapping": stage("!Sub ['$context.status ${More}', {More: !FindInMap [a, b, c]}]"),
    "function": stage("!ImportValue format"),
}

BAD = {
    "without": case(stage("'$context.identity.sourceIp $context.status'")),
    "another ID": case(stage("'$context.requestIdentity'")),
    "in a branch": case(
        "Conditions: {Long: !Equals [!Ref AWS::Region, eu-west-1]}"
        + stage("!Join [' ', [$context.status, !If [Long, $context.requestId, !Ref AWS::NoValue]]]")
    ),
    "lines": (
        stage('"$context.requestId\\n$context.status"'),
        "Resources/Stage/Properties/AccessLogSetting/Format",
        "Format has more than one line: API Gateway refuses the stage. Write it as one line.",
    ),
}
