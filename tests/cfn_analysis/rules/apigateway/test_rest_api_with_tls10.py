"""REST APIs with and without TLS 1.0."""

from ..harness import row

HEAD = """
Parameters:
  Policy: {Type: String, Default: TLS_1_2, AllowedValues: [TLS_1_0, TLS_1_2]}
  Kind: {Type: String, Default: REGIONAL, AllowedValues: [REGIONAL, PRIVATE]}
Resources:
"""

MODERN = "SecurityPolicy: SecurityPolicy_TLS13_1_2_2021_06, EndpointAccessMode: BASIC"
PROPERTIES = "Resources/Api/Properties"


def api(*properties: str) -> str:
    """Return a template with a REST API."""
    written = ", ".join(("Name: shop", *properties))
    return f"{HEAD}  Api: {{Type: AWS::ApiGateway::RestApi, Properties: {{{written}}}}}\n"


case = row(
    "<text>",
    PROPERTIES + "<path>",
    "SecurityPolicy is <found>: the API's endpoint accepts TLS 1.0. Set SecurityPolicy: "
    "<better=SecurityPolicy_TLS12_PFS_2025_EDGE> with EndpointAccessMode: BASIC.",
)

GOOD = {
    "TLS 1.2 and 1.3": api(MODERN),
    "TLS 1.2": api("SecurityPolicy: TLS_1_2"),
    "only AWS knows": api("SecurityPolicy: !ImportValue policy"),
    "private": api("EndpointConfiguration: {Types: [PRIVATE]}"),
    "can be private": api("EndpointConfiguration: {Types: [!Ref Kind]}"),
    "type that a function hides": api("EndpointConfiguration: !FindInMap [A, b, c]"),
    "type in the parameters of an import": api("Parameters: {endpointConfigurationTypes: PRIVATE}"),
    "no such endpoint": api("DisableExecuteApiEndpoint: true"),
    "private where it has no policy": api(
        "SecurityPolicy: !If [Strict, TLS_1_2, !Ref AWS::NoValue]",
        "EndpointConfiguration: {Types: [!If [Strict, REGIONAL, PRIVATE]]}",
    ),
    "a document may say": api("Body: {x-amazon-apigateway-security-policy: TLS_1_2}"),
    "a document elsewhere may say": api("BodyS3Location: {Bucket: a, Key: b}"),
}

BAD = {
    "regional": case(
        api("EndpointConfiguration: {Types: [REGIONAL]}"), "", "missing", "SecurityPolicy_TLS13_1_2_2021_06"
    ),
    "edge, by default": case(api(), "", "missing"),
    "literal": case(api("SecurityPolicy: TLS_1_0"), "/SecurityPolicy", '"TLS_1_0"'),
    "parameter": case(api("SecurityPolicy: !Ref Policy"), "/SecurityPolicy", '{"Ref": "Policy"}'),
    "endpoint that stays": case(api("DisableExecuteApiEndpoint: false"), "", "missing"),
    "missing in one case": case(
        api("SecurityPolicy: !If [Strict, TLS_1_2, !Ref AWS::NoValue]"),
        "/SecurityPolicy",
        "missing when Strict is false",
    ),
}
