"""The roles that services assume: which service, and what it needs."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from cfnlint.jsonschema import Validator

from cfn_analysis.rules.support.documents import document_texts, texts
from cfn_analysis.rules.support.lambdas import called_function
from cfn_analysis.rules.support.policies import INTERFACES, TRACES
from cfn_analysis.rules.support.references import find_resource, ids_in, sub_text
from cfn_analysis.rules.support.targets import BUCKET, FUNCTIONS, KEY, QUEUE, TOPIC, key_id
from cfn_analysis.rules.support.values import Path, branches, place, show, values
from cfn_analysis.rules.support.words import words

Actions = tuple[str, ...]
# What a value asks for: actions, and the resource of the template on which; empty if any.
Asked = tuple[Actions, str]

SECRET, TABLE, STREAM = "AWS::SecretsManager::Secret", "AWS::DynamoDB::Table", "AWS::Kinesis::Stream"
FIREHOSE, MACHINE = "AWS::KinesisFirehose::DeliveryStream", "AWS::StepFunctions::StateMachine"
FUNCTION, MAPPING = "AWS::Lambda::Function", "AWS::Lambda::EventSourceMapping"

# Type of what a service calls -> the actions on it.
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html
SENDS: dict[str, Actions] = {
    **dict.fromkeys(FUNCTIONS, ("lambda:InvokeFunction",)),
    QUEUE: ("sqs:SendMessage",),
    TOPIC: ("sns:Publish",),
    STREAM: ("kinesis:PutRecord",),
    MACHINE: ("states:StartExecution",),
    "AWS::ECS::Cluster": ("ecs:RunTask",),
    "AWS::Events::EventBus": ("events:PutEvents",),
}
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
READS: dict[str, Actions] = {
    QUEUE: ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    STREAM: ("kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream"),
    TABLE: ("dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream"),
}
READ_SECRET: dict[str, Actions] = {
    SECRET: ("secretsmanager:GetSecretValue",),
    "AWS::SSM::Parameter": ("ssm:GetParameters",),
}
WRITE_LOG = ("logs:CreateLogStream", "logs:PutLogEvents")
MONITORING = ("logs:CreateLogGroup", "logs:PutRetentionPolicy", *WRITE_LOG)
ACCOUNT = words("""
    logs:CreateLogGroup logs:CreateLogStream logs:DescribeLogGroups logs:DescribeLogStreams
    logs:PutLogEvents logs:GetLogEvents logs:FilterLogEvents
