"""Resources that differ in what must be unique, and that do not."""

from ..harness import frame

# Type -> properties of a resource, what must be unique, and the property with which it ends.
RESOURCES = {
    "EC2::Route": (
        "RouteTableId: t, DestinationCidrBlock: 0.0.0.0/0",
        "RouteTableId",
        "DestinationCidrBlock",
    ),
    "EC2::NetworkAclEntry": ("NetworkAclId: a, RuleNumber: 100", "NetworkAclId and Egress", "RuleNumber"),
    "EC2::SubnetRouteTableAssociation": ("SubnetId: a", "", "SubnetId"),
    "EC2::SecurityGroupIngress": (
        "GroupId: a, IpProtocol: tcp, FromPort: 1, ToPort: 1, CidrIp: 10.0.0.0/8",
        "GroupId and IpProtocol and FromPort and ToPort",
        "CidrIp",
    ),
    "ElasticLoadBalancingV2::ListenerRule": (
        "ListenerArn: !ImportValue l, Priority: 1",
        "ListenerArn",
        "Priority",
    ),
    "Route53::RecordSet": (
        "HostedZoneId: z, Name: a.example.com, Type: A",
        "HostedZoneId and Type and SetIdentifier",
        "Name",
    ),
    "ApiGateway::Method": (
        "RestApiId: a, ResourceId: r, HttpMethod: GET",
        "RestApiId and ResourceId",
        "HttpMethod",
    ),
    "Lambda::Alias": ("FunctionName: f, Name: live", "FunctionName", "Name"),
}

both = frame("""
  First: {Type: AWS::<kind>, <of_first=> Properties: {<first>}}
  Second: {Type: AWS::<kind>, <of_second=> Properties: {<second>}}
""")


def twice(kind: str, second: str = "") -> str:
    """Return a template with two resources of a type."""
    properties = RESOURCES[kind][0]
    return both(kind, properties, second or properties)


def refused(kind: str, text: str) -> tuple[str, ...]:
    """Return the row of a second resource that is refused."""
    _, same, name = RESOURCES[kind]
    return (
        text,
        f"Resources/Second/Properties/{name}",
        f"{name} of Second is the same as that of First{f', with the same {same}' if same else ''}: the "
        f"second is "
        "refused. Change one of them, or remove it.",
    )


ROUTE, ACL = "EC2::Route", "EC2::NetworkAclEntry"

GOOD = {
    **{kind: twice(kind, f"{name}: other") for kind, (_, _, name) in RESOURCES.items()},
    "other table": twice(ROUTE, "RouteTableId: u, DestinationCidrBlock: 0.0.0.0/0"),
    "other direction": twice(ACL, "NetworkAclId: a, RuleNumber: 100, Egress: true"),
    "other identifier": twice(
        "Route53::RecordSet", f"{RESOURCES['Route53::RecordSet'][0]}, SetIdentifier: a"
    ),
    "alternatives": both(
        ROUTE, RESOURCES[ROUTE][0], RESOURCES[ROUTE][0], "Condition: Open,", "Condition: NotOpen,"
    ),
}

BAD = {
    **{kind: refused(kind, twice(kind)) for kind in RESOURCES},
    "direction by default": refused(ACL, twice(ACL, "NetworkAclId: a, RuleNumber: 100, Egress: false")),
    "point at the end": refused(
        "Route53::RecordSet", twice("Route53::RecordSet", "HostedZoneId: z, Name: A.example.com., Type: A")
    ),
    "under the same condition": refused(
        ROUTE, both(ROUTE, RESOURCES[ROUTE][0], RESOURCES[ROUTE][0], "Condition: Open,", "Condition: Open,")
    ),
}
