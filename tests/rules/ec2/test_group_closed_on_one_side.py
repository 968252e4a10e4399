"""Security groups that refer to each other."""

GOOD = {
    "both sides": """
Resources:
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupEgress:
        - {IpProtocol: tcp, FromPort: 5432, ToPort: 5432, DestinationSecurityGroupId: !Ref Data}
  Data:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: !Ref Web}
""",
    "no egress rules": """
Resources:
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: a
  Data:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: !Ref Web}
""",
    "egress by address": """
Resources:
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupEgress:
        - {IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: 10.0.0.0/8}
  Data:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: !Ref Web}
""",
    "ingress by address": """
Resources:
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupEgress:
        - {IpProtocol: tcp, FromPort: 5432, ToPort: 5432, DestinationSecurityGroupId: !Ref Data}
  Data:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupIngress:
        - {IpProtocol: '-1', CidrIp: 10.0.0.0/8}
""",
    "egress beside the template": """
Resources:
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupEgress:
        - {IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 192.0.2.0/24}
  Data:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: !GetAtt Web.GroupId}
""",
    "elsewhere": """
Resources:
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupEgress:
        - {IpProtocol: tcp, FromPort: 5432, ToPort: 5432, DestinationSecurityGroupId: !ImportValue data}
  Data:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: a
""",
    "separate": """
Resources:
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: a
  Data:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: a
  Out:
    Type: AWS::EC2::SecurityGroupEgress
    Properties: {GroupId: !Ref Web, IpProtocol: tcp,
        FromPort: 1, ToPort: 9, DestinationSecurityGroupId: !Ref Data}
  In:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !Ref Data, IpProtocol: '6',
        FromPort: 5, ToPort: 5, SourceSecurityGroupId: !Ref Web}
""",
}

BAD = {
    "exchanged": (
        """
Resources:
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: a
  Data:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: !Ref Web}
      SecurityGroupEgress:
        - {IpProtocol: tcp, FromPort: 5432, ToPort: 5432, DestinationSecurityGroupId: !Ref Web}
""",
        "Resources/Data/Properties/SecurityGroupEgress/0/DestinationSecurityGroupId",
        "DestinationSecurityGroupId is Web, which does not allow Data on this port: "
        "every connection fails. Add an ingress rule there, or swap the two groups.",
    ),
    "other port": (
        """
Resources:
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupEgress:
        - {IpProtocol: tcp, FromPort: 5432, ToPort: 5432, DestinationSecurityGroupId: !Ref Data}
  Data:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 3306, ToPort: 3306, SourceSecurityGroupId: !Ref Web}
""",
        "Resources/Web/Properties/SecurityGroupEgress/0/DestinationSecurityGroupId",
        "DestinationSecurityGroupId is Data, which does not allow Web on this port: "
        "every connection fails. Add an ingress rule there, or swap the two groups.",
    ),
    "other protocol": (
        """
Resources:
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupEgress:
        - {IpProtocol: tcp, FromPort: 53, ToPort: 53, DestinationSecurityGroupId: !Ref Data}
  Data:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupIngress:
        - {IpProtocol: udp, FromPort: 53, ToPort: 53, SourceSecurityGroupId: !Ref Web}
""",
        "Resources/Web/Properties/SecurityGroupEgress/0/DestinationSecurityGroupId",
        "DestinationSecurityGroupId is Data, which does not allow Web on this port: "
        "every connection fails. Add an ingress rule there, or swap the two groups.",
    ),
}
