"""Access logs of stages."""

from ..harness import frame

stage = frame("""
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties: {AccessLogSetting: {DestinationArn: a, Format: <log_format>}}
""")

PATH = "Resources/Stage/Properties/AccessLogSetting/Format"

GOOD = {
    "known": stage("'$context.requestId $context.identity.sourceIp $context.status'"),
    "of an authorizer": stage("'$context.authorizer.claims.sub'"),
    "newer than the list": stage("'$context.somethingElse'"),
    "route of an HTTP API": """
  Stage:
    Type: AWS::ApiGatewayV2::Stage
    Properties:
      AccessLogSettings:
        Format: '$context.routeKey $context.requestId'
""",
}

BAD = {
    "misspelt": (
        stage("'$context.requestId $context.identity.sourceIP'"),
        "Format has $context.identity.sourceIP, which API Gateway does not have and logs as '-'. "
        "Did you mean $context.identity.sourceIp?",
    ),
    "JSON": (
        stage('!Sub \'{"id":"$context.requestID","status":$context.status}\''),
        "Format has $context.requestID, which API Gateway does not have and logs as '-'. Did you "
        "mean $context.requestId?",
    ),
    "error of an HTTP API": (
        stage("'$context.requestId $context.integrationErrorMessage'"),
        "Format has $context.integrationErrorMessage, which REST APIs do not have and log as '-'. Use "
        "$context.integration.error.",
    ),
    "route of a REST API": (
        """
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties:
      AccessLogSetting:
        Format: '$context.requestId $context.routeKey $context.connectionId'
""",
        "Resources/Stage/Properties/AccessLogSetting/Format",
        "Format has $context.routeKey, which REST APIs do not have and log as '-'. Use "
        "$context.httpMethod and $context.resourcePath.",
        "Resources/Stage/Properties/AccessLogSetting/Format",
        "Format has $context.connectionId, which REST APIs do not have and log as '-'. Remove it.",
    ),
}
