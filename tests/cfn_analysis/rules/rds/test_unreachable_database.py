"""Databases and their security groups."""

from ..harness import frame, row

database = frame("""
Resources:
  Database: {Type: AWS::RDS::<kind>, Properties: {<properties>}}
  Group: {Type: AWS::EC2::SecurityGroup<group=>}
<more=>""")

ingress = frame(
    ", Properties: {SecurityGroupIngress: [{IpProtocol: tcp, FromPort: <port>, ToPort: <port>, "
    "CidrIp: 10.0.0.0/8}]}"
)

case = row(
    "<text>",
    "Resources/Database/Properties/<name>",
    "Group does not allow port <port>, on which the database listens: no client connects. Add an "
    "ingress rule for the port.",
)

POSTGRES = "Engine: postgres, VPCSecurityGroups: [!Ref Group]"

GOOD = {
    "default port": database(
        "DBCluster", "Engine: aurora-mysql, VpcSecurityGroupIds: [!Ref Group]", ingress(3306)
    ),
    "range": database(
        "DBInstance",
        "Engine: postgres, Port: 5433, VPCSecurityGroups: [!GetAtt Group.GroupId]",
        ingress(5433),
    ),
    "group of another stack": """
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: postgres
      VPCSecurityGroups: [!ImportValue group]
""",
    "port by parameter": "Parameters: {Port: {Type: Number}}"
    + database("DBInstance", f"{POSTGRES}, Port: !Ref Port", ingress("!Ref Port")),
    "rule beside the group": database(
        "DBInstance",
        POSTGRES,
        more="""
  Rule:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !Ref Group, IpProtocol: '-1', CidrIp: 10.0.0.0/8}
""",
    ),
    "port of Aurora PostgreSQL is not known": database(
        "DBCluster", "Engine: aurora-postgresql, VpcSecurityGroupIds: [!Ref Group]"
    ),
}

BAD = {
    "other port": case(
        database(
            "DBCluster", "Engine: aurora-mysql, Port: 3307, VpcSecurityGroupIds: [!Ref Group]", ingress(3306)
        ),
        "VpcSecurityGroupIds",
        3307,
    ),
    "no ingress": case(database("DBInstance", POSTGRES), "VPCSecurityGroups", 5432),
}
