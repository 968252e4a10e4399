"""NAT gateways and their subnets."""

from ..harness import frame, row

PRIVATE = ", ConnectivityType: private"

template = frame("""
  Internet: {Type: AWS::EC2::InternetGateway}
  Subnet: {Type: AWS::EC2::Subnet}
  Table: {Type: AWS::EC2::RouteTable}
  Association:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref Table}
  Route:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref Table, <route>}
  Nat: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref Subnet<more=>}}
""")

case = row(
    "<text>",
    "Resources/Nat/Properties/SubnetId",
    "SubnetId is Subnet, whose route table Table has no route to an internet gateway: nothing behind the "
    "NAT gateway reaches the internet. Put it into a public subnet.",
)

two = frame("""
Conditions:
  Each: !Equals [!Ref AWS::Region, eu-west-1]
Resources:
  Nat1: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: subnet-1}}
  Nat2: {Type: AWS::EC2::NatGateway, <condition=>Properties: {SubnetId: subnet-2}}
  Route1: {Type: AWS::EC2::Route, Properties: {RouteTableId: a, NatGatewayId: !Ref Nat1}}
  Route2: {Type: AWS::EC2::Route, Properties: {RouteTableId: b, NatGatewayId: <second>}}
<more=>""")
ONE_OF_TWO = "!If [Each, !Ref Nat2, !Ref Nat1]"
NO_ROUTE = "it is billed and not used. Add a route to it, or give it the condition of its routes."

GOOD = {
    "two routes": two("!Ref Nat2"),
    "second by condition": two(ONE_OF_TWO, "Condition: Each, "),
    "routes of another template": two("!Ref Nat1", "", "Outputs: {Nat: {Value: !Ref Nat2}}"),
    "unknown gateway": two("!ImportValue nat"),
    "internet": template("DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Internet"),
    "gateway of another template": template(
        "DestinationCidrBlock: 0.0.0.0/0, GatewayId: !ImportValue gateway"
    ),
    "private": template("DestinationCidrBlock: 10.0.0.0/8, TransitGatewayId: a", PRIVATE),
    "private behind a transit gateway": template(
        "DestinationCidrBlock: 0.0.0.0/0, TransitGatewayId: tgw-1", PRIVATE
    ),
}

BAD = {
    "no route": (two("!Ref Nat1"), "Resources/Nat2", f"No route leads to Nat2: {NO_ROUTE}"),
    "no route in a case": (
        two(ONE_OF_TWO),
        "Resources/Nat2",
        f"No route leads to Nat2 when Each is false: {NO_ROUTE}",
    ),
    "to itself": case(template("DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat")),
    "no default route": case(template("DestinationCidrBlock: 10.0.0.0/8, GatewayId: !Ref Internet")),
    "private before an internet gateway": (
        template("DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Internet", PRIVATE),
        "Resources/Nat/Properties/ConnectivityType",
        "ConnectivityType is private, and the route table of Subnet has a route to an internet gateway, "
        "which drops the traffic of a private NAT gateway. Make it public, with an AllocationId.",
    ),
}
