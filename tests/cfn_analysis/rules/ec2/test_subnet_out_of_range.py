"""Ranges of subnets."""

from ..harness import frame, row

subnets = frame("""
Parameters:
  Range: {Type: String<default>}
Resources:
  VPC: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  First:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref VPC, CidrBlock: <first=10.0.1.0/24>}
  Second:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref VPC, CidrBlock: !Ref Range}
<more=>""")

case = row(
    subnets(", Default: <found>"),
    "Resources/Second/Properties/CidrBlock",
    "CidrBlock is <found>, which <message>",
)

GOOD = {
    "in the VPC": subnets(", Default: 10.0.2.0/24"),
    "literals, which cfn-lint compares": """
  VPC: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  First:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref VPC, CidrBlock: 10.0.1.0/24}
  Second:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref VPC, CidrBlock: 10.0.1.0/24}
""",
    "second range": subnets(
        ", Default: 10.1.2.0/24",
        more="  More:\n    Type: AWS::EC2::VPCCidrBlock\n"
        "    Properties: {VpcId: !Ref VPC, CidrBlock: 10.1.0.0/16}\n",
    ),
    "made from the range": subnets("", "!Select [0, !Cidr [10.0.0.0/16, 2, 8]]"),
}

BAD = {
    "overlap": case("10.0.1.128/25", "overlaps 10.0.1.0/24 of First: EC2 refuses the second."),
    "outside": case("10.1.2.0/24", "is outside of 10.0.0.0/16, the range of VPC: EC2 refuses it."),
}
