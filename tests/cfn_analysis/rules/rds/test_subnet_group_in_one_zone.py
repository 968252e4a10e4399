"""Subnet groups of databases."""


def group(*zones: str, subnets: str = "[!Ref A, !Ref B]") -> str:
    """Return a template with a subnet group of two subnets."""
    return f"""
  A: {{Type: AWS::EC2::Subnet, Properties: {{AvailabilityZone: {zones[0]}}}}}
  B: {{Type: AWS::EC2::Subnet, Properties: {{AvailabilityZone: {zones[1]}}}}}
  Group: {{Type: AWS::RDS::DBSubnetGroup, Properties: {{SubnetIds: {subnets}}}}}
"""


GOOD = {
    "two": group("!Select [0, !GetAZs '']", "!Select [1, !GetAZs '']"),
    "one of another template": group("a", "a", subnets="[!Ref A, !ImportValue subnet]"),
    "not said": group("!Ref AWS::NoValue", "!Ref AWS::NoValue"),
}

BAD = {
    "one": (
        group("!Select [0, !GetAZs '']", "!Select [0, !GetAZs '']"),
        "Resources/Group/Properties/SubnetIds",
        'SubnetIds are all in the zone {"Fn::Select": [0, {"Fn::GetAZs": ""}]}: RDS needs '
        "subnets in two zones. Choose subnets of different zones.",
    ),
    "literal": (
        group("eu-west-1a", "eu-west-1a"),
        "Resources/Group/Properties/SubnetIds",
        'SubnetIds are all in the zone "eu-west-1a": RDS needs subnets in two zones. Choose '
        "subnets of different zones.",
    ),
}