""")


class Need(NamedTuple):
    """A role that a service assumes for a resource, and what a property asks of it."""

    kind: str
    role: str
    """Path of the property with the role; ``FunctionName`` for that of the function."""
    service: str
    """The principal that assumes the role."""
    value: str = ""
    """Path of the property beside it that asks for the actions; empty if the role is sufficient."""
    actions: Any = ()
    """The actions, by the type of the target if it depends on it, or a function of the value."""
    effect: str = "the service cannot do its work"
    only: str = ""
    """The only value that asks for the actions; empty for all."""
    checked: bool = False
    """Whether the service tries the actions when the resource is created."""


def _definition(validator: Validator, value: Any) -> Iterator[Asked]:
    """Yield what the tasks of a state machine ask for."""
    for text in document_texts(validator, value) or [show(value)]:
        for sdk, service, action, sync in sorted(set(TASK.findall(text))):
            name = TASKS.get(sdk + service + ":" + action, f"{service}:{action[:1].upper()}{action[1:]}")
            if is_action(name):
                yield (name,), ""
            if sync and f"{service}:{action}" in SYNCHRONOUS:
                yield ("events:PutTargets", "events:PutRule", "events:DescribeRule"), ""
        for logical_id in re.findall(r'"Resource": ?"\$\{(\w+)(?:\.Arn)?\}"', text):
            if find_resource(validator, logical_id, *FUNCTIONS)[0]:
                yield SENDS[FUNCTION], logical_id


# https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html
TASK = re.compile(
    r"arn:(?:\$\{AWS::Partition\}|[a-z-]+):states:::(aws-sdk:)?([a-z0-9]+):([A-Za-z0-9]+)(\.sync(?::2)?)?"
)
TASKS = {
    "lambda:invoke": "lambda:InvokeFunction",
    "aws-sdk:lambda:invoke": "lambda:InvokeFunction",
    "http:invoke": "states:InvokeHTTPEndpoint",
}
# https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html
SYNCHRONOUS = ("batch:submitJob", "codebuild:startBuild", "ecs:runTask", "states:startExecution")


def _integration(_validator: Validator, integration: Any) -> Iterator[Asked]:
    """Yield what the integration of a REST API with a service asks for."""
    for text in texts(integration.get("Uri")):
        found = re.search(r":apigateway:(?:\$\{AWS::Region\}|[^:]*):([a-z0-9-]+):(path|action)/(\w*)", text)
        service, kind, name = found.groups() if found else ("", "", "")
        if kind == "path":  # the action is in the request
            sent = re.search(r"Action=(\w+)", show(integration))
            name = "InvokeFunction" if service == "lambda" else sent[1] if sent else ""
        if is_action(f"{service}:{name}"):
            yield (f"{service}:{name}",), ""


def _subtype(_validator: Validator, value: Any) -> Iterator[Asked]:
    """Yield what the integration of an HTTP API with a service asks for."""
    service, _, action = str(value).partition("-")
    name = f"{SUBTYPES.get(service, service.lower())}:{action}"
    if is_action(name):
        yield (name,), ""


SUBTYPES = {"StepFunctions": "states", "EventBridge": "events"}


@cache
def service_actions() -> Mapping[str, Any]:
    """Return the services with their actions and resources, from cfn-lint's data."""
    text = files("cfnlint.data.AdditionalSpecs").joinpath("Policies.json").read_text("utf-8")
    services: dict[str, Any] = json.loads(text)
    return services


def is_action(name: str) -> bool:
    """Return whether IAM has an action."""
    service, _, action = name.partition(":")
    return action.lower() in service_actions().get(service, {}).get("Actions", {})


def _uses(
    kind: str, role: str, service: str, effect: str, *needs: tuple[str, Any], checked: bool = False
) -> tuple[Need, ...]:
    """Return the needs of one role."""
    return tuple(
        Need(kind, role, service, value, actions, effect, checked=checked) for value, actions in needs
    )


def _trusted(service: str, *places: tuple[str, str]) -> tuple[Need, ...]:
    """Return the needs of roles of which only the service is known."""
    return tuple(Need(kind, role, service) for kind, role in places)


