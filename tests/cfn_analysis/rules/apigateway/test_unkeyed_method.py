"""Methods that are open in an API with a key."""

from ..harness import frame

HEAD = """
Parameters:
  Keyed: {Type: String, Default: "true", AllowedValues: ["true", "false"]}
  Open: {Type: String, Default: "false"}
Resources:
"""

method = frame(
    "  <name>: {Type: AWS::ApiGateway::Method, <attributes=> Properties: {RestApiId: <api=!Ref Api>, "
    "<properties>}}\n"
)

KEYED = HEAD + "  Api: {Type: AWS::ApiGateway::RestApi}\n" + method("First", "ApiKeyRequired: true")

message = frame(
    "ApiKeyRequired is <found> on a method that anyone can call, although First of the same API "
    "requires a key: a caller who knows the address bypasses the usage plan. Set ApiKeyRequired: true, "
    "or an AuthorizationType."
)


def case(properties: str, attributes: str, path: str, reason: str) -> tuple[str, ...]:
    """A method that anyone may call, beside one with a key, is reason."""
    return (
        KEYED + method("Second", properties, attributes),
        f"Resources/Second/Properties{path}",
        message(reason),
    )


GOOD = {
    "both with a key": KEYED + method("Second", "ApiKeyRequired: true"),
    "OPTIONS": KEYED + method("Second", "HttpMethod: OPTIONS"),
    "authorized otherwise": KEYED + method("Second", "AuthorizationType: AWS_IAM"),
    "import": KEYED + method("Second", "ApiKeyRequired: !ImportValue keyed"),
    "another API": KEYED + method("Second", "HttpMethod: GET", api="other"),
    "no keys at all": HEAD + method("First", "HttpMethod: GET", api="a"),
    "all as one parameter says": HEAD
    + method("First", "ApiKeyRequired: !Ref Keyed", api="a")
    + method("Second", "ApiKeyRequired: !Ref Keyed", api="a"),
    "all as one condition says": HEAD
    + method("First", "ApiKeyRequired: !If [Switched, true, false]", api="a")
    + method("Second", "ApiKeyRequired: !If [NotSwitched, false, true]", api="a"),
    "never both": HEAD
    + method("First", "ApiKeyRequired: true", "Condition: Switched,", "a")
    + method("Second", "HttpMethod: GET", "Condition: NotSwitched,", "a"),
}

BAD = {
    "missing": case("HttpMethod: GET", "", "", "missing"),
    "NONE": case("AuthorizationType: NONE", "", "", "missing"),
    "literal": case("ApiKeyRequired: false", "", "/ApiKeyRequired", "false"),
    "first branch": case("ApiKeyRequired: !If [Switched, false, true]", "", "/ApiKeyRequired", "false"),
    "condition": case("HttpMethod: GET", "Condition: Switched,", "", "missing"),
    "open in one branch": case("AuthorizationType: !If [Switched, NONE, AWS_IAM]", "", "", "missing"),
    "a key under a condition counts": (
        HEAD
        + method("First", "ApiKeyRequired: !If [Switched, true, false]", api="a")
        + method("Second", "HttpMethod: GET", api="a"),
        "Resources/Second/Properties",
        message("missing"),
    ),
}
