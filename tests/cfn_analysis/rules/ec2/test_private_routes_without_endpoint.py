"""Route tables of gateway endpoints."""

from ..harness import frame, row

tables = frame("""
  VPC: {Type: AWS::EC2::VPC}
  Nat: {Type: AWS::EC2::NatGateway}
  Gateway: {Type: AWS::EC2::InternetGateway}
  First: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref VPC}}
  Second: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref VPC}}
  FirstRoute:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref First, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat}
  SecondRoute:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref Second, DestinationCidrBlock: 0.0.0.0/0, <second=NatGatewayId: !Ref Nat>}
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref VPC
      ServiceName: !Sub com.amazonaws.${AWS::Region}.s3
      RouteTableIds: [<listed>]
""")

case = row(
    "<text>",
    "Resources/Endpoint/Properties/RouteTableIds",
    "RouteTableIds does not contain <left_out>, which has a route to a NAT gateway: there, s3 is "
    "reached through it, and billed. Add the route table.",
)

PUBLIC = "GatewayId: !Ref Gateway"

GOOD = {
    "all private": tables("!Ref First, !Ref Second"),
    "public left out": tables("!Ref First", PUBLIC),
    "another stack's": tables("!Ref First, !ImportValue table"),
}

BAD = {
    "one left out": case(tables("!Ref First"), "Second"),
    "only the public": case(tables("!Ref Second", PUBLIC), "First"),
}