REFUSED, SILENT = "the service refuses the resource", "nothing is written"
API, HTTP_API = "AWS::ApiGateway", "AWS::ApiGatewayV2"
S3_WRITE = {BUCKET: ("s3:PutObject",)}
ECR = ("ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
TASKS_OF_ECS = "ecs-tasks.amazonaws.com"
CONTAINER = "ContainerDefinitions/*"

NEEDS = (
    # https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
    *_uses(
        FUNCTION,
        "Role",
        "lambda.amazonaws.com",
        "Lambda refuses the function",
        ("VpcConfig/SubnetIds/*", INTERFACES),
        ("DeadLetterConfig/TargetArn", SENDS),
        checked=True,
    ),
    Need(
        FUNCTION,
        "Role",
        "lambda.amazonaws.com",
        "TracingConfig/Mode",
        TRACES,
        "it has no traces",
        only="Active",
    ),
    # https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
    Need(FUNCTION, "Role", "lambda.amazonaws.com", "KmsKeyArn", {KEY: ("kms:Decrypt",)}, "every call fails"),
    Need(
        MAPPING,
        "FunctionName",
        "lambda.amazonaws.com",
        "EventSourceArn",
        READS,
        "Lambda refuses it",
        checked=True,
    ),
    # https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
    Need(
        "AWS::EC2::FlowLog", "DeliverLogsPermissionArn", "vpc-flow-logs.amazonaws.com", "", WRITE_LOG, SILENT
    ),
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
    Need(
        f"{API}::Account", "CloudWatchRoleArn", "apigateway.amazonaws.com", "", ACCOUNT, REFUSED, checked=True
    ),
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/integrating-api-with-aws-services-lambda.html
    Need(
        f"{API}::Method",
        "Integration/Credentials",
        "apigateway.amazonaws.com",
        "",
        _integration,
        "every request gets 500",
    ),
    Need(
        f"{HTTP_API}::Integration",
        "CredentialsArn",
        "apigateway.amazonaws.com",
        "IntegrationSubtype",
        _subtype,
        "every request gets 500",
    ),
    # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
    Need(
        "AWS::CloudTrail::Trail",
        "CloudWatchLogsRoleArn",
        "cloudtrail.amazonaws.com",
        "",
        WRITE_LOG,
        REFUSED,
        checked=True,
    ),
    # https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonRDSEnhancedMonitoringRole.html
    *(
        Need(kind, "MonitoringRoleArn", "monitoring.rds.amazonaws.com", "", MONITORING, SILENT)
        for kind in ("AWS::RDS::DBCluster", "AWS::RDS::DBInstance")
    ),
    # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy-iam-setup.html
    Need(
        "AWS::RDS::DBProxy",
        "RoleArn",
        "rds.amazonaws.com",
        "Auth",
        ("secretsmanager:GetSecretValue",),
        "no client can log in",
    ),
    Need(
        "AWS::Events::Rule", "Targets/*/RoleArn", "events.amazonaws.com", "Arn", SENDS, "every event is lost"
    ),
    # https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html
    Need(
        "AWS::Scheduler::Schedule",
        "Target/RoleArn",
        "scheduler.amazonaws.com",
        "Arn",
        SENDS,
        "nothing starts",
    ),
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html
    *_uses(
        "AWS::Pipes::Pipe",
        "RoleArn",
        "pipes.amazonaws.com",
        "no event arrives",
        ("Source", READS),
        ("Target", SENDS),
        ("Enrichment", SENDS),
        checked=True,
    ),
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
    Need(
        "AWS::Logs::SubscriptionFilter",
        "RoleArn",
        "logs.amazonaws.com",
        "DestinationArn",
        {STREAM: ("kinesis:PutRecord",), FIREHOSE: ("firehose:PutRecord",)},
        REFUSED,
        checked=True,
    ),
    Need(MACHINE, "RoleArn", "states.amazonaws.com", "DefinitionString", _definition, "the task fails"),
    Need(MACHINE, "RoleArn", "states.amazonaws.com", "Definition", _definition, "the task fails"),
    # https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
    Need(
        MACHINE,
        "RoleArn",
        "states.amazonaws.com",
        "LoggingConfiguration/Destinations/*",
        ("logs:CreateLogDelivery",),
        REFUSED,
        checked=True,
    ),
    # https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html
    *(
        Need(
            FIREHOSE,
            f"{name}/RoleARN",
            "firehose.amazonaws.com",
            "BucketARN",
            S3_WRITE,
            "nothing is delivered",
        )
        for name in ("ExtendedS3DestinationConfiguration", "S3DestinationConfiguration")
    ),
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
    *_uses(
        "AWS::ECS::TaskDefinition",
        "ExecutionRoleArn",
        TASKS_OF_ECS,
        "no task starts",
        (f"{CONTAINER}/Secrets/*/ValueFrom", READ_SECRET),
        (f"{CONTAINER}/Image", {"AWS::ECR::Repository": ECR}),
    ),
    Need(
        "AWS::ECS::TaskDefinition",
        "ExecutionRoleArn",
        TASKS_OF_ECS,
        f"{CONTAINER}/LogConfiguration/LogDriver",
        WRITE_LOG,
        "no task starts",
        "awslogs",
    ),
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
    Need(
        BUCKET,
        "ReplicationConfiguration/Role",
        "s3.amazonaws.com",
        "",
        ("s3:GetReplicationConfiguration", "s3:ReplicateObject"),
        "nothing is replicated",
    ),
    # https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-settings-mfa-sms-text-message.html
    Need(
        "AWS::Cognito::UserPool",
        "SmsConfiguration/SnsCallerArn",
        "cognito-idp.amazonaws.com",
        "",
        ("sns:Publish",),
        "no message is sent",
    ),
    # https://docs.aws.amazon.com/appsync/latest/devguide/tutorial-lambda-resolvers.html
    Need(
        "AWS::AppSync::DataSource",
        "ServiceRoleArn",
        "appsync.amazonaws.com",
        "LambdaConfig/LambdaFunctionArn",
        SENDS,
        "every request fails",
    ),
    # https://docs.aws.amazon.com/autoscaling/ec2/userguide/prepare-for-lifecycle-notifications.html
    Need(
        "AWS::AutoScaling::LifecycleHook",
        "RoleARN",
        "autoscaling.amazonaws.com",
        "NotificationTargetARN",
        SENDS,
        REFUSED,
        checked=True,
    ),
    *_trusted("backup.amazonaws.com", ("AWS::Backup::BackupSelection", "BackupSelection/IamRoleArn")),
    *_trusted("codebuild.amazonaws.com", ("AWS::CodeBuild::Project", "ServiceRole")),
    *_trusted("codedeploy.amazonaws.com", ("AWS::CodeDeploy::DeploymentGroup", "ServiceRoleArn")),
    *_trusted("codepipeline.amazonaws.com", ("AWS::CodePipeline::Pipeline", "RoleArn")),
    *_trusted("config.amazonaws.com", ("AWS::Config::ConfigurationRecorder", "RoleARN")),
    *_trusted(TASKS_OF_ECS, ("AWS::ECS::TaskDefinition", "TaskRoleArn")),
    *_trusted("eks.amazonaws.com", ("AWS::EKS::Cluster", "RoleArn")),
    *_trusted(
        "ec2.amazonaws.com", ("AWS::EKS::Nodegroup", "NodeRole"), ("AWS::IAM::InstanceProfile", "Roles/*")
    ),
    *_trusted("glue.amazonaws.com", ("AWS::Glue::Crawler", "Role"), ("AWS::Glue::Job", "Role")),
    *_trusted("bedrock.amazonaws.com", ("AWS::Bedrock::Agent", "AgentResourceRoleArn")),
    *_trusted(
        "transfer.amazonaws.com", ("AWS::Transfer::Server", "LoggingRole"), ("AWS::Transfer::User", "Role")
    ),
)


def asked(
    validator: Validator, resources: Any, need: Need, properties: Any
) -> Iterator[tuple[Path, Any, Asked, Validator]]:
    """Yield place and value of a role, and what it must allow, for each case."""
    *above, last = need.role.split("/")
    if need.role == "Roles/*":
        above, last = ["Roles"], "*"
    if above and above[0] not in properties:
        return
    for parent, where in branches(validator, properties, *above):
        for role, case in branches(where, parent, last) if isinstance(parent, dict | list) else ():
            if role is None:
                continue
            holder = role
            if need.kind == MAPPING:
                function = find_resource(case, called_function(case, role)[0], FUNCTION)[1]
                holder = function.get("Role")
            for actions, there in _asked(case, resources, need, parent):
                yield place(case, validator), holder, actions, there


def _asked(case: Validator, resources: Any, need: Need, parent: Any) -> Iterator[tuple[Asked, Validator]]:
    if not need.value:
        found = need.actions(case, parent) if callable(need.actions) else [(need.actions, "")]
        yield from ((actions, case) for actions in found)
        return
    steps = need.value.split("/")
    if not isinstance(parent, dict) or steps[0] not in parent:
        return
    seen: list[Any] = []
    for value, where in branches(case, parent, *steps):
        if value is None or (value, where.context.conditions.status) in seen:
            continue
        seen.append((value, where.context.conditions.status))
        if isinstance(need.actions, dict):
            named = ids_in(sub_text(value) or "") if KEY not in need.actions else [key_id(resources, value)]
            kinds = ((name, resources.get(name, {}).get("Type")) for name in named)
            yield from (((need.actions[kind], name), where) for name, kind in kinds if kind in need.actions)
        elif callable(need.actions):
            yield from ((found, where) for found in need.actions(where, value))
        elif not need.only or any(known == need.only for known, _ in values(where, value)):
            yield (need.actions, ""), where
