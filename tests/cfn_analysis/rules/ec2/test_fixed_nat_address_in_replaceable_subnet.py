"""NAT gateways whose subnet stays, and can be replaced."""

from ..harness import row

HEAD = """
Parameters:
  Cidr: {Type: String, Default: 10.0.0.0/24}
  Zone: {Type: String, Default: us-east-1a}
  Zones: {Type: CommaDelimitedList, Default: us-east-1a}
  Fixed: {Type: String, Default: 10.0.0.0/24, AllowedValues: [10.0.0.0/24]}
  Given: {Type: String, Default: subnet-1}
  Size: {Type: String, Default: small}
Mappings:
  Networks: {small: {Public: 10.0.0.0/24}}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Address: {Type: AWS::EC2::EIP, Properties: {Domain: vpc}}
"""

FIXED = "AllocationId: !GetAtt Address.AllocationId"


def nat(subnet: str, *, gateway: str = f"{FIXED}, SubnetId: !Ref Public", condition: str = "") -> str:
    """Return a template with a subnet and a NAT gateway."""
    return (
        f"{HEAD}  Public: {{Type: AWS::EC2::Subnet, {condition} Properties: {{VpcId: !Ref Vpc, {subnet}}}}}\n"
        f"  Gateway: {{Type: AWS::EC2::NatGateway, Properties: {{{gateway}}}}}\n"
    )


case = row(
    "<text>",
    "Resources/Gateway/Properties/AllocationId",
    "A new value of <parameters> replaces <what=Public and with it the NAT gateway>, and the "
    "new gateway gets the same AllocationId while "
    "the old one has it, which EC2 refuses. Write the value into the template, or do not change the "
    "parameter.",
)

GOOD = {
    "literal": nat("CidrBlock: 10.0.0.0/24"),
    "another property": nat("CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: !Ref Cidr"),
    "parameter with one value": nat("CidrBlock: !Ref Fixed"),
    "map": nat("CidrBlock: !FindInMap [Networks, !Ref Size, Public]"),
    "zone of the region": nat("CidrBlock: 10.0.0.0/24, AvailabilityZone: !Select [0, !GetAZs '']"),
    "private": nat("CidrBlock: !Ref Cidr", gateway="ConnectivityType: private, SubnetId: !Ref Public"),
    "no address here": nat(
        "CidrBlock: !Ref Cidr", gateway="AllocationId: !Ref AWS::NoValue, SubnetId: !Ref Public"
    ),
    "subnet of another stack": nat("CidrBlock: !Ref Cidr", gateway=f"{FIXED}, SubnetId: !ImportValue subnet"),
    "address by parameter": nat(
        "CidrBlock: 10.0.0.0/24", gateway="AllocationId: !Ref Given, SubnetId: !Ref Public"
    ),
}

BAD = {
    "CIDR": case(nat("CidrBlock: !Ref Cidr"), "Cidr"),
    "CIDR by Sub": case(nat("CidrBlock: !Sub '${Cidr}'"), "Cidr"),
    "CIDR by Select and Cidr": case(nat("CidrBlock: !Select [0, !Cidr [!Ref Cidr, 4, 6]]"), "Cidr"),
    "zone": case(nat("CidrBlock: 10.0.0.0/24, AvailabilityZone: !Ref Zone"), "Zone"),
    "both": case(
        nat("CidrBlock: !Ref Cidr, AvailabilityZone: !Select [0, !Ref Zones]"),
        "Cidr or Zones",
    ),
    "in one branch": case(nat("CidrBlock: !If [First, 10.0.1.0/24, !Ref Cidr]"), "Cidr"),
    "one of two subnets": case(
        nat("CidrBlock: !Ref Cidr", gateway=f"{FIXED}, SubnetId: !If [First, !ImportValue a, !Ref Public]"),
        "Cidr",
    ),
    "subnet by parameter": case(
        nat("CidrBlock: 10.0.0.0/24", gateway=f"{FIXED}, SubnetId: !Ref Given"), "Given", "the NAT gateway"
    ),
    "literal address": case(
        nat("CidrBlock: !Ref Cidr", gateway="AllocationId: eipalloc-1, SubnetId: !Ref Public"), "Cidr"
    ),
    "subnet with a condition": case(nat("CidrBlock: !Ref Cidr", condition="Condition: First,"), "Cidr"),
}
