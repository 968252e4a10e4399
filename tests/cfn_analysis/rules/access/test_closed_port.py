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
<more=>""")

ingress = frame("{IpProtocol: tcp, FromPort: <port>, ToPort: <port>, CidrIp: 10.0.0.0/8}")

LISTENER = """
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {LoadBalancerArn: !Ref Listening, Port: 443}
"""
VPC = "NetworkConfiguration/AwsvpcConfiguration/SecurityGroups"

# Type -> properties, path of the groups or of the port, port, and more resources.
RESOURCES: dict[str, Any] = {
    "RDS::DBCluster": (
        "Engine: aurora-mysql, VpcSecurityGroupIds: [!Ref Group]",
        "VpcSecurityGroupIds",
        3306,
    ),
    "RDS::DBInstance": ("Engine: postgres, VPCSecurityGroups: [!Ref Group]", "VPCSecurityGroups", 5432),
    "EFS::MountTarget": ("SecurityGroups: [!GetAtt Group.GroupId]", "SecurityGroups", 2049),
    "ElastiCache::ReplicationGroup": ("SecurityGroupIds: [!Ref Group]", "SecurityGroupIds", 6379),
    "ElastiCache::CacheCluster": (
        "Engine: memcached, VpcSecurityGroupIds: [!Ref Group]",
        "VpcSecurityGroupIds",
        11211,
    ),
    "DocDB::DBCluster": ("VpcSecurityGroupIds: [!Ref Group], Port: !Ref Known", "VpcSecurityGroupIds", 3307),
    "ECS::Service": (
        "NetworkConfiguration: {AwsvpcConfiguration: {SecurityGroups: [!Ref Group]}}, LoadBalancers: "
        "[{ContainerPort: 8080}]",
        VPC,
        8080,
    ),
    "ElasticLoadBalancingV2::LoadBalancer": ("SecurityGroups: [!Ref Group]", "", 443, LISTENER),
}


def of(kind: str, rule: str = "") -> str:
    """Return a template with a resource and the ingress rule of its group."""
    properties, _, _, *more = RESOURCES[kind]
    return template(kind, properties, rule, "".join(more))


def closed(kind: str, text: str) -> tuple[str, ...]:
    """Return the row of a resource whose group does not allow its port."""
    _, path, port, *_ = RESOURCES[kind]
    return (
        text,
        f"Resources/Listening/Properties/{path}" if path else "Resources/Listener/Properties/Port",
        f"Group does not allow port {port}, on which Listening listens: no client connects. Add an ingress "
        f"rule for "
        "the port.",
    )


GOOD = {
    **{kind: of(kind, ingress(port)) for kind, (_, _, port, *_) in RESOURCES.items()},
    "range": of("RDS::DBInstance", "{IpProtocol: tcp, FromPort: 5000, ToPort: 6000, CidrIp: 10.0.0.0/8}"),
    "all traffic": of("EFS::MountTarget", "{IpProtocol: -1, CidrIp: 10.0.0.0/8}"),
    "group of another template": of("EFS::MountTarget").replace(
        "!GetAtt Group.GroupId", "!ImportValue group"
    ),
    "port by parameter": of("EFS::MountTarget", ingress("!Ref Port")),
    "port that is not known": of("DocDB::DBCluster").replace("!Ref Known", "!Ref Port"),
    "engine whose default is not known": of("RDS::DBCluster").replace("aurora-mysql", "aurora-postgresql"),
    "rule beside the group": of("EFS::MountTarget")
    + "  Rule: {Type: AWS::EC2::SecurityGroupIngress, Properties: {GroupId: !Ref Group, IpProtocol: '-1'}}\n",
    "group that another template completes": of("EFS::MountTarget")
    + "Outputs: {Group: {Value: !Ref Group}}\n",
    "protocol in capital letters": of("EFS::MountTarget", ingress(2049).replace("tcp", "TCP")),
    "load balancer of a network": of("ElasticLoadBalancingV2::LoadBalancer").replace(
        "Security", "Type: network, Security", 1
    ),
    "load balancer without listeners": of("ElasticLoadBalancingV2::LoadBalancer").replace(
        "!Ref Listening", "other"
    ),
}

BAD = {
    **{kind: closed(kind, of(kind, ingress(22))) for kind in RESOURCES},
    "no ingress": closed("EFS::MountTarget", of("EFS::MountTarget")),
    "UDP": closed("EFS::MountTarget", of("EFS::MountTarget", ingress(2049).replace("tcp", "udp"))),
}
