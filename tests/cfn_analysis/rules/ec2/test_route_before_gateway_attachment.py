"""Routes to gateways."""

from ..harness import frame, row

template = frame("""
  Vpc: {Type: AWS::EC2::VPC}
  Gateway: {Type: AWS::EC2::InternetGateway}
  Attachment:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}
  Route:
    Type: AWS::EC2::Route<depends>
    Properties: {RouteTableId: a, DestinationCidrBlock: 0.0.0.0/0, GatewayId: <gateway=!Ref Gateway>}
""")

case = row(
    "<text>",
    "Resources/Route",
    "The route to Gateway does not wait for Attachment, which attaches it: the stack fails if the route "
    "is created first. Add DependsOn: Attachment.",
)

GOOD = {
    "depends": template("\n    DependsOn: Attachment"),
    "reference": template("", "!GetAtt Attachment.InternetGatewayId"),
    "another template": template("", "!ImportValue gateway"),
}

BAD = {
    "at once": case(template("")),
    "other": case(template("\n    DependsOn: Vpc")),
}
