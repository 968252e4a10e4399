"""Good and broken network ACLs."""

from ..harness import frame

HEAD = """
Parameters:
  Vpc: {Type: String, Default: 10.0.0.0/16}
  Any: {Type: String}
Resources:
  Acl: {Type: AWS::EC2::NetworkAcl}
"""

# A subnet of the ACL that goes out through a NAT gateway.
NAT = """
  AclOfSubnet:
    Type: AWS::EC2::SubnetNetworkAclAssociation
    Properties: {NetworkAclId: !Ref Acl, SubnetId: !Ref Subnet}
  TableOfSubnet:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {RouteTableId: !Ref Table, SubnetId: !Ref Subnet}
  Route: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, NatGatewayId: !Ref Nat}}
"""

ANYWHERE = "CidrBlock: 0.0.0.0/0"
HTTPS = "Protocol: 6, PortRange: {From: 443, To: 443}"
EPHEMERAL = "Protocol: 6, PortRange: {From: 1024, To: 65535}"


def acl(*entries: str) -> str:
    """Return a template with one ACL; an entry is ``in`` or ``out`` and its properties."""
    text = HEAD
    for number, entry in enumerate(entries, 1):
        way, _, rest = entry.partition(" ")
        action = "" if "RuleAction" in rest else "RuleAction: allow, "
        condition = "Condition: Prod, " if "(Prod)" in rest else ""
        text += (
            f"  Entry{number}: {{Type: AWS::EC2::NetworkAclEntry, {condition}"
            f"Properties: {{NetworkAclId: !Ref Acl, RuleNumber: {number}, {action}"
            f"Egress: {str(way == 'out').lower()}, {rest.replace('(Prod) ', '')}}}}}\n"
        )
    return text


inward = frame(
    "TCP<ports> can go in from <network>, but no entry of the ACL allows the responses out: every "
    "connection times out. Allow TCP 1024-65535 to <network> with Egress true."
)

outward = frame(
    "TCP<ports> can go out to <network><when=>, but no entry of the ACL allows the responses in: every "
    "connection times out. Allow TCP 1024-65535 from <network> with Egress false."
)


def case(text: str, message: str, *more: str) -> tuple[str, ...]:
    """An entry whose traffic gets no answer is found."""
    return (text, "Resources/Entry1/Properties", message, *more)


GOOD = {
    "answers": acl(f"out {HTTPS}, {ANYWHERE}", f"in {EPHEMERAL}, {ANYWHERE}"),
    "everything": acl(f"out Protocol: -1, {ANYWHERE}", f"in Protocol: -1, {ANYWHERE}"),
    "in two halves": acl(
        f"out {HTTPS}, {ANYWHERE}",
        "in Protocol: -1, CidrBlock: 0.0.0.0/1",
        "in Protocol: -1, CidrBlock: 128.0.0.0/1",
    ),
    "a server that only answers": acl(f"in {HTTPS}, {ANYWHERE}", f"out Protocol: -1, {ANYWHERE}"),
    "VPC": acl("out Protocol: -1, CidrBlock: !Ref Vpc", "in Protocol: -1, CidrBlock: !Ref Vpc"),
    "deny of one port": acl(
        f"out {HTTPS}, {ANYWHERE}",
        f"in RuleAction: deny, Protocol: 6, PortRange: {{From: 3306, To: 3306}}, {ANYWHERE}",
        f"in {EPHEMERAL}, {ANYWHERE}",
    ),
    "ICMP": acl(f"out Protocol: 1, {ANYWHERE}"),
    "both branches": acl(
        f"out {HTTPS}, CidrBlock: !If [Prod, 10.0.0.0/8, 10.1.0.0/16]",
        "in Protocol: -1, CidrBlock: 10.0.0.0/8",
    ),
    "both or none": acl(f"out (Prod) {HTTPS}, {ANYWHERE}", f"in (Prod) {EPHEMERAL}, {ANYWHERE}"),
    "a database that only answers its VPC": acl(
        f"out Protocol: -1, {ANYWHERE}", "in Protocol: -1, CidrBlock: 10.0.0.0/16"
    ),
    "behind a NAT gateway": acl(f"out Protocol: -1, {ANYWHERE}", f"in {EPHEMERAL}, {ANYWHERE}") + NAT,
    "no entries": HEAD,
}

BAD = {
    "answers from the VPC alone": case(
        acl(f"out {HTTPS}, {ANYWHERE}", "in Protocol: -1, CidrBlock: 10.0.0.0/16"),
        outward(" 443", "0.0.0.0/0"),
    ),
    "everything out, behind a NAT gateway": case(
        acl(f"out Protocol: -1, {ANYWHERE}", "in Protocol: -1, CidrBlock: 10.0.0.0/16") + NAT,
        outward("", "0.0.0.0/0"),
    ),
    "denied before they are allowed": case(
        acl(
            f"out {HTTPS}, {ANYWHERE}",
            f"in RuleAction: deny, Protocol: -1, {ANYWHERE}",
            f"in {EPHEMERAL}, {ANYWHERE}",
        ),
        outward(" 443", "0.0.0.0/0"),
    ),
    "inward": case(
        acl(
            f"in Protocol: 6, PortRange: {{From: 80, To: 443}}, {ANYWHERE}",
            f"out {HTTPS}, CidrBlock: 10.0.0.0/8",
        ),
        inward(" 80-443", "0.0.0.0/0"),
        "Resources/Entry2/Properties",
        outward(" 443", "10.0.0.0/8"),
    ),
    "IPv6": case(
        acl(
            "out Protocol: 6, PortRange: {From: 443, To: 443}, Ipv6CidrBlock: '::/0'",
            f"in {EPHEMERAL}, {ANYWHERE}",
        ),
        outward(" 443", "::/0"),
        "Resources/Entry2/Properties",
        inward(" 1024-65535", "0.0.0.0/0"),
    ),
    "answers in one case": case(
        acl(f"out {HTTPS}, {ANYWHERE}", f"in (Prod) {EPHEMERAL}, {ANYWHERE}"),
        outward(" 443", "0.0.0.0/0", " when Prod is false"),
    ),
    "one branch": case(
        acl(
            f"out {HTTPS}, CidrBlock: !If [Prod, 0.0.0.0/0, 10.0.0.0/8]",
            "in Protocol: -1, CidrBlock: 10.0.0.0/8",
        ),
        outward(" 443", "0.0.0.0/0", " when Prod is true"),
    ),
}
