"""Access logs of stages."""


def stage(log_format: str) -> str:
    """Return a template with one stage."""
    return f"""
Resources:
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties: {{AccessLogSetting: {{DestinationArn: a, Format: {log_format}}}}}
"""


GOOD = {
    "known": stage("'$context.requestId $context.identity.sourceIp $context.status'"),
    "of an authorizer": stage("'$context.authorizer.claims.sub'"),
    "newer than the list": stage("'$context.somethingElse'"),
}

BAD = {
    "misspelt": (
        stage("'$context.requestId $context.identity.sourceIP'"),
        "Resources/Stage/Properties/AccessLogSetting/Format",
        "Format has $context.identity.sourceIP, which API Gateway does not have and logs as '-'. "
        "Did you mean $context.identity.sourceIp?",
    ),
    "JSON": (
        stage('!Sub \'{"id":"$context.requestID","status":$context.status}\''),
        "Resources/Stage/Properties/AccessLogSetting/Format",
        "Format has $context.requestID, which API Gateway does not have and logs as '-'. Did you "
        "mean $context.requestId?",
    ),
}
