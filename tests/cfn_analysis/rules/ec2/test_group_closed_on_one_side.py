"""Security groups that refer to each other."""

from ..harness import frame, row

groups = frame("""
  Web: {Type: AWS::EC2::SecurityGroup, Properties: {<web=GroupDescription: a>}}
  Data: {Type: AWS::EC2::SecurityGroup, Properties: {<data=GroupDescription: a>}}
<more=>""")


def out(to: str, port: int = 5432) -> str:
    """Return the property of a group that lets TCP out."""
    return f"SecurityGroupEgress: [{{IpProtocol: tcp, FromPort: {port}, ToPort: {port}, {to}}}]"


def into(source: str = "SourceSecurityGroupId: !Ref Web", port: int = 5432, protocol: str = "tcp") -> str:
    """Return the property of a group that lets traffic in."""
    return f"SecurityGroupIngress: [{{IpProtocol: {protocol}, FromPort: {port}, ToPort: {port}, {source}}}]"


case = row(
    "<text>",
    "Resources/<at>/Properties/SecurityGroupEgress/0/DestinationSecurityGroupId",
    "DestinationSecurityGroupId is <to>, which does not allow <at> on this port: every connection "
    "fails. Add an ingress rule there, or swap the two groups.",
)

TO_DATA = "DestinationSecurityGroupId: !Ref Data"

GOOD = {
    "both sides": groups(out(TO_DATA), into()),
    "no egress rules": groups(data=into()),
    "egress by address": groups(out("CidrIp: 10.0.0.0/8"), into()),
    "ingress by address": groups(
        out(TO_DATA), "SecurityGroupIngress: [{IpProtocol: '-1', CidrIp: 10.0.0.0/8}]"
    ),
    "egress beside the template": groups(
        out("CidrIp: 192.0.2.0/24", 443), into("SourceSecurityGroupId: !GetAtt Web.GroupId")
    ),
    "elsewhere": groups(out("DestinationSecurityGroupId: !ImportValue data")),
    "separate": groups(
        more="""
  Out:
    Type: AWS::EC2::SecurityGroupEgress
    Properties: {GroupId: !Ref Web, IpProtocol: tcp,
        FromPort: 1, ToPort: 9, DestinationSecurityGroupId: !Ref Data}
  In:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !Ref Data, IpProtocol: '6',
        FromPort: 5, ToPort: 5, SourceSecurityGroupId: !Ref Web}
"""
    ),
}

BAD = {
    "exchanged": case(groups(data=f"{into()}, {out('DestinationSecurityGroupId: !Ref Web')}"), "Data", "Web"),
    "other port": case(groups(out(TO_DATA), into(port=3306)), "Web", "Data"),
    "other protocol": case(groups(out(TO_DATA, 53), into(port=53, protocol="udp")), "Web", "Data"),
}
