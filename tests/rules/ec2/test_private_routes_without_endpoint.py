"""Route tables of gateway endpoints."""

GOOD = {
    "all private": """
Resources:
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
    Properties: {RouteTableId: !Ref Second, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat}
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref VPC
      ServiceName: !Sub com.amazonaws.${AWS::Region}.s3
      RouteTableIds: [!Ref First, !Ref Second]
""",
    "public left out": """
Resources:
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
    Properties: {RouteTableId: !Ref Second, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref VPC
      ServiceName: !Sub com.amazonaws.${AWS::Region}.s3
      RouteTableIds: [!Ref First]
""",
    "another stack's": """
Resources:
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
    Properties: {RouteTableId: !Ref Second, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat}
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref VPC
      ServiceName: !Sub com.amazonaws.${AWS::Region}.s3
      RouteTableIds: [!Ref First, !ImportValue table]
""",
}

BAD = {
    "one left out": (
        """
Resources:
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
    Properties: {RouteTableId: !Ref Second, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat}
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref VPC
      ServiceName: !Sub com.amazonaws.${AWS::Region}.s3
      RouteTableIds: [!Ref First]
""",
        "Resources/Endpoint/Properties/RouteTableIds",
        "RouteTableIds does not contain Second, which has a route to a NAT gateway: there, s3 "
        "is reached through it, and billed. Add the route table.",
    ),
    "only the public": (
        """
Resources:
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
    Properties: {RouteTableId: !Ref Second, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref VPC
      ServiceName: !Sub com.amazonaws.${AWS::Region}.s3
      RouteTableIds: [!Ref Second]
""",
        "Resources/Endpoint/Properties/RouteTableIds",
        "RouteTableIds does not contain First, which has a route to a NAT gateway: there, s3 "
        "is reached through it, and billed. Add the route table.",
    ),
}
