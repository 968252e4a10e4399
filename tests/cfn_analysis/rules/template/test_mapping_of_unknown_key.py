"""Maps and what asks for their keys."""


def mapping(keys: str, by: str = "!Ref Stage") -> str:
    """Return a template with one map of these keys."""
    return f"""
Parameters:
  Stage: {{Type: String, AllowedValues: [dev, prod]}}
Mappings:
  Names: {{{", ".join(f"{key}: {{Name: x}}" for key in keys.split())}}}
Resources:
  Topic: {{Type: AWS::SNS::Topic, Properties: {{DisplayName: !FindInMap [Names, {by}, Name]}}}}
"""


GOOD = {
    "asked for": mapping("dev prod"),
    "literal": mapping("dev production", "production"),
    "regions": mapping("us-east-1 ap-northeast-1", "!Ref AWS::Region"),
}

BAD = {
    "never": (
        mapping("dev prod production"),
        "Mappings/Names/production",
        'Names is used with Stage, which is never "production".',
    ),
    "region": (
        mapping("us-east-1 ap-northeast1", "!Ref AWS::Region"),
        "Mappings/Names/ap-northeast1",
        'Names is used with AWS::Region, which is never "ap-northeast1".',
    ),
}
