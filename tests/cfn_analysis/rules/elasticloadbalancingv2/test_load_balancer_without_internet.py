"""Subnets of load balancers."""

from ..harness import frame

balancer = frame("""
  Gateway: {Type: AWS::EC2::InternetGateway}
  Nat: {Type: AWS::EC2::NatGateway}
  Subnet: {Type: AWS::EC2::Subnet}
  Table: {Type: AWS::EC2::RouteTable}
  Route:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, <route>}
  Association:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {RouteTableId: !Ref Table, SubnetId: !Ref Subnet}
  Web:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {<properties=Scheme: internet-facing, >Subnets: [!Ref Subnet]}
""")

GOOD = {
    "public": balancer("GatewayId: !Ref Gateway"),
    "internal": balancer("NatGatewayId: !Ref Nat", "Scheme: internal, "),
    "gateway of another template": balancer("GatewayId: !ImportValue gateway"),
    "firewall": balancer("VpcEndpointId: vpce-1"),
    "subnets of another template": """
  Web:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Scheme: internet-facing, Subnets: [!ImportValue subnet]}
""",
}

MESSAGE = (
    "Scheme is internet-facing, and Table, the route table of Subnet, leads to a NAT gateway: no client gets "
    "an answer. Use a public subnet, or the scheme internal."
)

BAD = {
    "private": (balancer("NatGatewayId: !Ref Nat"), "Resources/Web/Properties/Subnets/0", MESSAGE),
    "by default": (balancer("NatGatewayId: !Ref Nat", ""), "Resources/Web/Properties/Subnets/0", MESSAGE),
}
