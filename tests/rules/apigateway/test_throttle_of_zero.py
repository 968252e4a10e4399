"""Limits of stages and usage plans."""

GOOD = {
    "limits": """
Resources:
  Plan:
    Type: AWS::ApiGateway::UsagePlan
    Properties:
      Throttle: {RateLimit: 10, BurstLimit: 20}
""",
    "no limit": """
Resources:
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties:
      MethodSettings:
        - {HttpMethod: GET, ResourcePath: /, ThrottlingRateLimit: -1}
        - !If [IsProduction, !Ref AWS::NoValue, {HttpMethod: PUT, ResourcePath: /}]
Conditions: {IsProduction: !Equals [!Ref AWS::Region, eu-west-1]}
""",
    "parameter": """
Parameters: {Rate: {Type: Number}}
Resources:
  Plan: {Type: AWS::ApiGateway::UsagePlan, Properties: {Throttle: {RateLimit: !Ref Rate}}}
""",
}

BAD = {
    "plan": (
        """
Resources:
  Plan:
    Type: AWS::ApiGateway::UsagePlan
    Properties:
      Throttle: {RateLimit: 10, BurstLimit: 0}
""",
        "Resources/Plan/Properties/Throttle/BurstLimit",
        "BurstLimit is 0: every request gets 429. Increase it, or remove it.",
    ),
    "stage": (
        """
Resources:
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties:
      MethodSettings:
        - {HttpMethod: '*', ResourcePath: /*, ThrottlingRateLimit: 0}
""",
        "Resources/Stage/Properties/MethodSettings/0/ThrottlingRateLimit",
        "ThrottlingRateLimit is 0: every request gets 429. Increase it, or remove it.",
    ),
    "method of a plan": (
        """
Resources:
  Plan:
    Type: AWS::ApiGateway::UsagePlan
    Properties:
      ApiStages:
        - {ApiId: a, Stage: b, Throttle: {/pets/GET: {RateLimit: 0}}}
""",
        "Resources/Plan/Properties/ApiStages/0/Throttle//pets/GET/RateLimit",
        "RateLimit is 0: every request gets 429. Increase it, or remove it.",
    ),
    "HTTP API": (
        """
Parameters: {Rate: {Type: Number, Default: 0}}
Resources:
  Stage:
    Type: AWS::ApiGatewayV2::Stage
    Properties: {DefaultRouteSettings: {ThrottlingRateLimit: !Ref Rate}}
""",
        "Resources/Stage/Properties/DefaultRouteSettings/ThrottlingRateLimit",
        "ThrottlingRateLimit is 0: every request gets 429. Increase it, or remove it.",
    ),
}
