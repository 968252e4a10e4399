"""Methods with functions."""

from ..harness import frame

URI = "!Sub 'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations'"

template = frame(f"""
  F: {{Type: AWS::Lambda::Function}}
  Permission: {{Type: AWS::Lambda::Permission, Properties: {{<permission>}}}}
  Method:
    Type: AWS::ApiGateway::Method
    Properties: {{Integration: {{Type: AWS_PROXY, Uri: {URI}<more=>}}}}
""")

GOOD = {
    "allowed": template("FunctionName: !Ref F, Principal: apigateway.amazonaws.com"),
    "role": template("FunctionName: !Ref F, Principal: events.amazonaws.com", ", Credentials: a"),
}

BAD = {
    "another service": (
        template("FunctionName: !Ref F, Principal: events.amazonaws.com"),
        "Resources/Method/Properties/Integration/Uri",
        "The method calls F, and no AWS::Lambda::Permission allows apigateway.amazonaws.com to do so: "
        "every request gets 500. Add one.",
    ),
}
