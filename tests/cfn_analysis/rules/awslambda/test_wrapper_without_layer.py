"""Wrappers of functions."""

from ..harness import frame

function = frame("""
  Function:
    Type: AWS::Lambda::Function
    Properties: {Environment: {Variables: {AWS_LAMBDA_EXEC_WRAPPER: <wrapper>}}<more=>}
""")

GOOD = {
    "layer": function("/opt/otel-instrument", ", Layers: ['arn:aws:lambda:eu-west-1:1:layer:a:1']"),
    "in the package": function("/var/task/start"),
    "image": function("/opt/otel-instrument", ", PackageType: Image"),
    "without variables": "Resources: {Function: {Type: AWS::Lambda::Function}}",
}

BAD = {
    "no layer": (
        function("/opt/otel-instrument"),
        "Resources/Function/Properties/Environment/Variables/AWS_LAMBDA_EXEC_WRAPPER",
        "AWS_LAMBDA_EXEC_WRAPPER is /opt/otel-instrument, which comes with a layer, and the function has "
        "none: every call fails. Add it to Layers.",
    ),
}
