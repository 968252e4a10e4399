"""Network ACL rules in their order."""

from ..harness import row

ANYWHERE = "CidrBlock: '0.0.0.0/0'"
ANYWHERE6 = "Ipv6CidrBlock: '::/0'"


ASSOCIATED = """
  Association:
    Type: AWS::EC2::SubnetNetworkAclAssociation
    Properties: {SubnetId: a, NetworkAclId: !Ref Acl}
"""


def entry(
    name: str, number: int, action: str, protocol: int, block: str = ANYWHERE, *, out: bool = False
) -> str:
    """Return a rule of the ACL."""
    return (
        f"  {name}: {{Type: AWS::EC2::NetworkAclEntry, Properties: {{NetworkAclId: !Ref Acl, "
        f"RuleNumber: {number}, Egress: {str(out).lower()}, {block}, Protocol: {protocol}, "
        f"RuleAction: {action}}}}}\n"
    )


def acl(*entries: str) -> str:
    """Return a template with one ACL of these rules."""
    return f"  Acl: {{Type: AWS::EC2::NetworkAcl}}\n{''.join(entries)}"


case = row(
    "<text>",
    "Resources/<name>/Properties/RuleNumber",
    "RuleNumber is 100, after <first> with 50, which matches all of its traffic: the rule is never "
    "reached. Give it a lower number.",
)

PORT = "PortRange: {From: 443, To: 443}"
SOME = "CidrBlock: '198.51.100.0/24'"

GOOD = {
    "deny before": acl(
        entry("Blocked", 50, "deny", -1, SOME), entry("Https", 100, "allow", 6, f"{ANYWHERE}, {PORT}")
    ),
    "deny of the rest": acl(
        entry("Https", 100, "allow", 6, f"{SOME}, {PORT}"),
        entry("Rest", 110, "deny", 6, f"{ANYWHERE}, {PORT}"),
    ),
    "deny between two": acl(
        entry("Https", 100, "allow", 6, f"{ANYWHERE}, {PORT}"),
        entry("Blocked", 110, "deny", -1, SOME),
        entry("All", 120, "allow", 6, f"{ANYWHERE}, PortRange: {{From: 1024, To: 65535}}"),
    ),
    "unknown addresses": acl(
        entry("All", 100, "allow", -1, "CidrBlock: !GetAtt Vpc.CidrBlock"),
        entry("Blocked", 110, "deny", -1, SOME),
    ),
    "both directions": ASSOCIATED
    + acl(entry("In", 100, "allow", -1), entry("Out", 100, "allow", -1, out=True)),
    "rules of another template": ASSOCIATED + acl(),
    "not associated": acl(entry("In", 100, "allow", -1)),
    "last": acl(entry("Https", 100, "allow", 6), entry("Rest", 32766, "deny", -1)),
    "other direction": acl(entry("All", 100, "allow", -1, out=True), entry("Https", 110, "allow", 6)),
    "other family": acl(entry("All", 100, "allow", -1), entry("Https", 110, "allow", 6, ANYWHERE6)),
    "same again": acl(entry("All", 100, "allow", -1), entry("Rest", 110, "deny", -1)),
}

LATE = (
    "RuleNumber is 110, after Https with 100, which allows what this rule denies, and no later rule does: it "
    "has no effect. Give it a lower number."
)

BAD = {
    "deny after the allow": (
        acl(entry("Https", 100, "allow", 6, f"{ANYWHERE}, {PORT}"), entry("Blocked", 110, "deny", -1, SOME)),
        "Resources/Blocked/Properties/RuleNumber",
        LATE,
    ),
    "deny of a port after the allow": case(
        acl(
            entry("Https", 50, "allow", 6, f"{ANYWHERE}, {PORT}"),
            entry("Blocked", 100, "deny", 6, f"{SOME}, {PORT}"),
        ),
        "Blocked",
        "Https",
    ),
    "nothing out": (
        ASSOCIATED + acl(entry("In", 100, "allow", -1)),
        "Resources/Acl",
        "The network ACL allows nothing out: add an AWS::EC2::NetworkAclEntry with Egress: true and "
        "RuleAction: allow.",
    ),
    "denied before": (
        ASSOCIATED
        + acl(
            entry("None", 90, "deny", -1),
            entry("In", 100, "allow", -1),
            entry("Out", 100, "allow", -1, out=True),
        ),
        "Resources/Acl",
        "The network ACL allows nothing in: add an AWS::EC2::NetworkAclEntry with Egress: false and "
        "RuleAction: allow, before the one that denies everything.",
    ),
    "everything first": case(
        acl(
            entry("All", 50, "allow", -1),
            entry("Blocked", 100, "deny", -1, "CidrBlock: '198.51.100.0/24'"),
        ),
        "Blocked",
        "All",
    ),
    "denied first": case(
        acl(
            entry("None", 50, "deny", -1, ANYWHERE6, out=True),
            entry("Https", 100, "allow", 6, ANYWHERE6, out=True),
        ),
        "Https",
        "None",
    ),
}
