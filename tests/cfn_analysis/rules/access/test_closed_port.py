"""Resources that listen on a port, and their security groups."""

from typing import Any

from ..harness import frame

template = frame("""
Parameters:
  Port: {Type: Number}
  Known: {Type: Number, Default: 3307}
Resources:
  Listening: {Type: AWS::<kind>, Properties: {<properties>}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {SecurityGroupIngress: [<ingress=>]}}
""")

ingress = frame("{IpProtocol: tcp, FromPort: <port>, ToPort: <port>, CidrIp: 10.0.0.0/8}")

# Type -> properties, path of the groups, and port.
RESOURCES: dict[str, Any] = {
    "RDS::DBCluster": (
        "Engine: aurora-mysql, VpcSecurityGroupIds: [!Ref Group]",
        "VpcSecurityGroupIds",
        3306,
    ),
    "RDS::DBInstance": ("Engine: postgres, VPCSecurityGroups: [!Ref Group]", "VPCSecurityGroups", 5432),
}


def of(kind: str, rule: str = "") -> str:
    """Return a template with a resource and the ingress rule of its group."""
    properties, _, _ = RESOURCES[kind]
    return template(kind, properties, rule)


def closed(kind: str, text: str, other_port: int = 0) -> tuple[str, ...]:
    """Return the row of a resource whose group does not allow its port."""
    _, path, port = RESOURCES[kind]
    return (
        text,
        f"Resources/Listening/Properties/{path}",
        f"Group does not allow port {other_port or port}, on which Listening listens: no client connects. "
        "Add an ingress rule for the port.",
    )


GOOD = {
    **{kind: of(kind, ingress(port)) for kind, (_, _, port) in RESOURCES.items()},
    "range": of("RDS::DBInstance", "{IpProtocol: tcp, FromPort: 5000, ToPort: 6000, CidrIp: 10.0.0.0/8}"),
    "all traffic": of("RDS::DBInstance", "{IpProtocol: -1, CidrIp: 10.0.0.0/8}"),
    "group of another template": of("RDS::DBInstance").replace("!Ref Group", "!ImportValue group"),
    "port by parameter": of("RDS::DBInstance", ingress("!Ref Port")),
    "port that is not known": of("RDS::DBInstance").replace("VPC", "Port: !Ref Port, VPC"),
    "engine whose default is not known": of("RDS::DBCluster").replace("aurora-mysql", "aurora-postgresql"),
    "rule beside the group": of("RDS::DBInstance")
    + "  Rule: {Type: AWS::EC2::SecurityGroupIngress, Properties: {GroupId: !Ref Group, IpProtocol: '-1'}}\n",
    "group that another template completes": of("RDS::DBInstance")
    + "Outputs: {Group: {Value: !Ref Group}}\n",
    "protocol in capital letters": of("RDS::DBInstance", ingress(5432).replace("tcp", "TCP")),
}

BAD = {
    **{kind: closed(kind, of(kind, ingress(22))) for kind in RESOURCES},
    "no ingress": closed("RDS::DBInstance", of("RDS::DBInstance")),
    "port of a parameter": closed(
        "RDS::DBInstance", of("RDS::DBInstance").replace("VPC", "Port: !Ref Known, VPC"), 3307
    ),
    "UDP": closed("RDS::DBInstance", of("RDS::DBInstance", ingress(5432).replace("tcp", "udp"))),
}
