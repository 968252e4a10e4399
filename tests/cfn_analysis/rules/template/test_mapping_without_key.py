"""Maps, and parameters that choose from them."""

from ..harness import frame

template = frame("""
Parameters:
  Size: {Type: String<allowed>}
Mappings:
  Sizes: {small: {Memory: 1}, large: {Memory: 8}}
Conditions:
  Large: !Equals [!Ref Size, large]
Resources:
  One: {Type: AWS::SSM::Parameter, <use>}
""")

LOOKUP = "!FindInMap [Sizes, !Ref Size, Memory]"


GOOD = {
    "all": template(", AllowedValues: [small, large]", f"Properties: {{Value: {LOOKUP}}}"),
    "any value": template("", f"Properties: {{Value: {LOOKUP}}}"),
    "looked up if it is there": template(
        ", AllowedValues: [none, large]", f"Properties: {{Value: !If [Large, {LOOKUP}, 0]}}"
    ),
    "resource with a condition": template(
        ", AllowedValues: [none, large]", f"Condition: Large, Properties: {{Value: {LOOKUP}}}"
    ),
}

BAD = {
    "one is missing": (
        template(", AllowedValues: [small, medium, large]", f"Properties: {{Value: {LOOKUP}}}"),
        "Resources/One/Properties/Value/Fn::FindInMap",
        'Sizes has no key "medium", which Size allows: a stack with this value fails.',
    ),
}
