"""Good and broken integrations."""

from ..harness import frame

HEAD = """
Parameters:
  Seconds: {Type: Number, Default: 60, MinValue: 1}
  Short: {Type: Number, Default: 20, MaxValue: 900}
  Any: {Type: Number}
Conditions:
  Prod: !Equals [!Ref Any, "1"]
Resources:
  Alias: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref Function}}
"""

URI = "!Sub 'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function.Arn}/invocations'"
ALIAS_URI = URI.replace("Function.Arn", "Alias")

MESSAGE = (
    "TimeoutInMillis {waits}, but Timeout of Function {runs} seconds: the API has timed out by then, and the "
    "function continues. Give the function a second less than the integration."
)

method = frame(
    f"{HEAD}  Function: {{Type: AWS::Lambda::Function, Properties: {{Timeout: <timeout>}}}}\n"
    "  Method: {Type: AWS::ApiGateway::Method, "
    f"Properties: {{Integration: {{Type: <kind=AWS_PROXY>, Uri: <uri={URI}><more=>}}}}}}\n"
)

route = frame(
    HEAD + "  Function: {Type: AWS::Lambda::Function, Properties: {Timeout: <timeout>}}\n"
    "  Method: {Type: AWS::ApiGatewayV2::Integration, Properties: {IntegrationType: AWS_PROXY, "
    "IntegrationUri: !GetAtt Function.Arn<more=>}}\n"
)


def case(text: str, path: str, message: str) -> tuple[str, ...]:
    """A function that goes on after the API has given up is found."""
    expected = "Resources/Method/Properties" + (f"/{path}" if path else "")
    return text, expected, message


GOOD = {
    "less than the default": method("28"),
    "default of the function": method("!Ref AWS::NoValue"),
    "as long": method("60", more=", TimeoutInMillis: 60000"),
    "parameter that might be longer": method("!Ref Short"),
    "may be invoked asynchronously": method("60", kind="AWS"),
    "function of another template": method("60", uri="!ImportValue uri"),
    "both branches": method("!If [Prod, 60, 20]", more=", TimeoutInMillis: !If [Prod, 60000, 29000]"),
    "HTTP API": route("30"),
}

BAD = {
    "default": case(method("30"), "Integration", MESSAGE.format(waits="is 29000", runs="is 30")),
    "by its alias": case(
        method("30", uri=ALIAS_URI), "Integration", MESSAGE.format(waits="is 29000", runs="is 30")
    ),
    "literal": case(
        method("10", more=", TimeoutInMillis: 5000"),
        "Integration/TimeoutInMillis",
        MESSAGE.format(waits="is 5000", runs="is 10"),
    ),
    "parameter default": case(
        method("!Ref Seconds"),
        "Integration",
        MESSAGE.format(waits="is 29000", runs='is {"Ref": "Seconds"}, which can be "60"'),
    ),
    "one branch of the function": case(
        method("!If [Prod, 60, 20]"),
        "Integration",
        MESSAGE.format(
            waits="is 29000", runs='is {"Fn::If": ["Prod", 60, 20]}, which is 60 when Prod is true'
        ),
    ),
    "one branch of the integration": case(
        method("20", more=", TimeoutInMillis: !If [Prod, 29000, 5000]"),
        "Integration/TimeoutInMillis",
        MESSAGE.format(waits="is 5000 when Prod is false", runs="is 20"),
    ),
    "HTTP API": case(route("31"), "", MESSAGE.format(waits="is 30000", runs="is 31")),
}
