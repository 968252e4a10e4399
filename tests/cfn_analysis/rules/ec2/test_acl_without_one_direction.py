"""Network ACLs."""


def template(*entries: str) -> str:
    """Return a template with a network ACL of these rules."""
    text = """
  Acl: {Type: AWS::EC2::NetworkAcl}
  Association:
    Type: AWS::EC2::SubnetNetworkAclAssociation
    Properties: {SubnetId: a, NetworkAclId: !Ref Acl}
"""
    for number, entry in enumerate(entries):
        text += f"""
  Entry{number}:
    Type: AWS::EC2::NetworkAclEntry
    Properties: {{NetworkAclId: !Ref Acl, Protocol: -1, CidrBlock: 0.0.0.0/0, {entry}}}
"""
    return text


IN = "RuleNumber: 100, RuleAction: allow"

GOOD = {
    "both": template(IN, "RuleNumber: 100, RuleAction: allow, Egress: true"),
    "rules of another template": template(),
}

BAD = {
    "in only": (
        template(IN),
        "Resources/Acl",
        "The network ACL allows nothing out: add an AWS::EC2::NetworkAclEntry with Egress: true "
        "and RuleAction: allow.",
    ),
    "denied before": (
        template("RuleNumber: 90, RuleAction: deny", IN, IN + ", Egress: true"),
        "Resources/Acl",
        "The network ACL allows nothing in: add an AWS::EC2::NetworkAclEntry with Egress: false "
        "and RuleAction: allow, before the one that denies everything.",
    ),
}
