"""Routes of a table."""


def template(first: str, second: str, condition: str = "") -> str:
    """Return a template with two routes."""
    other = condition.replace("One", "Other")
    return f"""
Conditions:
  One: !Equals [!Ref AWS::Region, eu-west-1]
  Other: !Not [!Condition One]
Resources:
  Table: {{Type: AWS::EC2::RouteTable}}
  First: {{Type: AWS::EC2::Route, {condition}Properties: {{RouteTableId: !Ref Table, {first}}}}}
  Second: {{Type: AWS::EC2::Route, {other}Properties: {{RouteTableId: !Ref Table, {second}}}}}
"""


ANY = "DestinationCidrBlock: 0.0.0.0/0"

GOOD = {
    "two destinations": template(ANY, "DestinationCidrBlock: 10.0.0.0/8"),
    "two versions": template(ANY, "DestinationIpv6CidrBlock: '::/0'"),
    "one of two": template(ANY, ANY, "Condition: One, "),
}

BAD = {
    "twice": (
        template(ANY, ANY),
        "Resources/Second/Properties/DestinationCidrBlock",
        "DestinationCidrBlock is 0.0.0.0/0, and First routes it in the same table: EC2 refuses "
        "the second. Remove one of them.",
    ),
}
