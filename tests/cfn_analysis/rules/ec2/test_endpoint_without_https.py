"""Interface endpoints and their security groups."""

from ..harness import frame, row

template = frame("""
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {SecurityGroupIngress: [<ingress>]}}
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      ServiceName: !Sub com.amazonaws.${AWS::Region}.sqs
      VpcEndpointType: Interface
      SecurityGroupIds: [!Ref Group]
<more=>""")

default_group = frame("""
  VPC: {Type: AWS::EC2::VPC}
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref VPC
      VpcEndpointType: Interface
      ServiceName: !Sub com.amazonaws.${AWS::Region}.logs
<more=>""")

case = row(
    "<text>",
    "Resources/Endpoint/Properties/SecurityGroupIds",
    "Group does not allow inbound TCP 443: calls to the endpoint time out. Add an ingress rule for port 443.",
)

HTTPS = "{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/8}"
OWN = """
  Ingress:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !Ref Group, IpProtocol: tcp, FromPort: 443, ToPort: 443}
"""

zones = frame("""
Parameters:
  Range: {Type: String, Default: 10.0.1.0/24}
Resources:
  First: {Type: AWS::EC2::Subnet, Properties: {CidrBlock: 10.0.0.0/24}}
  Second: {Type: AWS::EC2::Subnet, Properties: {CidrBlock: !Ref Range}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {SecurityGroupIngress: [<ingress>]}}
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      ServiceName: !Sub com.amazonaws.${AWS::Region}.sqs
      VpcEndpointType: Interface
      SecurityGroupIds: [!Ref Group]
      SubnetIds: [!Ref First, !Ref Second]
""")


def from_(*ranges: str) -> str:
    """Return rules for HTTPS from ranges of addresses."""
    return ", ".join(HTTPS.replace("10.0.0.0/8", written) for written in ranges)


GOOD = {
    "both zones": zones(from_("10.0.0.0/24", "!Ref Range")),
    "whole network": zones(from_("10.0.0.0/16")),
    "written with an address": zones(from_("10.0.0.0/24", "10.0.1.5/24")),
    "other subnets": zones(from_("10.0.8.0/24", "10.0.9.0/24")),
    "another group too": zones(
        from_("10.0.0.0/24") + ", {IpProtocol: tcp, FromPort: 443, ToPort: 443, SourceSecurityGroupId: sg-1}"
    ),
    "unknown range": zones(from_("10.0.0.0/24", "!ImportValue range")),
    "inline": template(HTTPS),
    "resource": template("", OWN),
    "in capitals": template(HTTPS.replace("tcp", "TCP")),
    "all": template("{IpProtocol: -1, CidrIp: 10.0.0.0/8}"),
    "parameter": template("{IpProtocol: tcp, FromPort: !ImportValue port, ToPort: 443}"),
    "default group on purpose": default_group(
        """  Group: {Type: AWS::EC2::SecurityGroup}
  Rule:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !GetAtt VPC.DefaultSecurityGroup, SourceSecurityGroupId: !Ref Group}
"""
    ),
    "no groups at all": default_group(),
}

one_zone = row(
    "<text>",
    "Resources/Endpoint/Properties/SecurityGroupIds",
    "Group allows TCP 443 from other subnets of the endpoint, and not from Second: calls from there time "
    "out. Add its range.",
)

BAD = {
    "one of two zones": one_zone(zones(from_("10.0.0.0/24"))),
    "one of two zones, written with an address": one_zone(zones(from_("10.0.0.5/24"))),
    "nothing": case(template("")),
    "another port": case(template("{IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 10.0.0.0/8}")),
    "UDP": case(template("{IpProtocol: udp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/8}")),
    "default group": (
        default_group("  Group: {Type: AWS::EC2::SecurityGroup}\n"),
        "Resources/Endpoint/Properties",
        "SecurityGroupIds is missing: the endpoint gets the default group of VPC, which allows only its own "
        "members, and no resource of the template is one. Add a group that allows TCP 443.",
    ),
}
