"""WAF resources of both scopes."""

from ..harness import frame

MESSAGE = (
    "Scope {}, and the stack is for {}: WAF creates resources for CloudFront only in us-east-1. Deploy the "
    "stack there, or use the scope REGIONAL."
)

made = frame("""
Parameters:
  Edge: {Type: String, Default: CLOUDFRONT}
  Either: {Type: String, Default: REGIONAL, AllowedValues: [REGIONAL, CLOUDFRONT]}
  Switch: {Type: String, Default: "false", AllowedValues: ["true", "false"]}
Conditions:
  AtEdge: !Equals [!Ref Switch, "true"]
  InUsEast1: !Equals [!Ref AWS::Region, us-east-1]
  AtEdgeInUsEast1: !And [!Condition AtEdge, !Condition InUsEast1]
Resources:
  Guard: {Type: AWS::WAFv2::<kind=WebACL>, <attributes=> Properties: {Scope: <scope>}}
""")


def case(kind: str, scope: str, attributes: str, state: str) -> tuple[str, ...]:
    """The scope CLOUDFRONT in another region is found, whatever writes it."""
    return (
        made(scope, kind=kind, attributes=attributes),
        "Resources/Guard/Properties/Scope",
        MESSAGE.format(state, "ap-northeast-1"),
    )


ROWS = {
    "literal": ("CLOUDFRONT", "", 'is "CLOUDFRONT"'),
    "default": ("!Ref Edge", "", 'is {"Ref": "Edge"}, which can be "CLOUDFRONT"'),
    "allowed value": ("!Ref Either", "", 'is {"Ref": "Either"}, which can be "CLOUDFRONT"'),
    "Sub": ("!Sub '${Edge}'", "", 'is {"Fn::Sub": "${Edge}"}, which can be "CLOUDFRONT"'),
    "first branch": (
        "!If [AtEdge, CLOUDFRONT, REGIONAL]",
        "",
        'is {"Fn::If": ["AtEdge", "CLOUDFRONT", "REGIONAL"]}, which is "CLOUDFRONT" when AtEdge is true',
    ),
    "second branch": (
        "!If [AtEdge, REGIONAL, CLOUDFRONT]",
        "",
        'is {"Fn::If": ["AtEdge", "REGIONAL", "CLOUDFRONT"]}, which is "CLOUDFRONT" when AtEdge is false',
    ),
    "condition on a switch": ("CLOUDFRONT", "Condition: AtEdge,", 'is "CLOUDFRONT"'),
}
SWITCHED = made("CLOUDFRONT", attributes="Condition: AtEdge,")

GOOD = {
    "us-east-1": (made("CLOUDFRONT"), {"regions": ["us-east-1"]}),
    "regional": made("REGIONAL"),
    "parameter in us-east-1": (made("!Ref Edge"), {"regions": ["us-east-1"]}),
    "branch for us-east-1": made("!If [InUsEast1, CLOUDFRONT, REGIONAL]"),
    "condition on the region": (
        made("CLOUDFRONT", attributes="Condition: InUsEast1,"),
        {"regions": ["us-east-1", "ap-northeast-1"]},
    ),
    "condition on region and switch": (
        made("CLOUDFRONT", attributes="Condition: AtEdgeInUsEast1,"),
        {"regions": ["ap-northeast-1"]},
    ),
    "only AWS knows": made("!ImportValue scope"),
    "none, which another rule finds": made("!Ref AWS::NoValue"),
    "given value": (SWITCHED, {"parameters": {"Switch": "false"}}),
}

BAD = {
    **{
        f"{name}, {kind}": case(kind, *row)
        for kind in ("WebACL", "RuleGroup", "IPSet", "RegexPatternSet")
        for name, row in ROWS.items()
    },
    "the regions that fail": (
        made("CLOUDFRONT"),
        "Resources/Guard/Properties/Scope",
        MESSAGE.format('is "CLOUDFRONT"', "ap-northeast-1, eu-west-1"),
        {"regions": ["ap-northeast-1", "eu-west-1", "us-east-1"]},
    ),
    "given value": (
        SWITCHED,
        "Resources/Guard/Properties/Scope",
        MESSAGE.format('is "CLOUDFRONT"', "ap-northeast-1"),
        {"parameters": {"Switch": "true"}},
    ),
}
