"""CloudFront Functions."""

from ..harness import row

HEAD = """
Parameters:
  Publish: {Type: String, Default: "true"}
  Draft: {Type: String, Default: "false"}
Resources:
"""

GETATT = "!GetAtt Pages.FunctionARN"


def template(publish: str, arn: str = GETATT, function: str = "", distribution: str = "") -> str:
    """Return a template with one function and one distribution whose second behavior may use it."""
    properties = f"Name: pages, {f'AutoPublish: {publish}' if publish else 'FunctionCode: a'}"
    return (
        f"{HEAD}  Pages: {{Type: AWS::CloudFront::Function, {function} Properties: {{{properties}}}}}\n  "
        f"Site: {{Type: AWS::CloudFront::Distribution, {distribution} Properties: {{DistributionConfig: "
        "{DefaultCacheBehavior: {TargetOriginId: a}, CacheBehaviors: [{TargetOriginId: a, "
        f"FunctionAssociations: [{{EventType: viewer-request, FunctionARN: {arn}}}]}}]}}}}}}\n"
    )


case = row(
    "<text>",
    "Resources/Pages/Properties<path>",
    "AutoPublish <how>, and a behavior of Site uses the function: CloudFront uses only published "
    "functions. Set it to true.",
)

GOOD = {
    "published": template("true"),
    "parameter default": template("!Ref Publish"),
    "both branches": template("!If [Live, true, 'true']"),
    "only AWS knows": template("!ImportValue publish"),
    "not used": template("false", arn="!ImportValue arn"),
    "used where it does not exist": template(
        "false", function="Condition: Live,", arn=f"!If [Live, arn, {GETATT}]"
    ),
}

BAD = {
    "missing": case(template(""), "", "is missing"),
    "literal": case(template("false"), "/AutoPublish", "is false"),
    "default": case(template("!Ref Draft"), "/AutoPublish", 'is {"Ref": "Draft"}, which can be "false"'),
    "Sub": case(
        template("!Sub '${Draft}'"), "/AutoPublish", 'is {"Fn::Sub": "${Draft}"}, which can be "false"'
    ),
    "one branch": case(
        template("!If [Live, true, false]"),
        "/AutoPublish",
        'is {"Fn::If": ["Live", true, false]}, which is false when Live is false',
    ),
    "use by Sub": case(template("false", arn="!Sub '${Pages.FunctionARN}'"), "/AutoPublish", "is false"),
    "use by Ref": case(template("false", arn="!Ref Pages"), "/AutoPublish", "is false"),
    "used in one branch": case(
        template("false", arn=f"!If [Live, {GETATT}, !Ref AWS::NoValue]"), "/AutoPublish", "is false"
    ),
    "under a condition": case(template("false", distribution="Condition: Live,"), "/AutoPublish", "is false"),
    "used by two behaviors": case(
        template("false").replace(
            "DefaultCacheBehavior: {TargetOriginId: a}",
            f"DefaultCacheBehavior: {{TargetOriginId: a, FunctionAssociations: [{{FunctionARN: {GETATT}}}]}}",
        ),
        "/AutoPublish",
        "is false",
    ),
}
