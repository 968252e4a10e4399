"""Resources that wait, and do not wait, for what must exist first."""

from ..harness import frame

NETWORK = """
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc}}
  Vpc: {Type: AWS::EC2::VPC}
"""
QUEUE = "  Queue: {Type: AWS::SQS::Queue}\n"
S3_MAY_SEND = (
    "SQS::QueuePolicy; Queues: [!Ref Queue], PolicyDocument: {Statement: [{Effect: Allow, Action: '*', "
    "Resource: "
    "'*', Principal: {Service: s3.amazonaws.com}}]}"
)
SOURCE = "Condition: {ArnLike: {'aws:SourceArn': !GetAtt Waiting.Arn}}"
TO_QUEUE = (
    "S3::Bucket; NotificationConfiguration: {QueueConfigurations: [{Event: a, Queue: !GetAtt Queue.Arn}]}"
)
LOG = (
    "the log group that it would create without retention and key: the log group fails with 'already exists'"
)
LOGS = "MethodSettings: [{ResourcePath: /*, HttpMethod: '*', LoggingLevel: <level=INFO>}]"
STAGE = frame(f"ApiGateway::Stage; RestApiId: api, StageName: v1, {LOGS}")

# Name -> the resource that must wait, the first, what it does and the effect, and more resources.
PAIRS = {
    "deployment": (
        "ApiGateway::Deployment; RestApiId: !ImportValue api",
        "ApiGateway::Method; RestApiId: !ImportValue api",
        "a part of the API: that part is not deployed",
    ),
    "stage with logs": (
        STAGE(),
        "ApiGateway::Account;",
        "which sets the role for logs: API Gateway refuses the stage",
    ),
    "stage with logs in one case": (
        STAGE("!If [Open, ERROR, 'OFF']"),
        "ApiGateway::Account;",
        "which sets the role for logs: API Gateway refuses the stage",
    ),
    "stage with an access log": (
        "ApiGateway::Stage; AccessLogSetting: {DestinationArn: !ImportValue logs}",
        "ApiGateway::Account;",
        "which sets the role for logs: API Gateway refuses the stage",
    ),
    "execution log": (
        STAGE("'OFF'"),
        "Logs::LogGroup; LogGroupName: !Join ['', [API-Gateway-Execution-Logs_, api, /v1]]",
        LOG,
    ),
    "usage plan": (
        "ApiGateway::UsagePlan; ApiStages: [!If [Open, {ApiId: api, Stage: v1}, !Ref AWS::NoValue]]",
        STAGE("'OFF'"),
        "the stage that it names: the usage plan fails",
    ),
    "route": (
        "EC2::Route; GatewayId: !Ref Gateway",
        "EC2::VPCGatewayAttachment; InternetGatewayId: !Ref Gateway",
        "which attaches the gateway: the route fails",
        "  Gateway: {Type: AWS::EC2::InternetGateway}\n",
    ),
    "route to a transit gateway": (
        "EC2::Route; TransitGatewayId: t",
        "EC2::TransitGatewayAttachment; TransitGatewayId: t",
        "which attaches the VPC to the transit gateway: the route fails",
    ),
    "NAT gateway": (
        "EC2::NatGateway; SubnetId: !Ref Subnet",
        "EC2::VPCGatewayAttachment; VpcId: !Ref Vpc",
        "which connects its VPC to the internet: it fails",
        NETWORK,
    ),
    "rotation": (
        "SecretsManager::RotationSchedule; SecretId: !Ref Secret",
        "SecretsManager::SecretTargetAttachment; SecretId: !Ref Secret",
        "which adds the address of the database to the secret: the first rotation fails",
        "  Secret: {Type: AWS::SecretsManager::Secret}\n",
    ),
    "database log": (
        "RDS::DBCluster; DBClusterIdentifier: !Sub '${AWS::StackName}-a', EnableCloudwatchLogsExports: "
        "[audit, error]",
        "Logs::LogGroup; LogGroupName: !Sub '/aws/rds/cluster/${AWS::StackName}-a/error'",
        LOG,
    ),
    "bucket": (
        TO_QUEUE,
        S3_MAY_SEND,
        "which allows s3.amazonaws.com to use Queue: S3 refuses the bucket",
        QUEUE,
    ),
}


