"""Good and broken Aurora instances."""

from ..harness import frame, row

MESSAGE = (
    'DBInstanceClass {state}, and the engine version is "8.0.mysql_aurora.3.10.6": Aurora MySQL 3 does not '
    "support this class. Use db.t3.medium, db.t4g.medium, db.r5 or later."
)

instance = frame("""
Parameters:
  Class: {Type: String, Default: db.t3.medium, AllowedValues: [db.t3.medium, db.t3.small]}
  Old: {Type: String, Default: db.r4.large}
  Any: {Type: String}
  Version: {Type: String, Default: 8.0.mysql_aurora.3.10.6}
Resources:
  Three: {Type: AWS::RDS::DBCluster, Properties: {EngineVersion: 8.0.mysql_aurora.3.10.6}}
  Two: {Type: AWS::RDS::DBCluster, Properties: {EngineVersion: 5.7.mysql_aurora.2.12.0}}
  Chosen: {Type: AWS::RDS::DBCluster, Properties: {EngineVersion: !Ref Version}}
  Unknown: {Type: AWS::RDS::DBCluster, Properties: {}}
  One: {Type: AWS::RDS::DBInstance, Properties: {Engine: <engine=aurora-mysql>,
      DBClusterIdentifier: !Ref <cluster=Three>, DBInstanceClass: <instance_class>}}
""")

case = row("<text>", "Resources/One/Properties/DBInstanceClass", MESSAGE.format(state="<state>"))

GOOD = {
    "t3.medium": instance("db.t3.medium"),
    "r5": instance("db.r5.large"),
    "version 2": instance("db.r4.large", cluster="Two"),
    "version not known": instance("db.r4.large", cluster="Unknown"),
    "another engine": instance("db.r4.large", engine="aurora-postgresql"),
    "class not known": instance("!Ref Any"),
    "both branches": instance("!If [Dev, db.t3.medium, db.r6g.large]"),
}

BAD = {
    "t2": case(instance("db.t2.medium"), 'is "db.t2.medium"'),
    "t3.small": case(instance("db.t3.small"), 'is "db.t3.small"'),
    "r3": case(instance("db.r3.large"), 'is "db.r3.large"'),
    "defaults": case(instance("!Ref Old", cluster="Chosen"), 'is {"Ref": "Old"}, which can be "db.r4.large"'),
    "allowed value": case(instance("!Ref Class"), 'is {"Ref": "Class"}, which can be "db.t3.small"'),
    "Sub": case(instance("!Sub '${Old}'"), 'is {"Fn::Sub": "${Old}"}, which can be "db.r4.large"'),
    "one branch": case(
        instance("!If [Dev, db.t2.small, db.r6g.large]"),
        'is {"Fn::If": ["Dev", "db.t2.small", "db.r6g.large"]}, which is "db.t2.small" when Dev is true',
    ),
}
