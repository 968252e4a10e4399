"""Required request parameters that are checked, and are not."""

from ..harness import frame, row

HEADER = "RequestParameters: {method.request.header.X-Key: true}"
BY = "RequestValidatorId: !Ref Checks"

method = frame("""
Parameters:
  Unneeded: {Type: String, Default: "false"}
  Needed: {Type: String, Default: "true"}
Resources:
  Checks: {Type: AWS::ApiGateway::RequestValidator, Properties: {RestApiId: a,
      <checks=ValidateRequestParameters: true>}}
  Get: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: a, HttpMethod: GET, <properties>}}
""")

message = frame(
    'RequestParameters requires "method.request.header.X-Key", and <lack>: a request without it '
    "passes. Set RequestValidatorId to an AWS::ApiGateway::RequestValidator with "
    "ValidateRequestParameters: true, or write false."
)

MISSING = "RequestValidatorId is missing"
BLIND = "its validator Checks does not check parameters"

case = row(
    "<text>", "Resources/Get/Properties/RequestParameters/method.request.header.X-Key", message("<lack>")
)

GOOD = {
    "checked": method(f"{HEADER}, {BY}"),
    "Sub": method(f"{HEADER}, RequestValidatorId: !Sub '${{Checks}}'"),
    "validator of another stack": method(f"{HEADER}, RequestValidatorId: !ImportValue v"),
    "literal validator": method(f"{HEADER}, RequestValidatorId: abc123"),
    "not required": method("RequestParameters: {method.request.header.X-Key: false}"),
    "default": method("RequestParameters: {method.request.header.X-Key: !Ref Unneeded}"),
    "path": method("RequestParameters: {method.request.path.proxy: true}"),
    "no parameters": method("AuthorizationType: NONE"),
    "checked where it is required": method(
        "RequestParameters: {method.request.header.X-Key: !If [Switched, true, false]}, "
        "RequestValidatorId: !If [Switched, !Ref Checks, !Ref AWS::NoValue]"
    ),
}

BAD = {
    "no validator": case(method(HEADER), MISSING),
    "parameter default": case(
        method("RequestParameters: {method.request.header.X-Key: !Ref Needed}"), MISSING
    ),
    "required in one branch": case(
        method("RequestParameters: {method.request.header.X-Key: !If [Switched, true, false]}"), MISSING
    ),
    "no validator in one branch": case(
        method(f"{HEADER}, RequestValidatorId: !If [Switched, !Ref AWS::NoValue, !Ref Checks]"), MISSING
    ),
    "validator for bodies": case(method(f"{HEADER}, {BY}", "ValidateRequestParameters: false"), BLIND),
    "validator for nothing": case(method(f"{HEADER}, {BY}", "Name: x"), BLIND),
    "validator that is blind in one branch": case(
        method(f"{HEADER}, {BY}", "ValidateRequestParameters: !If [Switched, true, !Ref Unneeded]"), BLIND
    ),
}
