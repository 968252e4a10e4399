"""JSON that API Gateway writes."""

GOOD = {
    "numbers of every request": """
Resources:
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties:
      AccessLogSetting:
        Format: '{"id": "$context.requestId", "status": $context.status, "ms": $context.responseLatency}'
""",
    "no JSON": """
Resources:
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties:
      AccessLogSetting:
        Format: '$context.requestId $context.integration.latency'
""",
    "response": """
Resources:
  Refused:
    Type: AWS::ApiGateway::GatewayResponse
    Properties:
      ResponseTemplates:
        application/json: '{"message": $context.error.messageString, "id": "$context.requestId"}'
""",
    "authorizer": """
Resources:
  Refused:
    Type: AWS::ApiGateway::GatewayResponse
    Properties:
      ResponseTemplates:
        application/json: '{"message": $context.error.messageString, "plan": $context.authorizer.plan}'
""",
    "template with directives": """
Resources:
  Refused:
    Type: AWS::ApiGateway::GatewayResponse
    Properties:
      ResponseTemplates:
        application/json: '#set($a = 1){"message": $a}'
""",
    "other type": """
Resources:
  Refused:
    Type: AWS::ApiGateway::GatewayResponse
    Properties:
      ResponseTemplates:
        text/plain: '{"message": $context.requestId}'
""",
}

BAD = {
    "latency of an integration": (
        """
Resources:
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties:
      AccessLogSetting:
        Format: '{"id": "$context.requestId", "ms": $context.integration.latency}'
""",
        "Resources/Stage/Properties/AccessLogSetting/Format",
        "Format has $context.integration.latency without quotation marks: its text, or the "
        "'-' of no value, breaks the JSON of the record. Write "
        '"$context.integration.latency".',
    ),
    "HTTP API": (
        """
Resources:
  Stage:
    Type: AWS::ApiGatewayV2::Stage
    Properties:
      AccessLogSettings:
        Format: '{"id": $context.requestId}'
""",
        "Resources/Stage/Properties/AccessLogSettings/Format",
        "Format has $context.requestId without quotation marks: its text, or the '-' of no "
        'value, breaks the JSON of the record. Write "$context.requestId".',
    ),
    "response": (
        """
Resources:
  Refused:
    Type: AWS::ApiGateway::GatewayResponse
    Properties:
      ResponseTemplates:
        application/json: '{"message": $context.error.messageString, "id": $context.requestId}'
""",
        "Resources/Refused/Properties/ResponseTemplates/application/json",
        "The response has $context.requestId without quotation marks, which breaks its "
        'JSON. Write "$context.requestId".',
    ),
    "response that is not JSON": (
        """
Resources:
  Refused:
    Type: AWS::ApiGateway::GatewayResponse
    Properties:
      ResponseTemplates:
        application/json: '{"message": $context.error.messageString,}'
""",
        "Resources/Refused/Properties/ResponseTemplates/application/json",
        "The response is not JSON. Correct it.",
    ),
    "quoted twice": (
        """
Resources:
  Refused:
    Type: AWS::ApiGateway::GatewayResponse
    Properties:
      ResponseTemplates:
        application/json: '{"message": "$context.error.messageString"}'
""",
        "Resources/Refused/Properties/ResponseTemplates/application/json",
        "The response has $context.error.messageString in quotation marks, and it brings its own: the JSON "
        "breaks. Leave them out.",
    ),
}
