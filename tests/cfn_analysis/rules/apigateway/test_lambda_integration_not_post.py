"""Integrations with functions."""

from ..harness import frame

URI = "!Sub 'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations'"

method = frame(f"""
  F: {{Type: AWS::Lambda::Function}}
  Method:
    Type: AWS::ApiGateway::Method
    Properties:
      HttpMethod: GET
      Integration: {{Type: AWS_PROXY, Uri: <uri={URI}><more>}}
""")

GOOD = {
    "post": method(", IntegrationHttpMethod: POST"),
    "another service": method(
        ", IntegrationHttpMethod: GET", "!Sub 'arn:aws:apigateway:${AWS::Region}:s3:path/bucket'"
    ),
    "function": method(", IntegrationHttpMethod: !ImportValue method"),
}

BAD = {
    "get": (
        method(", IntegrationHttpMethod: GET"),
        "Resources/Method/Properties/Integration/IntegrationHttpMethod",
        "IntegrationHttpMethod is GET, but Lambda accepts only POST. Write POST for every HttpMethod.",
    ),
    "missing": (
        method(""),
        "Resources/Method/Properties/Integration",
        "IntegrationHttpMethod is missing, but Lambda accepts only POST. Write POST for every HttpMethod.",
    ),
}
