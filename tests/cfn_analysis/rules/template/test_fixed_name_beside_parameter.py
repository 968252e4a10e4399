"""Names beside properties that parameters decide."""

from ..harness import frame

HEAD = """
Parameters:
  Project: {Type: String, Default: shop}
  Schema: {Type: String, Default: orders}
  Port: {Type: Number, Default: 80}
  Vpc: {Type: String, Default: vpc-1}
  Name: {Type: String, Default: orders}
  Fixed: {Type: String, Default: orders, AllowedValues: [orders]}
Mappings:
  Names: {shop: {Schema: orders}}
Resources:
  Key: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {}}}
"""

CLUSTER = "AWS::RDS::DBCluster"
GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"

resource = frame(f"{HEAD}  One: {{Type: <kind={CLUSTER}>, <attributes=> Properties: {{<properties>}}}}\n")


def finding(path: str, value: str, own: str, name: str, parameter: str) -> tuple[str, str]:
    """Return path and message of what the rule finds in a property."""
    return (
        f"Resources/One/Properties/{path}",
        f"{path.replace('/', '.')} is {value}, and {own} is {name}: a new value of {parameter} replaces the "
        f"resource, and the new one cannot have the name while the old one has it. Leave {own} out, put "
        f"{parameter.replace(' or ', ' and ')} into it, or write {path.replace('/', '.')} as a literal.",
    )


def cluster(written: str, value: str, parameter: str = "Schema") -> tuple[str, ...]:
    """The database's name in a cluster is found, however it is written."""
    text = resource(f"DBClusterIdentifier: orders, DatabaseName: {written}")
    return text, *finding("DatabaseName", value, "DBClusterIdentifier", '"orders"', parameter)


def named(written: str, value: str) -> tuple[str, ...]:
    """A name is fixed, however it is written, if nothing in it changes with the property."""
    text = resource(f"DBClusterIdentifier: {written}, DatabaseName: !Ref Schema")
    return text, *finding("DatabaseName", '{"Ref": "Schema"}', "DBClusterIdentifier", value, "Schema")


GOOD = {
    "a version of a component": resource("Name: patch, Version: !Ref Schema", "AWS::ImageBuilder::Component"),
    "no name": resource("DatabaseName: !Ref Schema"),
    "literal": resource("DBClusterIdentifier: orders, DatabaseName: orders"),
    "parameter in the name too": resource(
        "DBClusterIdentifier: !Sub '${Project}-${Schema}', DatabaseName: !Ref Schema"
    ),
    "parameter in the name by a map": resource(
        "DBClusterIdentifier: !Sub ['${Own}-x', {Own: !FindInMap [Names, !Ref Project, Schema]}], "
        "DatabaseName: !Ref Project"
    ),
    "name that is a parameter": resource("DBClusterIdentifier: !Ref Name, DatabaseName: !Ref Schema"),
    "property that changes in place": resource("DBClusterIdentifier: orders, EngineVersion: !Ref Schema"),
    "another resource": resource("DBClusterIdentifier: orders, KmsKeyId: !GetAtt Key.Arn"),
    "parameter with one value": resource("DBClusterIdentifier: orders, DatabaseName: !Ref Fixed"),
    "map": resource("DBClusterIdentifier: orders, DatabaseName: !FindInMap [Names, !Ref Project, Schema]"),
    "pseudo parameter": resource("DBClusterIdentifier: orders, DatabaseName: !Ref AWS::StackName"),
    "never together": resource(
        "DBClusterIdentifier: !If [HasName, orders, !Ref AWS::NoValue], "
        "DatabaseName: !If [HasName, orders, !Ref Schema]"
    ),
    "security group, unique in its VPC": resource(
        "GroupName: web, GroupDescription: Web, VpcId: !Ref Vpc", "AWS::EC2::SecurityGroup"
    ),
    "alias, unique in its function": resource("Name: live, FunctionName: !Ref Name", "AWS::Lambda::Alias"),
    "part of the identifier": resource(
        "FilterName: errors, LogGroupName: !Ref Name, FilterPattern: x", "AWS::Logs::MetricFilter"
    ),
    "type that cfn-lint does not know": resource("Name: a, Kind: !Ref Schema", "AWS::No::Such"),
    "no properties": f"{HEAD}  One: {{Type: AWS::SQS::Queue}}\n",
}

BAD = {
    "Ref": cluster("!Ref Schema", '{"Ref": "Schema"}'),
    "Sub": cluster("!Sub '${Schema}'", '{"Fn::Sub": "${Schema}"}'),
    "Sub of two": cluster("!Sub '${Schema}${Name}'", '{"Fn::Sub": "${Schema}${Name}"}', "Name or Schema"),
    "in one branch": cluster("!If [HasName, orders, !Ref Schema]", '{"Ref": "Schema"}'),
    "name of other parameters": named("!Sub '${Project}-x'", '{"Fn::Sub": "${Project}-x"}'),
    "name in one branch": named("!If [HasName, orders, !Ref AWS::NoValue]", '"orders"'),
    "name of the stack": named("!Ref AWS::StackName", '{"Ref": "AWS::StackName"}'),
    "imported name": named("!ImportValue name", '{"Fn::ImportValue": "name"}'),
    "two properties": (
        resource("Name: web, Port: !Ref Port, VpcId: !Ref Vpc, TargetType: ip", GROUP),
        *finding("Port", '{"Ref": "Port"}', "Name", '"web"', "Port"),
        *finding("VpcId", '{"Ref": "Vpc"}', "Name", '"web"', "Vpc"),
    ),
    "property inside another": (
        resource(
            "RepositoryName: app, EncryptionConfiguration: {EncryptionType: KMS, KmsKey: !Ref Schema}",
            "AWS::ECR::Repository",
        ),
        *finding("EncryptionConfiguration/KmsKey", '{"Ref": "Schema"}', "RepositoryName", '"app"', "Schema"),
    ),
}
