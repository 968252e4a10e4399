"""Network ACL rules in their order."""

from ..harness import row

ANYWHERE = "CidrBlock: '0.0.0.0/0'"
ANYWHERE6 = "Ipv6CidrBlock: '::/0'"


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
    "RuleNumber is 100, after <first> with 50, which matches every packet: the rule is never "
    "reached. Give it a lower number.",
)

GOOD = {
    "last": acl(entry("Https", 100, "allow", 6), entry("Rest", 32766, "deny", -1)),
    "other direction": acl(entry("All", 100, "allow", -1, out=True), entry("Https", 110, "allow", 6)),
    "other family": acl(entry("All", 100, "allow", -1), entry("Https", 110, "allow", 6, ANYWHERE6)),
    "same again": acl(entry("All", 100, "allow", -1), entry("Rest", 110, "deny", -1)),
}

BAD = {
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
