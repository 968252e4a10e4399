"""Good and broken integrations and permissions."""

from ..harness import frame, row

HEAD = """
  Function: {Type: AWS::Lambda::Function}
  Bare: {Type: AWS::Lambda::Function}
  Alias: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref Function}}
"""

PREFIX = "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
OF_FUNCTION = f"!Sub '{PREFIX}${{Function.Arn}}/invocations'"
OF_ALIAS = f"!Sub '{PREFIX}${{Alias}}/invocations'"

method = frame("  Method: {Type: AWS::ApiGateway::Method, Properties: {Integration: {Uri: <uri>}}}\n")

route = frame("  Route: {Type: AWS::ApiGatewayV2::Integration, Properties: {IntegrationUri: <uri>}}\n")

permission = frame(
    "  Permission: {Type: AWS::Lambda::Permission, Properties: {FunctionName: <function>, Principal: "
    "<principal=apigateway.amazonaws.com>}}\n"
)

bypassed = frame(
    "<name> calls the function Function itself<when=>: that is $LATEST, and the alias Alias is bypassed. "
    "Write ${Alias} instead of ${Function.Arn}."
)

not_allowed = frame(
    "FunctionName is the function Function<when=>, but the API calls its alias Alias: a permission on "
    "the function does not apply to the alias, and every call fails. Write Ref Alias."
)

case = row(HEAD + "<text>", "Resources/<path>", "<message>")

GOOD = {
    "alias": HEAD + method(OF_ALIAS) + permission("!Ref Alias"),
    "alias by its name": HEAD + method(f"!Sub '{PREFIX}${{Function.Arn}}:live/invocations'"),
    "alias by a stage variable": HEAD
    + method(f"!Sub '{PREFIX}${{Function.Arn}}:${{!stageVariables.alias}}/invocations'"),
    "alias by a variable of Sub": HEAD
    + method(f"!Sub ['{PREFIX}${{Target}}/invocations', {{Target: !Ref Alias}}]"),
    "function without alias": HEAD + method(f"!Sub '{PREFIX}${{Bare.Arn}}/invocations'"),
    "both branches": HEAD + method(f"!If [Prod, {OF_ALIAS}, !Ref AWS::NoValue]"),
    "HTTP API": HEAD + route("!Ref Alias"),
    "permission, but no integration in sight": HEAD + permission("!Ref Function"),
    "permission for another service": HEAD
    + method(OF_ALIAS)
    + permission("!Ref Function", "s3.amazonaws.com"),
}

BAD = {
    "one branch": case(
        method(f"!If [Prod, {OF_ALIAS}, {OF_FUNCTION}]"),
        "Method/Properties/Integration/Uri",
        bypassed("Uri", " when Prod is false"),
    ),
    "HTTP API": case(
        route("!GetAtt Function.Arn"), "Route/Properties/IntegrationUri", bypassed("IntegrationUri")
    ),
    "permission by Ref": case(
        method(OF_ALIAS) + permission("!Ref Function"), "Permission/Properties/FunctionName", not_allowed()
    ),
    "permission by GetAtt": case(
        method(OF_ALIAS) + permission("!GetAtt Function.Arn"),
        "Permission/Properties/FunctionName",
        not_allowed(),
    ),
    "permission in one branch": case(
        route("!Ref Alias") + permission("!If [Prod, !Ref Alias, !Ref Function]"),
        "Permission/Properties/FunctionName",
        not_allowed(" when Prod is false"),
    ),
}
