"""Properties with Fn::If."""

from ..harness import frame

topic = frame("""
Parameters:
  Stage: {Type: String}
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: <name>}}
""")

GOOD = {
    "two": topic("!If [Prod, a, b]"),
    "nothing": topic("!If [Prod, a, !Ref AWS::NoValue]"),
}

BAD = {
    "equal": (
        topic("!If [Prod, a, a]"),
        "Resources/Topic/Properties/DisplayName/Fn::If",
        "Fn::If has the same value whether Prod is true or not. Correct one of the two.",
    ),
    "references": (
        topic("!Sub ['${A}', {A: !If [Prod, !Ref Stage, !Ref Stage]}]"),
        "Resources/Topic/Properties/DisplayName/Fn::Sub/1/A/Fn::If",
        "Fn::If has the same value whether Prod is true or not. Correct one of the two.",
    ),
}