def template(name: str, waiting: str = "", first: str = "", more: str = "") -> str:
    """Return a template with both resources of a pair, with attributes."""
    (kind, properties), (first_kind, first_properties) = (text.split(";") for text in PAIRS[name][:2])
    return (
        f"{''.join(PAIRS[name][3:])}{more}\n  Waiting: {{Type: AWS::{kind}, "
        f"{waiting} Properties: {{{properties}}}}}\n"
        f"  First: {{Type: AWS::{first_kind}, {first} Properties: {{{first_properties}}}}}\n"
    )


def early(name: str, text: str, remedy: str = "Add DependsOn: First.", path: str = "") -> tuple[str, ...]:
    """Return the row of a resource that does not wait."""
    return (
        text,
        f"Resources/Waiting{path}",
        f"Waiting does not wait for First, {PAIRS[name][2]} if Waiting is created first. {remedy}",
    )


SECOND = "  Second: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !ImportValue api}}\n"

GOOD = {
    "log of a web ACL by reference": """
  Group: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: aws-waf-logs-a}}
  Waiting:
    Type: AWS::WAFv2::LoggingConfiguration
    Properties: {LogDestinationConfigs: [!Sub 'arn:aws:logs:${AWS::Region}:1:log-group:${Group}']}
""",
    **{name: template(name, "DependsOn: First,") for name in PAIRS},
    "through another resource": template(
        "bucket", "DependsOn: Last,", more="  Last: {Type: A::B::C, DependsOn: First}\n"
    ),
    "reference": template("stage with logs").replace("StageName: v1", "Description: !Sub 'by ${First}'"),
    "never both": template("stage with logs", "Condition: NotOpen,", "Condition: Open,"),
    "nothing that must be first": template("stage with logs").replace("Account", "ApiKey"),
    "stage without logs": template("stage with logs").replace("INFO", "'OFF'"),
    "another API": template("deployment").replace("RestApiId: !ImportValue api", "RestApiId: b", 1),
    "another stage": template("execution log").replace("/v1", "/v2"),
    "private NAT gateway": template("NAT gateway").replace(
        "SubnetId:", "ConnectivityType: private, SubnetId:"
    ),
    "log that is not exported": template("database log").replace("audit, error", "audit"),
    "notified by another service": template("bucket").replace("s3.a", "sns.a"),
}

BAD = {
    "log of a web ACL": (
        """
  Group: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: aws-waf-logs-a}}
  Waiting:
    Type: AWS::WAFv2::LoggingConfiguration
    Properties:
      LogDestinationConfigs: [!Sub 'arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:aws-waf-logs-a']
""",
        "Resources/Waiting",
        "Waiting does not wait for Group, its log group: the logging is refused if Waiting is created first. "
        "Add DependsOn: Group.",
    ),
    **{name: early(name, template(name)) for name in PAIRS},
    "other DependsOn": early("bucket", template("bucket", "DependsOn: Queue,"), path="/DependsOn"),
    "condition": early(
        "stage with logs",
        template("stage with logs", first="Condition: Open,"),
        "Add DependsOn: First, or refer to it by Fn::If, since it has a Condition.",
    ),
    "one of two methods": early(
        "deployment", template("deployment", "DependsOn: Second,", more=SECOND), path="/DependsOn"
    ),
    "first that refers back": early(
        "bucket",
        template("bucket").replace("s3.amazonaws.com}", f"s3.amazonaws.com}}, {SOURCE}"),
        "First refers to Waiting: write the name instead, and add DependsOn: First.",
    ),
    "log of the cluster by reference": early(
        "database log",
        template("database log").replace("cluster/${AWS::StackName}-a", "cluster/${Waiting}"),
        "First refers to Waiting: write the name instead, and add DependsOn: First.",
    ),
}
