"""Ranges of subnets."""

GOOD = {
    "in the VPC": """
Parameters:
  Range: {Type: String, Default: 10.0.2.0/24}
Resources:
  VPC: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  First:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref VPC, CidrBlock: 10.0.1.0/24}
  Second:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref VPC, CidrBlock: !Ref Range}
""",
    "literals, which cfn-lint compares": """
Resources:
  VPC: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  First:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref VPC, CidrBlock: 10.0.1.0/24}
  Second:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref VPC, CidrBlock: 10.0.1.0/24}
""",
    "second range": """
Parameters:
  Range: {Type: String, Default: 10.1.2.0/24}
Resources:
  VPC: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  First:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref VPC, CidrBlock: 10.0.1.0/24}
  Second:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref VPC, CidrBlock: !Ref Range}
  More: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref VPC, CidrBlock: 10.1.0.0/16}}
""",
    "made from the range": """
Parameters:
  Range: {Type: String}
Resources:
  VPC: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  First:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref VPC, CidrBlock: !Select [0, !Cidr [10.0.0.0/16, 2, 8]]}
  Second:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref VPC, CidrBlock: !Ref Range}
""",
}

BAD = {
    "overlap": (
        """
Parameters:
  Range: {Type: String, Default: 10.0.1.128/25}
Resources:
  VPC: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  First:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref VPC, CidrBlock: 10.0.1.0/24}
  Second:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref VPC, CidrBlock: !Ref Range}
""",
        "Resources/Second/Properties/CidrBlock",
        "CidrBlock is 10.0.1.128/25, which overlaps 10.0.1.0/24 of First: EC2 refuses the second.",
    ),
    "outside": (
        """
Parameters:
  Range: {Type: String, Default: 10.1.2.0/24}
Resources:
  VPC: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  First:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref VPC, CidrBlock: 10.0.1.0/24}
  Second:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref VPC, CidrBlock: !Ref Range}
""",
        "Resources/Second/Properties/CidrBlock",
        "CidrBlock is 10.1.2.0/24, which is outside of 10.0.0.0/16, the range of VPC: EC2 refuses it.",
    ),
}
