"""Network ACL rules in their order."""

GOOD = {
    "last": """
Resources:
  Acl: {Type: AWS::EC2::NetworkAcl}
  Https:
    Type: AWS::EC2::NetworkAclEntry
    Properties:
      NetworkAclId: !Ref Acl
      RuleNumber: 100
      Egress: false
      CidrBlock: '0.0.0.0/0'
      Protocol: 6
      RuleAction: allow
  Rest:
    Type: AWS::EC2::NetworkAclEntry
    Properties:
      NetworkAclId: !Ref Acl
      RuleNumber: 32766
      Egress: false
      CidrBlock: '0.0.0.0/0'
      Protocol: -1
      RuleAction: deny
""",
    "other direction": """
Resources:
  Acl: {Type: AWS::EC2::NetworkAcl}
  All:
    Type: AWS::EC2::NetworkAclEntry
    Properties:
      NetworkAclId: !Ref Acl
      RuleNumber: 100
      Egress: true
      CidrBlock: '0.0.0.0/0'
      Protocol: -1
      RuleAction: allow
  Https:
    Type: AWS::EC2::NetworkAclEntry
    Properties:
      NetworkAclId: !Ref Acl
      RuleNumber: 110
      Egress: false
      CidrBlock: '0.0.0.0/0'
      Protocol: 6
      RuleAction: allow
""",
    "other family": """
Resources:
  Acl: {Type: AWS::EC2::NetworkAcl}
  All:
    Type: AWS::EC2::NetworkAclEntry
    Properties:
      NetworkAclId: !Ref Acl
      RuleNumber: 100
      Egress: false
      CidrBlock: '0.0.0.0/0'
      Protocol: -1
      RuleAction: allow
  Https:
    Type: AWS::EC2::NetworkAclEntry
    Properties:
      NetworkAclId: !Ref Acl
      RuleNumber: 110
      Egress: false
      Ipv6CidrBlock: '::/0'
      Protocol: 6
      RuleAction: allow
""",
    "same again": """
Resources:
  Acl: {Type: AWS::EC2::NetworkAcl}
  All:
    Type: AWS::EC2::NetworkAclEntry
    Properties:
      NetworkAclId: !Ref Acl
      RuleNumber: 100
      Egress: false
      CidrBlock: '0.0.0.0/0'
      Protocol: -1
      RuleAction: allow
  Rest:
    Type: AWS::EC2::NetworkAclEntry
    Properties:
      NetworkAclId: !Ref Acl
      RuleNumber: 110
      Egress: false
      CidrBlock: '0.0.0.0/0'
      Protocol: -1
      RuleAction: deny
""",
}

BAD = {
    "everything first": (
        """
Resources:
  Acl: {Type: AWS::EC2::NetworkAcl}
  All:
    Type: AWS::EC2::NetworkAclEntry
    Properties:
      NetworkAclId: !Ref Acl
      RuleNumber: 50
      Egress: false
      CidrBlock: '0.0.0.0/0'
      Protocol: -1
      RuleAction: allow
  Blocked:
    Type: AWS::EC2::NetworkAclEntry
    Properties:
      NetworkAclId: !Ref Acl
      RuleNumber: 100
      Egress: false
      CidrBlock: '198.51.100.0/24'
      Protocol: -1
      RuleAction: deny
""",
        "Resources/Blocked/Properties/RuleNumber",
        "RuleNumber is 100, after All with 50, which matches every packet: the rule "
        "is never reached. Give it a lower number.",
    ),
    "denied first": (
        """
Resources:
  Acl: {Type: AWS::EC2::NetworkAcl}
  None:
    Type: AWS::EC2::NetworkAclEntry
    Properties:
      NetworkAclId: !Ref Acl
      RuleNumber: 50
      Egress: true
      Ipv6CidrBlock: '::/0'
      Protocol: -1
      RuleAction: deny
  Https:
    Type: AWS::EC2::NetworkAclEntry
    Properties:
      NetworkAclId: !Ref Acl
      RuleNumber: 100
      Egress: true
      Ipv6CidrBlock: '::/0'
      Protocol: 6
      RuleAction: allow
""",
        "Resources/Https/Properties/RuleNumber",
        "RuleNumber is 100, after None with 50, which matches every packet: the rule "
        "is never reached. Give it a lower number.",
    ),
}
