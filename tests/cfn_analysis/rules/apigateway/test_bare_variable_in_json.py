"""JSON that API Gateway writes."""

from ..harness import frame

log = frame("""
  Stage: {Type: AWS::<kind=ApiGateway>::Stage, Properties: {<setting=AccessLogSetting>: {Format: '<text>'}}}
""")

response = frame("""
  Refused:
    Type: AWS::ApiGateway::GatewayResponse
    Properties: {ResponseTemplates: {<media=application/json>: '<text>'}}
""")

PATH = "Resources/Refused/Properties/ResponseTemplates/application/json"

GOOD = {
    "numbers of every request": log(
        '{"id": "$context.requestId", "status": $context.status, "ms": $context.responseLatency}'
    ),
    "no JSON": log("$context.requestId $context.integration.latency"),
    "response": response('{"message": $context.error.messageString, "id": "$context.requestId"}'),
    "authorizer": response('{"message": $context.error.messageString, "plan": $context.authorizer.plan}'),
    "template with directives": response('#set($a = 1){"message": $a}'),
    "other type": response('{"message": $context.requestId}', "text/plain"),
}

BAD = {
    "latency of an integration": (
        log('{"id": "$context.requestId", "ms": $context.integration.latency}'),
        "Resources/Stage/Properties/AccessLogSetting/Format",
        "Format has $context.integration.latency without quotation marks: its text, or the '-' of no value, "
        'breaks the JSON of the record. Write "$context.integration.latency".',
    ),
    "HTTP API": (
        log('{"id": $context.requestId}', "ApiGatewayV2", "AccessLogSettings"),
        "Resources/Stage/Properties/AccessLogSettings/Format",
        "Format has $context.requestId without quotation marks: its text, or the '-' of no value, breaks the "
        'JSON of the record. Write "$context.requestId".',
    ),
    "response": (
        response('{"message": $context.error.messageString, "id": $context.requestId}'),
        "The response has $context.requestId without quotation marks, which breaks its JSON. Write "
        '"$context.requestId".',
    ),
    "response that is not JSON": (
        response('{"message": $context.error.messageString,}'),
        "The response is not JSON. Correct it.",
    ),
    "quoted twice": (
        """
  Refused:
    Type: AWS::ApiGateway::GatewayResponse
    Properties:
      ResponseTemplates:
        application/json: '{"message": "$context.error.messageString"}'
""",
        "The response has $context.error.messageString in quotation marks, and it brings its own: the JSON "
        "breaks. Leave them out.",
    ),
}
