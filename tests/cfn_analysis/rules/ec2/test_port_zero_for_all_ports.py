"""Ports of security groups."""

from ..harness import frame

group = frame("""
Parameters: {Port: {Type: Number}}
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      <name=SecurityGroupIngress>:
        - {<rule>}
""")

GOOD = {
    "all ports": group("IpProtocol: tcp, FromPort: 0, ToPort: 65535"),
    "everything": group("IpProtocol: '-1', FromPort: 0, ToPort: 0"),
    "echo": group("IpProtocol: icmp, FromPort: 0, ToPort: 0"),
    "one port": group("IpProtocol: tcp, FromPort: 443, ToPort: 443"),
    "by parameter": group("IpProtocol: tcp, FromPort: !Ref Port, ToPort: !Ref Port"),
}

BAD = {
    "inline": (
        group("IpProtocol: tcp, FromPort: 0, ToPort: 0", "SecurityGroupEgress"),
        "Resources/Group/Properties/SecurityGroupEgress/0/ToPort",
        "FromPort and ToPort are 0, which opens only port 0 of TCP. Write the port, or 0 to 65535 for all.",
    ),
    "resource": (
        """
  Rule:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {IpProtocol: '17', FromPort: '0', ToPort: '0'}
""",
        "Resources/Rule/Properties/ToPort",
        "FromPort and ToPort are 0, which opens only port 0 of UDP. Write the port, or 0 to 65535 for all.",
    ),
}
