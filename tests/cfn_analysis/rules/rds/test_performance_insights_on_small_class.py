"""Good and broken Aurora instances."""

from ..harness import frame, row

MESSAGE = (
    "{switch} and DBInstanceClass {instance_class}: Aurora MySQL has no Performance Insights on this class, "
    "and RDS refuses the instance. Disable it, or use a class that supports it, such as db.t4g.medium."
)

ON = "EnablePerformanceInsights is true"

instance = frame("""
Parameters:
  Class: {Type: String, Default: db.r6g.large, AllowedValues: [db.r6g.large, db.t3.medium, db.t4g.medium]}
  Small: {Type: String, Default: db.t3.medium}
  Any: {Type: String}
  Switch: {Type: String, Default: "true"}
Mappings:
  Classes:
    db.r6g.large: {Insights: "true"}
    db.t3.medium: {Insights: "false"}
    db.t4g.medium: {Insights: "true"}
Conditions:
  HasInsights: !Equals [!FindInMap [Classes, !Ref Class, Insights], "true"]
  LacksInsights: !Not [!Condition HasInsights]
  Either: !Or [!Condition Large, !Equals [!FindInMap [Classes, !Ref Class, Insights], "true"]]
  Both: !And [!Condition HasInsights, !Condition SomethingElse]
  Large: !Equals [!Ref Class, db.r6g.large]
Resources:
  Plain: {Type: AWS::RDS::DBCluster, Properties: {Engine: aurora-mysql}}
  Watched: {Type: AWS::RDS::DBCluster, Properties: {Engine: aurora-mysql, PerformanceInsightsEnabled: true}}
  One: {Type: AWS::RDS::DBInstance, Properties: {Engine: <engine=aurora-mysql>,
      DBClusterIdentifier: !Ref <cluster=Plain>, <properties>}}
""")

case = row(
    instance("<properties>"),
    "Resources/One/Properties/EnablePerformanceInsights",
    MESSAGE.format(switch="<switch>", instance_class="<instance_class>"),
)

GOOD = {
    "not asked for": instance("DBInstanceClass: db.t3.medium"),
    "switched off": instance("DBInstanceClass: db.t3.medium, EnablePerformanceInsights: false"),
    "class that has it": instance("DBInstanceClass: db.t4g.medium, EnablePerformanceInsights: true"),
    "any class": instance("DBInstanceClass: !Ref Any, EnablePerformanceInsights: true"),
    "condition that asks a map about the class": instance(
        "DBInstanceClass: !Ref Class, EnablePerformanceInsights: !If [HasInsights, true, false]"
    ),
    "condition about the class": instance(
        "DBInstanceClass: !Ref Class, EnablePerformanceInsights: !If [Large, true, false]"
    ),
    "Not": instance(
        "DBInstanceClass: !Ref Class, EnablePerformanceInsights: !If [LacksInsights, false, true]"
    ),
    "Or": instance("DBInstanceClass: !Ref Class, EnablePerformanceInsights: !If [Either, true, false]"),
    "And": instance("DBInstanceClass: !Ref Class, EnablePerformanceInsights: !If [Both, true, false]"),
    "another engine": instance(
        "DBInstanceClass: db.t3.medium, EnablePerformanceInsights: true", engine="mysql"
    ),
    "cluster": instance("DBInstanceClass: db.t4g.large", cluster="Watched"),
}

BAD = {
    "t3": case("DBInstanceClass: db.t3.medium, EnablePerformanceInsights: true", ON, 'is "db.t3.medium"'),
    "t2, switched on by a text": case(
        "DBInstanceClass: db.t2.small, EnablePerformanceInsights: 'true'",
        'EnablePerformanceInsights is "true"',
        'is "db.t2.small"',
    ),
    "t4g": case("DBInstanceClass: db.t4g.small, EnablePerformanceInsights: true", ON, 'is "db.t4g.small"'),
    "parameter defaults": case(
        "DBInstanceClass: !Ref Small, EnablePerformanceInsights: !Ref Switch",
        'EnablePerformanceInsights is {"Ref": "Switch"}, which can be "true"',
        'is {"Ref": "Small"}, which can be "db.t3.medium"',
    ),
    "allowed value": case(
        "DBInstanceClass: !Ref Class, EnablePerformanceInsights: true",
        ON,
        'is {"Ref": "Class"}, which can be "db.t3.medium"',
    ),
    "Sub": case(
        "DBInstanceClass: !Sub 'db.t3.medium', EnablePerformanceInsights: true",
        ON,
        'is {"Fn::Sub": "db.t3.medium"}, which can be "db.t3.medium"',
    ),
    "class in one branch": case(
        "DBInstanceClass: !If [Large, db.t4g.large, db.t3.large], EnablePerformanceInsights: true",
        ON,
        'is {"Fn::If": ["Large", "db.t4g.large", "db.t3.large"]}, which is "db.t3.large" when Large is false',
    ),
    "condition the wrong way round": case(
        "DBInstanceClass: !Ref Class, EnablePerformanceInsights: !If [HasInsights, false, true]",
        'EnablePerformanceInsights is {"Fn::If": ["HasInsights", false, true]}, which is true when '
        "HasInsights is false",
        'is {"Ref": "Class"}, which can be "db.t3.medium"',
    ),
    "condition about something else": case(
        "DBInstanceClass: !Ref Class, EnablePerformanceInsights: !If [SomethingElse, true, false]",
        'EnablePerformanceInsights is {"Fn::If": ["SomethingElse", true, false]}, which is true when '
        "SomethingElse is true",
        'is {"Ref": "Class"}, which can be "db.t3.medium"',
    ),
    "the cluster can ask for it": (
        instance("DBInstanceClass: db.t3.large", cluster="Watched"),
        "Resources/One/Properties/DBInstanceClass",
        MESSAGE.format(
            switch="The cluster's PerformanceInsightsEnabled is true", instance_class='is "db.t3.large"'
        ),
    ),
}
