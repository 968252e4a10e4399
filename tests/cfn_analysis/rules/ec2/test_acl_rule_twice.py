"""Rules of network ACLs."""

from ..harness import frame

template = frame("""
  Acl: {Type: AWS::EC2::NetworkAcl}
  First: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: !Ref Acl, <first>}}
  Second: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: !Ref Acl, <second>}}
""")

GOOD = {
    "two numbers": template("RuleNumber: 100", "RuleNumber: 110"),
    "without numbers": template("Protocol: 6", "Protocol: 6"),
    "two ways": template("RuleNumber: 100", "RuleNumber: 100, Egress: true"),
}

BAD = {
    "twice": (
        template("RuleNumber: 100", "RuleNumber: 100, Egress: false"),
        "Resources/Second/Properties/RuleNumber",
        "RuleNumber is 100, which First has among the inbound rules of Acl: EC2 refuses the "
        "second. Use another number.",
    ),
    "outbound": (
        template("RuleNumber: '100', Egress: 'true'", "RuleNumber: 100, Egress: true"),
        "Resources/Second/Properties/RuleNumber",
        "RuleNumber is 100, which First has among the outbound rules of Acl: EC2 refuses the "
        "second. Use another number.",
    ),
}
