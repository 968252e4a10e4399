"""Databases and their security groups."""

GOOD = {
    "default port": """
Resources:
  Database:
    Type: AWS::RDS::DBCluster
    Properties:
      Engine: aurora-mysql
      VpcSecurityGroupIds: [!Ref Group]
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 3306, ToPort: 3306, CidrIp: 10.0.0.0/8}
""",
    "range": """
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: postgres
      Port: 5433
      VPCSecurityGroups: [!GetAtt Group.GroupId]
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 5433, ToPort: 5433, CidrIp: 10.0.0.0/8}
""",
    "group of another stack": """
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: postgres
      VPCSecurityGroups: [!ImportValue group]
""",
    "port by parameter": """
Parameters:
  Port: {Type: Number}
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: postgres
      Port: !Ref Port
      VPCSecurityGroups: [!Ref Group]
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: !Ref Port, ToPort: !Ref Port, CidrIp: 10.0.0.0/8}
""",
    "rule beside the group": """
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: postgres
      VPCSecurityGroups: [!Ref Group]
  Group: {Type: AWS::EC2::SecurityGroup}
  Rule:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !Ref Group, IpProtocol: '-1', CidrIp: 10.0.0.0/8}
""",
    "port of Aurora PostgreSQL is not known": """
Resources:
  Database:
    Type: AWS::RDS::DBCluster
    Properties: {Engine: aurora-postgresql, VpcSecurityGroupIds: [!Ref Group]}
  Group: {Type: AWS::EC2::SecurityGroup}
""",
}

BAD = {
    "other port": (
        """
Resources:
  Database:
    Type: AWS::RDS::DBCluster
    Properties:
      Engine: aurora-mysql
      Port: 3307
      VpcSecurityGroupIds: [!Ref Group]
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 3306, ToPort: 3306, CidrIp: 10.0.0.0/8}
""",
        "Resources/Database/Properties/VpcSecurityGroupIds",
        "Group does not allow port 3307, on which the database listens: no client "
        "connects. Add an ingress rule for the port.",
    ),
    "no ingress": (
        """
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: postgres
      VPCSecurityGroups: [!Ref Group]
  Group: {Type: AWS::EC2::SecurityGroup}
""",
        "Resources/Database/Properties/VPCSecurityGroups",
        "Group does not allow port 5432, on which the database listens: no client "
        "connects. Add an ingress rule for the port.",
    ),
}
