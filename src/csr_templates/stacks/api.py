"""The API stack: a Lambda function behind an API Gateway REST API, with its alarms and dashboard."""

import json
from collections.abc import Collection
from functools import partial
from typing import NamedTuple

import awacs.cloudwatch
import awacs.ec2
import awacs.kms
import awacs.logs
import awacs.rds_db
import awacs.secretsmanager
import awacs.sqs
import awacs.sts
import awacs.xray
from awacs import aws
from troposphere import (
    Equals,
    If,
    Not,
    NoValue,
    Output,
    Parameter,
    PropsDictType,
    Retain,
    RetainExceptOnCreate,
    Sub,
    apigateway,
    awslambda,
    cloudwatch,
    iam,
    kms,
    logs,
    secretsmanager,
    sqs,
)

from cfn_analysis.model import api_keys
from csr_templates.stacks import contract, fingerprint
from csr_templates.stacks.dashboards.api import overview
from csr_templates.stacks.parts import alarms, dashboards, keys, log_groups, names, policies, roles, topics
from csr_templates.stacks.parts.parameters import (
    environment,
    log_retention,
    permissions_boundary,
    project_name,
    runbook_url,
    switch,
)
from csr_templates.stacks.parts.template import StackTemplate


def build(stacks: Collection[str] = contract.STACK_NAMES) -> StackTemplate:
    """Return the API stack; the calls below are its table of contents.

    ``stacks`` are the names of the stacks of the system. Without the frontend stack, other clients call the
    API, with the same key.
    """
    callers = CLOUDFRONT if contract.FRONTEND in stacks else CLIENTS
    t = StackTemplate(
        "REST API on Lambda, with its logs, API key, alarms and dashboard",
        derive=partial(derive, stacks=stacks),
    )
    parameters = add_parameters(t, callers)
    declare_origin_keys(t)
    add_rules(t, parameters)
    conditions = add_conditions(t, parameters)
    key = add_key(t)
    queue = add_dead_letter_queue(t)
    function_logs = add_function_logs(t, parameters)
    role = add_execution_role(t, parameters, conditions, function_logs, key, queue)
    backend = add_function(t, parameters, conditions, role, function_logs, key, queue)
    api = add_api(t, callers)
    add_methods(t, api, backend.alias)
    add_gateway_responses(t, api)
    api_logs = add_api_logs(t, parameters, api)
    account = add_account(t, parameters, conditions)
    deployment = add_deployment(t, api)
    stage = add_stage(t, conditions, api, deployment, api_logs, account)
    add_permission(t, api, backend.alias)
    plan = add_usage_plan(t, conditions, api, stage, callers)
    add_metric_filters(t, function_logs, api_logs.access)
    add_queries(t, api_logs.access, function_logs)
    alarm_topics = add_alarm_topics(t)
    add_alarms(t, backend.function, api, stage, api_logs.access, queue, alarm_topics, callers)
    add_outputs(t, key, backend, api, stage, plan, alarm_topics, callers)
    add_dashboard(t)
    return t


class Callers(NamedTuple):
    """Who calls the API.

    Attributes:
        sender: who sends the origin key, in texts.
        origin_keys: the sentence about the value of the parameter ``OriginKeys``.
        api: what the API is.
        url: what its URL is.
        third_party: what shows that the alarm on failures is about other callers.
        limits: what limits the callers.
        regions: the regions in which the origin keys are read.
    """

    sender: str
    origin_keys: str
    api: str
    url: str
    third_party: str
    limits: str
    regions: tuple[str, ...]


CLOUDFRONT = Callers(
    sender="CloudFront",
    origin_keys=(
        "Must include the key that CloudFront sends, which is OriginKey of the deployed frontend stack."
    ),
    api="API of the site, called through CloudFront",
    url="URL of the API without CloudFront; requests need the header x-api-key",
    third_party=(
        "The frontend dashboard. If it shows no errors, there are no visitors, and a third party calls the "
        "API directly without the key."
    ),
    limits="The web ACL's rate limits, on the frontend dashboard.",
    regions=(contract.FRONTEND_REGION,),
)
CLIENTS = Callers(
    sender="a client",
    origin_keys="Must include the key that the clients send.",
    api="API, called by clients with an API key",
    url="URL of the API; requests need the header x-api-key",
    third_party="The access log. If no request has the key, a third party calls the API.",
    limits="The throttle of the usage plan.",
    regions=(),
)


class Parameters(NamedTuple):
    """The parameters of the environment and the per-deploy parameters."""

    environment: Parameter
    memory_size: Parameter
    provisioned_concurrency: Parameter
    reserved_concurrency: Parameter
    code_key: Parameter
    code_object_version: Parameter
    cache_enabled: Parameter
    manage_account: Parameter
    origin_keys: Parameter
    log_retention: Parameter
    permissions_boundary: Parameter


ACCEPTED_KEYS = {"a": ("a",), "b": ("b",), "both": ("a", "b")}  # value of OriginKeys -> keys


def add_parameters(t: StackTemplate, callers: Callers) -> Parameters:
    """Add the parameters, each with its label and group in the console."""
    # The group of the package is first, although its parameters are added later.
    t.parameter_groups("Environment", "Code")
    t.add_parameter(project_name(), label="Project", group="Environment")
    environment_name = t.add_parameter(environment(), label="Environment", group="Environment")
    t.add_parameter(runbook_url(), label="On-call page", group="Environment")
    return Parameters(
        environment=environment_name,
        memory_size=t.add_parameter(
            Parameter(
                "LambdaMemorySize",
                Type="Number",
                Default=1024,
                MinValue=128,
                MaxValue=10240,
                Description="Memory of the function in MB. Lambda allocates CPU in proportion to the memory.",
                ConstraintDescription="must be a whole number from 128 to 10240",
            ),
            label="Memory",
            group="Function",
        ),
        provisioned_concurrency=t.add_parameter(
            Parameter(
                "LambdaProvisionedConcurrency",
                Type="Number",
                Default=10,
                MinValue=0,
                Description=(
                    "Number of execution environments that are kept initialized, as part of the reserved "
                    "concurrency. 0 for none."
                ),
                ConstraintDescription="must be a whole number, 0 or more",
            ),
            label="Provisioned concurrency",
            group="Function",
        ),
        reserved_concurrency=t.add_parameter(
            Parameter(
                "LambdaReservedConcurrency",
                Type="Number",
                Default=180,
                MinValue=0,
                Description=(
                    "Maximum concurrent executions, each with a connection to the database. 0 reserves none."
                ),
                ConstraintDescription="must be a whole number, 0 or more",
            ),
            label="Reserved concurrency",
            group="Function",
        ),
        code_key=t.add_parameter(
            Parameter(
                "LambdaCodeS3Key",
                Type="String",
                Default="lambda-deployment-package.zip",
                # No space, because the release of the function separates values with spaces.
                AllowedPattern="[A-Za-z0-9!_.*'()/-]+",
                MaxLength=96,
                Description="S3 key of the deployment package in the bucket for Lambda packages.",
                ConstraintDescription=(
                    "must be 1 to 96 characters long and contain only letters, digits and the characters "
                    "! _ . * ' ( ) / -"
                ),
            ),
            label="Key of the package",
            group="Code",
        ),
        code_object_version=t.add_parameter(
            Parameter(
                "LambdaCodeS3ObjectVersion",
                Type="String",
                Default="",
                AllowedPattern="[A-Za-z0-9._/+=-]*",
                MaxLength=96,
                Description=(
                    "S3 version ID of the deployment package. Required, because CloudFormation deploys a "
                    "package with the same key only if this value changes."
                ),
                ConstraintDescription="must be an S3 version ID",
            ),
            label="Version ID of the package",
            group="Code",
        ),
        cache_enabled=t.add_parameter(
            switch(
                "ApiCacheEnabled",
                Default="true",
                Description="Cache the responses to GET requests. The cache is billed by the hour.",
            ),
            label="Cache",
            group="API Gateway",
        ),
        manage_account=t.add_parameter(
            switch(
                "ManageApiGatewayAccount",
                Default="true",
                Description=(
                    "Set the role that all APIs of the account use to write logs. "
                    "If false, the account must already have one."
                ),
            ),
            label="Set the account's logging role",
            group="API Gateway",
        ),
        origin_keys=t.add_parameter(
            Parameter(
                "OriginKeys",
                Type="String",
                Default="a",
                AllowedValues=list(ACCEPTED_KEYS),
                Description=(f"API keys that the API accepts. {callers.origin_keys}"),
                ConstraintDescription="must be a, b or both",
            ),
            label="Accepted origin keys",
            group="API Gateway",
        ),
        log_retention=t.add_parameter(log_retention(), label="Log retention (days)", group="Logs"),
        permissions_boundary=t.add_parameter(
            permissions_boundary(), label="Permissions boundary", group="Roles"
        ),
    )


def declare_origin_keys(t: StackTemplate) -> None:
    """Declare the keys that the API accepts, for the checks that compare the stacks."""
    t.metadata[api_keys.SECTION] = contract.origin_key_metadata("Accepts", "OriginKeys", ACCEPTED_KEYS)


def add_rules(t: StackTemplate, parameters: Parameters) -> None:
    """Add the rule about the version of the package."""
    t.add_rule(
        "ObjectVersion",
        {
            "Assertions": [
                {
                    "Assert": Not(Equals(parameters.code_object_version.Ref(), "")),
                    "AssertDescription": (
                        "LambdaCodeS3ObjectVersion is required. Without it, CloudFormation does not detect a "
                        "new package with the same key."
                    ),
                }
            ],
        },
    )


class Conditions(NamedTuple):
    """The conditions on the parameters."""

    has_object_version: str
    has_provisioned_concurrency: str
    has_reserved_concurrency: str
    caches_requests: str
    manages_account: str
    accepts_origin_key_a: str
    accepts_origin_key_b: str
    has_permissions_boundary: str


def add_conditions(t: StackTemplate, parameters: Parameters) -> Conditions:
    """Add the conditions."""
    return Conditions(
        t.add_condition("HasObjectVersion", Not(Equals(parameters.code_object_version.Ref(), ""))),
        t.add_condition(
            "HasProvisionedConcurrency", Not(Equals(parameters.provisioned_concurrency.Ref(), "0"))
        ),
        t.add_condition("HasReservedConcurrency", Not(Equals(parameters.reserved_concurrency.Ref(), "0"))),
        t.add_condition("CachesRequests", Equals(parameters.cache_enabled.Ref(), "true")),
        t.add_condition("ManagesAccount", Equals(parameters.manage_account.Ref(), "true")),
        t.add_condition("AcceptsOriginKeyA", Not(Equals(parameters.origin_keys.Ref(), "b"))),
        t.add_condition("AcceptsOriginKeyB", Not(Equals(parameters.origin_keys.Ref(), "a"))),
        t.add_condition("HasPermissionsBoundary", Not(Equals(parameters.permissions_boundary.Ref(), ""))),
    )


def add_key(t: StackTemplate) -> kms.Key:
    """Add the key of the function's environment variables. Lambda uses it with the caller's permissions."""
    t.section("Key")
    return t.add_resource(
        keys.key("FunctionKey", "function-key", "Encrypts the environment variables of the function")
    )


def add_dead_letter_queue(t: StackTemplate) -> sqs.Queue:
    """Add the dead-letter queue of the function.

    Lambda sends failed asynchronous events to it. API Gateway invokes the function synchronously, so the
    events in this queue are from other callers.
    """
    t.section("Dead-letter queue")
    queue = t.add_resource(
        sqs.Queue(
            "DeadLetterQueue",
            DeletionPolicy=RetainExceptOnCreate,
            UpdateReplacePolicy=Retain,
            KmsMasterKeyId="alias/aws/sqs",
            MessageRetentionPeriod=1209600,  # seconds: 14 days, the longest
            Tags=names.tags("dead-letter-queue"),
        )
    )
    t.add_resource(
        sqs.QueuePolicy(
            "DeadLetterQueuePolicy",
            Queues=[queue.Ref()],
            PolicyDocument=policies.document(policies.deny_without_tls("sqs", [queue.GetAtt("Arn")])),
        )
    )
    return queue


def add_function_logs(t: StackTemplate, parameters: Parameters) -> logs.LogGroup:
    """Add the log group before the function: Lambda would create a log group without retention."""
    t.section("Log group of the function")
    return t.add_resource(
        log_groups.log_group(
            "FunctionLogGroup",
            LogGroupName=Sub(f"/aws/lambda/{names.PREFIX}-api"),
            KmsKeyId=contract.import_value(contract.LOGS_KEY_ARN),
            RetentionInDays=parameters.log_retention.Ref(),
        )
    )


METRICS = "CSR-Lambda-API"  # namespace of the metrics of the application and of its log


def add_execution_role(
    t: StackTemplate,
    parameters: Parameters,
    conditions: Conditions,
    function_logs: logs.LogGroup,
    key: kms.Key,
    queue: sqs.Queue,
) -> iam.Role:
    """Add the role of the function: its own log, secret, database user, keys, queue, traces and metrics.

    A resource is "*" only if the action does not support resources. AttachToVpc is the exception.
    """
    t.section("Execution role")
    secret = contract.import_value(contract.DATABASE_SECRET_ARN)
    network_interfaces = [
        awacs.ec2.AssignPrivateIpAddresses,
        awacs.ec2.CreateNetworkInterface,
        awacs.ec2.DeleteNetworkInterface,
        awacs.ec2.DescribeNetworkInterfaces,
        awacs.ec2.DescribeSubnets,
        awacs.ec2.UnassignPrivateIpAddresses,
    ]
    return t.add_resource(
        roles.service_role(
            "ExecutionRole",
            "execution-role",
            Description="Execution role of the API function",
            service="lambda.amazonaws.com",
            PermissionsBoundary=If(
                conditions.has_permissions_boundary, parameters.permissions_boundary.Ref(), NoValue
            ),
            policy=iam.Policy(
                PolicyName="Function",
                PolicyDocument=policies.document(
                    aws.Statement(
                        Sid="WriteLog",  # not CreateLogGroup: it would omit encryption
                        Effect=aws.Allow,
                        Action=[awacs.logs.CreateLogStream, awacs.logs.PutLogEvents],
                        Resource=[function_logs.GetAtt("Arn")],  # ends in ":*", the streams of the group
                    ),
                    aws.Statement(
                        Sid="ReadDatabaseSecret",
                        Effect=aws.Allow,
                        Action=[awacs.secretsmanager.GetSecretValue],
                        Resource=[secret],
                    ),
                    aws.Statement(
                        Sid="DecryptDatabaseSecret",  # with the caller's permissions
                        Effect=aws.Allow,
                        Action=[awacs.kms.Decrypt],
                        Resource=[contract.import_value(contract.DATABASE_KEY_ARN)],
                        Condition=aws.Condition(
                            aws.StringEquals(
                                {
                                    "kms:ViaService": Sub("secretsmanager.${AWS::Region}.amazonaws.com"),
                                    "kms:EncryptionContext:SecretARN": secret,
                                }
                            )
                        ),
                    ),
                    aws.Statement(
                        # One database user in any cluster, because a restored cluster has a new resource ID.
                        # An operator creates the user (docs/changes.md).
                        # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html
                        Sid="LogInWithoutPassword",
                        Effect=aws.Allow,
                        Action=[awacs.rds_db.Action("connect")],
                        Resource=[
                            Sub(
                                "arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:"
                                "cluster-*/csr_app_${Environment}"
                            )
                        ],
                    ),
                    aws.Statement(
                        Sid="DecryptEnvironment",
                        Effect=aws.Allow,
                        Action=[awacs.kms.Decrypt],
                        Resource=[key.GetAtt("Arn")],
                    ),
                    aws.Statement(
                        Sid="SendDeadLetters",
                        Effect=aws.Allow,
                        Action=[awacs.sqs.SendMessage],
                        Resource=[queue.GetAtt("Arn")],
                    ),
                    aws.Statement(
                        Sid="SendTraces",
                        Effect=aws.Allow,
                        Action=[awacs.xray.PutTelemetryRecords, awacs.xray.PutTraceSegments],
                        Resource=["*"],
                    ),
                    aws.Statement(
                        Sid="SendMetrics",
                        Effect=aws.Allow,
                        Action=[awacs.cloudwatch.PutMetricData],
                        Resource=["*"],
                        Condition=aws.Condition(aws.StringEquals("cloudwatch:namespace", METRICS)),
                    ),
                    aws.Statement(
                        # Most of these actions support ARNs. But Lambda checks the role before it accepts the
                        # function, and has refused roles with resources. The AWS managed policy has "*" too,
                        # and the Deny below prevents the code of the function from using these permissions.
                        # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
                        # https://github.com/hashicorp/terraform-provider-aws/issues/20698
                        Sid="AttachToVpc",
                        Effect=aws.Allow,
                        Action=network_interfaces,
                        Resource=["*"],
                    ),
                    aws.Statement(
                        # Lambda itself attaches the function. Only requests of code that runs in a function
                        # carry the function's ARN.
                        # https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
                        Sid="KeepCodeFromTheVpc",
                        Effect=aws.Deny,
                        Action=[*network_interfaces, awacs.ec2.DetachNetworkInterface],
                        Resource=["*"],
                        Condition=aws.Condition(aws.Null("lambda:SourceFunctionArn", "false")),
                    ),
                ),
            ),
        )
    )


class FunctionLogging(awslambda.LoggingConfig):
    """The LoggingConfig of the function with LogFormat, which troposphere 4.11 has only for other types."""

    props: PropsDictType = awslambda.LoggingConfig.props | {"LogFormat": (str, False)}


class Backend(NamedTuple):
    """The function, and the alias that the API calls."""

    function: awslambda.Function
    alias: awslambda.Alias


def add_function(
    t: StackTemplate,
    parameters: Parameters,
    conditions: Conditions,
    role: iam.Role,
    function_logs: logs.LogGroup,
    key: kms.Key,
    queue: sqs.Queue,
) -> Backend:
    """Add the function, the current version, and the alias of this version."""
    t.section("Function")
    function = t.add_resource(
        awslambda.Function(
            "ApiFunction",
            FunctionName=names.name("api"),
            Description="Handles the requests to the API",
            Runtime="python3.13",
            Handler="lambda_handler.handler",
            Architectures=["x86_64"],  # a package with compiled parts is built for one of them
            Code=awslambda.Code(
                S3Bucket=contract.import_value(contract.LAMBDA_DEPLOYMENTS_BUCKET_NAME),
                S3Key=parameters.code_key.Ref(),
                S3ObjectVersion=If(
                    conditions.has_object_version, parameters.code_object_version.Ref(), NoValue
                ),
            ),
            MemorySize=parameters.memory_size.Ref(),
            Timeout=28,  # seconds; below API Gateway's timeout, so that the log shows it
            Role=role.GetAtt("Arn"),
            KmsKeyArn=key.GetAtt("Arn"),
            VpcConfig=awslambda.VPCConfig(
                SubnetIds=[
                    contract.import_value(contract.PRIVATE_SUBNET_1_ID),
                    contract.import_value(contract.PRIVATE_SUBNET_2_ID),
                ],
                SecurityGroupIds=[contract.import_value(contract.LAMBDA_SECURITY_GROUP_ID)],
            ),
            Environment=awslambda.Environment(
                Variables={
                    "ENVIRONMENT": parameters.environment.Ref(),
                    "DATABASE_HOST": contract.import_value(contract.DATABASE_CLUSTER_ENDPOINT),
                    "DATABASE_READ_HOST": contract.import_value(contract.DATABASE_CLUSTER_READ_ENDPOINT),
                    "DATABASE_PORT": contract.import_value(contract.DATABASE_PORT),
                    "DATABASE_NAME": contract.import_value(contract.DATABASE_NAME),
                    "DATABASE_SECRET_ARN": contract.import_value(contract.DATABASE_SECRET_ARN),
                    "CONNECTION_POOL_SIZE": "1",  # an execution environment serves one request at a time
                    "LOG_LEVEL": "INFO",
                    # derive() adds RELEASE.
                }
            ),
            ReservedConcurrentExecutions=If(
                conditions.has_reserved_concurrency, parameters.reserved_concurrency.Ref(), NoValue
            ),
            DeadLetterConfig=awslambda.DeadLetterConfig(TargetArn=queue.GetAtt("Arn")),
            TracingConfig=awslambda.TracingConfig(Mode="Active"),
            LoggingConfig=FunctionLogging(
                LogGroup=function_logs.Ref(),
                LogFormat="JSON",
                ApplicationLogLevel="INFO",  # drops lower levels, independent of LOG_LEVEL
                SystemLogLevel="INFO",
            ),
            Tags=names.tags(),
        )
    )
    version = t.add_resource(
        awslambda.Version(
            "ApiFunctionVersion",
            DeletionPolicy=RetainExceptOnCreate,
            UpdateReplacePolicy=Retain,  # for rollbacks to an earlier release
            FunctionName=function.Ref(),
            # derive() adds the Description, which is the release.
        )
    )
    alias = t.add_resource(
        awslambda.Alias(
            "ApiFunctionAlias",
            Name=parameters.environment.Ref(),
            FunctionName=function.Ref(),
            FunctionVersion=version.GetAtt("Version"),
            ProvisionedConcurrencyConfig=If(
                conditions.has_provisioned_concurrency,
                awslambda.ProvisionedConcurrencyConfiguration(
                    ProvisionedConcurrentExecutions=parameters.provisioned_concurrency.Ref()
                ),
                NoValue,
            ),
        )
    )
    return Backend(function, alias)


def add_api(t: StackTemplate, callers: Callers) -> apigateway.RestApi:
    """Add the API, which only callers with an API key can call."""
    t.section("REST API")
    return t.add_resource(
        apigateway.RestApi(
            "RestApi",
            Name=names.name("api"),
            Description=callers.api,
            ApiKeySourceType="HEADER",
            EndpointConfiguration=apigateway.EndpointConfiguration(Types=["REGIONAL"]),
            # The default accepts TLS 1.0. AWS recommends BASIC first, and STRICT once the access log
            # shows that all requests arrive. A change of either takes about 15 minutes and a deployment.
            # https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies.html
            SecurityPolicy="SecurityPolicy_TLS13_1_2_2021_06",  # TLS 1.2 and 1.3
            EndpointAccessMode="BASIC",
            Tags=names.tags(),
        )
    )


def add_methods(t: StackTemplate, api: apigateway.RestApi, alias: awslambda.Alias) -> None:
    """Add the methods: all requests go to the function, and GET below the root can be cached.

    The cache stores errors and cookies, ignores Cache-Control, and distinguishes only named query strings. So
    CloudFront sends one header that represents everything that the response depends on, and that is unique
    for responses that must not be shared. Requests without it are rejected, because they would all share one
    response.
    """
    t.section("Methods")
    integration = partial(
        apigateway.Integration,
        Type="AWS_PROXY",
        IntegrationHttpMethod="POST",
        Uri=Sub(
            "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Alias}/invocations",
            Alias=alias.Ref(),
        ),
        TimeoutInMillis=29000,
    )
    method = partial(apigateway.Method, RestApiId=api.Ref(), AuthorizationType="NONE", ApiKeyRequired=True)
    validator = t.add_resource(
        apigateway.RequestValidator(
            "ParametersValidator",
            RestApiId=api.Ref(),
            ValidateRequestParameters=True,
            ValidateRequestBody=False,
        )
    )
    t.add_resource(
        method(
            "RootAnyMethod",
            ResourceId=api.GetAtt("RootResourceId"),
            HttpMethod="ANY",
            Integration=integration(),
        )
    )
    proxy = t.add_resource(
        apigateway.Resource(
            "ProxyResource", RestApiId=api.Ref(), ParentId=api.GetAtt("RootResourceId"), PathPart="{proxy+}"
        )
    )
    t.add_resource(
        method(
            "ProxyAnyMethod",
            ResourceId=proxy.Ref(),
            HttpMethod="ANY",
            Integration=integration(),
        )
    )
    cache_key = {  # request parameter -> whether it is required
        "method.request.path.proxy": True,
        f"method.request.header.{contract.CACHE_KEY_HEADER}": True,
        "method.request.header.Authorization": False,
        "method.request.header.Cookie": False,
    }
    t.add_resource(
        method(
            "ProxyGetMethod",
            ResourceId=proxy.Ref(),
            HttpMethod="GET",
            RequestParameters=cache_key,
            RequestValidatorId=validator.Ref(),
            Integration=integration(CacheKeyParameters=list(cache_key)),
        )
    )


def add_gateway_responses(t: StackTemplate, api: apigateway.RestApi) -> None:
    """Add the responses of API Gateway itself: a sentence, and the request ID to find in the logs."""
    t.section("Gateway responses")
    response = partial(gateway_response, RestApiId=api.Ref())
    t.add_resource(response("RefusedResponse", "DEFAULT_4XX", "The request was refused."))
    t.add_resource(response("FailedResponse", "DEFAULT_5XX", "The request failed."))
    t.add_resource(
        response(
            "MissingParameterResponse",
            "BAD_REQUEST_PARAMETERS",
            "Use the address of the site. A direct GET needs the header "
            f"{contract.CACHE_KEY_HEADER} with a unique value.",
        )
    )


def gateway_response(
    title: str, ResponseType: str, message: str, RestApiId: names.Value
) -> apigateway.GatewayResponse:
    """Return a response with the message and the ID of the request."""
    return apigateway.GatewayResponse(
        title,
        RestApiId=RestApiId,
        ResponseType=ResponseType,
        ResponseTemplates={
            "application/json": json.dumps({"message": message, "requestId": "$context.requestId"})
        },
    )


class ApiLogs(NamedTuple):
    """The log groups of API Gateway."""

    access: logs.LogGroup
    execution: logs.LogGroup


def add_api_logs(t: StackTemplate, parameters: Parameters, api: apigateway.RestApi) -> ApiLogs:
    """Add the log groups before the stage: API Gateway would create a log group without retention."""
    t.section("Log groups of the API")
    access = t.add_resource(
        log_groups.log_group(
            "AccessLogGroup",
            LogGroupName=Sub(f"/aws/apigateway/{names.PREFIX}-api-access"),
            KmsKeyId=contract.import_value(contract.LOGS_KEY_ARN),
            RetentionInDays=parameters.log_retention.Ref(),
        )
    )
    execution = t.add_resource(
        log_groups.log_group(
            "ExecutionLogGroup",
            LogGroupName=Sub(f"API-Gateway-Execution-Logs_${{Api}}/{contract.API_STAGE}", Api=api.Ref()),
            KmsKeyId=contract.import_value(contract.LOGS_KEY_ARN),
            RetentionInDays=parameters.log_retention.Ref(),
        )
    )
    return ApiLogs(access, execution)


def add_account(t: StackTemplate, parameters: Parameters, conditions: Conditions) -> apigateway.Account:
    """Add the CloudWatch log role of API Gateway, and the account setting with this role.

    Every API of the account and region logs with this role, so it is retained when the stack is deleted, and
    only one stack of the account sets it. Both are also retained if their creation fails: a rollback does not
    restore the former setting of the account, so without the role no API could log.
    https://github.com/aws/aws-cdk/issues/10878
    """
    t.section("Logging role of the account")
    role = t.add_resource(
        iam.Role(
            "ApiGatewayLoggingRole",
            Condition=conditions.manages_account,
            DeletionPolicy=Retain,
            UpdateReplacePolicy=Retain,
            Description="Allows API Gateway to write the logs of all APIs of the account",
            AssumeRolePolicyDocument=policies.document(
                aws.Statement(
                    # Without aws:SourceAccount: API Gateway has been seen to assume roles without sending it.
                    # The role can only write logs.
                    # https://github.com/aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws/pull/479
                    Effect=aws.Allow,
                    Principal=aws.Principal("Service", "apigateway.amazonaws.com"),
                    Action=[awacs.sts.AssumeRole],
                )
            ),
            ManagedPolicyArns=[
                # API Gateway refuses a role with fewer permissions.
                Sub("arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs")
            ],
            PermissionsBoundary=If(
                conditions.has_permissions_boundary, parameters.permissions_boundary.Ref(), NoValue
            ),
            Tags=names.tags("api-gateway-logging-role"),
        )
    )
    return t.add_resource(
        apigateway.Account(
            "ApiGatewayAccount",
            Condition=conditions.manages_account,
            DeletionPolicy=Retain,
            UpdateReplacePolicy=Retain,
            CloudWatchRoleArn=role.GetAtt("Arn"),
        )
    )


def add_deployment(t: StackTemplate, api: apigateway.RestApi) -> apigateway.Deployment:
    """Add the deployment."""
    t.section("Deployment and stage")
    return t.add_resource(
        apigateway.Deployment(
            "ApiDeployment",  # derive() adds a hash of the API's definition, and what it depends on
            RestApiId=api.Ref(),
            # A removed method still exists when the next deployment is created. Increase the edition
            # afterwards, to deploy the API without it.
            Description="Edition 1",
        )
    )


def add_stage(
    t: StackTemplate,
    conditions: Conditions,
    api: apigateway.RestApi,
    deployment: apigateway.Deployment,
    api_logs: ApiLogs,
    account: apigateway.Account,
) -> apigateway.Stage:
    """Add the stage: logs, traces, metrics, throttling, and the cache only for GET.

    The throttle of the stage is for all callers together. It may be that requests without the key also use it
    (not documented, docs/trial.md). With the numbers of the usage plan, one such caller could then get 429
    for all visitors. The usage plan limits the site: its key may send 500 requests per second. So the stage
    accepts six times as many. It is not higher because all APIs of the account share 10,000 requests per
    second with bursts of 5,000: three environments in one account use at most 9,000 and 4,500 of them.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
    """
    # Settings of one method replace those of all methods, so they are repeated.
    method_setting = partial(
        apigateway.MethodSetting,
        LoggingLevel="INFO",
        DataTraceEnabled=False,  # would log headers and bodies
        MetricsEnabled=True,
        ThrottlingRateLimit=3000,  # requests per second
        ThrottlingBurstLimit=1500,  # requests
        CacheDataEncrypted=True,  # also for methods that are not cached
    )
    return t.add_resource(
        apigateway.Stage(
            "ApiStage",
            DependsOn=api_logs.execution,
            RestApiId=api.Ref(),
            DeploymentId=deployment.Ref(),  # derive() follows the new logical ID
            StageName=contract.API_STAGE,
            # Logging needs the account's role first. DependsOn is not possible on a conditional resource.
            Description=If(
                conditions.manages_account,
                Sub("Logs with the role of ${Account}", Account=account.Ref()),
                "Logs with the role that the account has",
            ),
            TracingEnabled=True,
            CacheClusterEnabled=If(conditions.caches_requests, True, False),
            CacheClusterSize=If(conditions.caches_requests, "0.5", NoValue),  # GB
            MethodSettings=[
                method_setting(ResourcePath="/*", HttpMethod="*", CachingEnabled=False),
                method_setting(
                    ResourcePath="/~1{proxy+}",  # "/{proxy+}", its slash written as "~1"
                    HttpMethod="GET",
                    CachingEnabled=If(conditions.caches_requests, True, False),
                    CacheTtlInSeconds=300,
                ),
            ],
            AccessLogSetting=apigateway.AccessLogSetting(
                DestinationArn=api_logs.access.GetAtt("Arn"),
                # Only values in which the caller cannot put a quotation mark. It is not documented whether
                # API Gateway escapes it (not in 2022, some values in 2024), and metric filters skip a record
                # that is not JSON. The path and the errors of the integration are in the execution log. For
                # cached responses, the integration latency is "-".
                # https://github.com/DataBiosphere/azul/issues/4348
                Format=json.dumps(
                    {
                        "requestId": "$context.requestId",  # a caller can choose it, but only as a UUID
                        "extendedRequestId": "$context.extendedRequestId",  # the viewer's x-amz-apigw-id
                        "peer": "$context.identity.sourceIp",  # CloudFront; the viewer's is in its own log
                        "method": "$context.httpMethod",  # a token, which has no quotation marks (RFC 9110)
                        "resource": "$context.resourcePath",
                        "status": "$context.status",
                        "latency": "$context.responseLatency",
                        "integrationLatency": "$context.integration.latency",
                        "integrationStatus": "$context.integration.status",
                        "errorType": "$context.error.responseType",
                        "keyId": "$context.identity.apiKeyId",
                    }
                ),
            ),
            Tags=names.tags(),
        )
    )


def add_permission(t: StackTemplate, api: apigateway.RestApi, alias: awslambda.Alias) -> None:
    """Add the permission for this API to call the alias."""
    t.section("Permission")
    t.add_resource(
        awslambda.Permission(
            "ApiPermission",
            FunctionName=alias.Ref(),
            Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com",
            SourceArn=Sub(
                "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/"
                f"{contract.API_STAGE}/*",
                Api=api.Ref(),
            ),
        )
    )


def add_usage_plan(
    t: StackTemplate,
    conditions: Conditions,
    api: apigateway.RestApi,
    stage: apigateway.Stage,
    callers: Callers,
) -> apigateway.UsagePlan:
    """Add the two API keys for CloudFront, and their usage plan.

    Without a key, a usage plan has no effect, and callers could bypass CloudFront and its web ACL. CloudFront
    sends one key for the whole site: after the daily quota is used up, all callers receive 429. The quota is
    for each key, so it starts again when CloudFront sends the other key.
    """
    t.section("API keys and usage plan")
    secret_a = t.add_resource(origin_key_secret("OriginApiKeySecretA", "a", callers))
    secret_b = t.add_resource(origin_key_secret("OriginApiKeySecretB", "b", callers))
    key_a = t.add_resource(
        origin_key("OriginApiKeyA", "a", secret_a, conditions.accepts_origin_key_a, callers)
    )
    key_b = t.add_resource(
        origin_key("OriginApiKeyB", "b", secret_b, conditions.accepts_origin_key_b, callers)
    )
    plan = t.add_resource(
        apigateway.UsagePlan(
            "UsagePlan",
            Description="All requests of the site",
            ApiStages=[apigateway.ApiStage(ApiId=api.Ref(), Stage=stage.Ref())],
            Quota=apigateway.QuotaSettings(Limit=1000000, Period="DAY"),  # requests, for each key
            Throttle=apigateway.ThrottleSettings(
                RateLimit=500,  # requests per second
                BurstLimit=1000,  # requests
            ),
            Tags=names.tags("usage-plan"),
        )
    )
    for title, key in (("OriginUsagePlanKeyA", key_a), ("OriginUsagePlanKeyB", key_b)):
        t.add_resource(
            apigateway.UsagePlanKey(
                title, Condition=key.Condition, KeyId=key.Ref(), KeyType="API_KEY", UsagePlanId=plan.Ref()
            )
        )
    return plan


def origin_key_secret(title: str, which: str, callers: Callers) -> secretsmanager.Secret:
    """Return the secret of an origin key. It exists also if the API does not accept the key.

    So a key that is not in use can get a new value. The frontend stack reads the replica in its region.
    """
    secret = secretsmanager.Secret(
        title,
        DeletionPolicy=RetainExceptOnCreate,
        UpdateReplacePolicy=Retain,
        Name=names.name(f"{contract.ORIGIN_API_KEY_SECRET}-{which}"),
        Description=f"Key {which} that {callers.sender} sends to the API",
        # Must not be changed: a new value would be generated, which API Gateway and CloudFront would not get.
        GenerateSecretString=secretsmanager.GenerateSecretString(
            SecretStringTemplate="{}",
            GenerateStringKey=contract.ORIGIN_API_KEY_FIELD,
            PasswordLength=40,  # API Gateway accepts 20 to 128 letters and digits
            ExcludePunctuation=True,
        ),
        Tags=names.tags(),
    )
    if callers.regions:
        secret.ReplicaRegions = [secretsmanager.ReplicaRegion(Region=region) for region in callers.regions]
    return secret


def origin_key(
    title: str, which: str, secret: secretsmanager.Secret, condition: str, callers: Callers
) -> apigateway.ApiKey:
    """Return the API key; its value is that of the secret at the creation of the key.

    ``Value`` cannot be changed later, and CloudFormation reads a dynamic reference only when it creates or
    changes the resource. So a key gets a new value while the API does not accept it: when ``OriginKeys``
    includes the key again, it is created with the new value.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
    """
    return apigateway.ApiKey(
        title,
        Condition=condition,
        Enabled=True,
        Description=f"Key {which}, sent by {callers.sender}",
        Value=Sub(
            "{{resolve:secretsmanager:${Secret}:SecretString:" + contract.ORIGIN_API_KEY_FIELD + "}}",
            Secret=secret.Ref(),
        ),
        Tags=names.tags(f"origin-api-key-{which}"),
    )


ACCEPTED_REQUESTS = "accepted-requests"
KEYLESS_REQUESTS = "keyless-requests"
LIMITED_REQUESTS = "limited-requests"

# Namespace of the metrics of the access log, which alarms read. Only CloudWatch Logs writes them: with a
# namespace that its role can write, the function could silence or raise the alarms that watch it.
ACCESS_LOG_METRICS = names.name("access-log")

# As written by logging libraries; filters are case-sensitive.
ERROR_LEVELS = ["ERROR", "error", "CRITICAL", "critical", "FATAL", "fatal"]


def add_metric_filters(t: StackTemplate, function_logs: logs.LogGroup, access_logs: logs.LogGroup) -> None:
    """Add the metric filters on the logs of the function and of the API.

    Environments of one account share the namespace of the application, so the names of its metrics contain
    the environment. The namespace of the access log contains it itself: a metric filter with a dimension
    cannot have a default value.
    """
    t.section("Metrics from the logs")
    metric_filter = partial(logs.MetricFilter, LogGroupName=function_logs.Ref())
    count_events = partial(logs.MetricTransformation, MetricValue="1", DefaultValue=0, Unit="Count")
    count = partial(count_events, MetricNamespace=METRICS)
    t.add_resource(
        metric_filter(
            "ApplicationErrorsFilter",
            # Uncaught errors have another key before version 4.0.4 of the runtime client:
            # https://github.com/aws/aws-lambda-python-runtime-interface-client/issues/220
            FilterPattern=(
                "{ "
                + " || ".join(f'$.level = "{level}"' for level in ERROR_LEVELS)
                + ' || $.log_level = "ERROR" }'
            ),
            MetricTransformations=[count(MetricName=names.name("application-errors"))],
        )
    )
    t.add_resource(
        metric_filter(
            "TimeoutsFilter",
            FilterPattern='{ $.type = "platform.report" && $.record.status = "timeout" }',
            MetricTransformations=[count(MetricName=names.name("timeouts"))],
        )
    )
    t.add_resource(
        metric_filter(
            "OutOfMemoryFilter",
            FilterPattern='{ $.type = "platform.report" && $.record.errorType = "Runtime.OutOfMemory" }',
            MetricTransformations=[count(MetricName=names.name("out-of-memory"))],
        )
    )
    t.add_resource(
        metric_filter(
            "InitDurationFilter",
            FilterPattern='{ $.type = "platform.report" && $.record.metrics.initDurationMs > 0 }',
            MetricTransformations=[
                logs.MetricTransformation(
                    MetricNamespace=METRICS,
                    MetricName=names.name("init-duration"),
                    MetricValue="$.record.metrics.initDurationMs",
                    Unit="Milliseconds",
                )
            ],
        )
    )
    # Who was let in, and whom API Gateway itself refused. Not the application's own 4XX.
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
    for title, metric_name, pattern in (
        # A disabled key may be logged with its ID (not verified), so the error type decides too.
        (
            "AcceptedRequestsFilter",
            ACCEPTED_REQUESTS,
            '{ $.keyId != "-" && $.errorType != "INVALID_API_KEY" }',
        ),
        ("KeylessRequestsFilter", KEYLESS_REQUESTS, '{ $.errorType = "INVALID_API_KEY" }'),
        (
            "LimitedRequestsFilter",
            LIMITED_REQUESTS,
            '{ $.errorType = "QUOTA_EXCEEDED" || $.errorType = "THROTTLED" }',
        ),
    ):
        t.add_resource(
            logs.MetricFilter(
                title,
                LogGroupName=access_logs.Ref(),
                FilterPattern=pattern,
                MetricTransformations=[
                    count_events(MetricNamespace=ACCESS_LOG_METRICS, MetricName=metric_name)
                ],
            )
        )


def add_queries(t: StackTemplate, access_logs: logs.LogGroup, function_logs: logs.LogGroup) -> None:
    """Add the saved queries of CloudWatch Logs Insights, in a folder of this environment."""
    t.section("Saved queries")
    t.add_resource(
        logs.QueryDefinition(
            "SlowestRequestsQuery",
            Name=Sub(f"{names.PREFIX}/slowest-requests"),
            LogGroupNames=[access_logs.Ref()],
            QueryString=(
                "fields @timestamp, latency, integrationLatency, method, resource, status, requestId\n"
                "| sort latency desc\n"
                "| limit 50"
            ),
        )
    )
    t.add_resource(
        logs.QueryDefinition(
            "ErrorsByRouteQuery",
            Name=Sub(f"{names.PREFIX}/errors-by-route"),
            LogGroupNames=[access_logs.Ref()],
            QueryString=(
                "filter status >= 400\n"
                "| stats count(*) as requests, latest(requestId) as newest"
                " by status, errorType, integrationStatus, method, resource\n"
                "| sort requests desc\n"
                "| limit 100"
            ),
        )
    )
    t.add_resource(
        logs.QueryDefinition(
            "FunctionErrorsQuery",
            Name=Sub(f"{names.PREFIX}/function-errors"),
            LogGroupNames=[function_logs.Ref()],
            # The events that the metric filters count as application errors, timeouts and out of memory.
            QueryString=(
                f"filter level in {json.dumps(ERROR_LEVELS)}\n"
                '    or log_level = "ERROR"\n'
                '    or (type = "platform.report"\n'
                '        and (record.status = "timeout" or record.errorType = "Runtime.OutOfMemory"))\n'
                "| fields @timestamp, coalesce(requestId, record.requestId) as request, level, message,\n"
                "    errorType, errorMessage, record.status, record.errorType\n"
                "| sort @timestamp desc\n"
                "| limit 100"
            ),
        )
    )
    t.add_resource(
        logs.QueryDefinition(
            "ColdStartsQuery",
            Name=Sub(f"{names.PREFIX}/cold-starts"),
            LogGroupNames=[function_logs.Ref()],
            QueryString=(
                'filter type = "platform.report" and ispresent(record.metrics.initDurationMs)\n'
                "| stats count(*) as starts, avg(record.metrics.initDurationMs) as averageMs,\n"
                "    max(record.metrics.initDurationMs) as longestMs by bin(1h)"
            ),
        )
    )


def add_alarm_topics(t: StackTemplate) -> topics.AlarmTopics:
    """Add the alarm topics: one for critical alarms, one for alarms that can wait."""
    t.section("Alarm topics")
    alarm_topics = topics.alarm_topics(
        "ApiAlarmTopic",
        "ApiCriticalAlarmTopic",
        "ApiAlarmTopicsPolicy",
        "api",
        KmsMasterKeyId=contract.import_value(contract.ALARMS_KEY_ARN),
    )
    for resource in alarm_topics:
        t.add_resource(resource)
    return alarm_topics


def add_alarms(
    t: StackTemplate,
    function: awslambda.Function,
    api: apigateway.RestApi,
    stage: apigateway.Stage,
    access_logs: logs.LogGroup,
    queue: sqs.Queue,
    alarm_topics: topics.AlarmTopics,
    callers: Callers,
) -> None:
    """Add the alarms on the function, the API and the dead-letter queue.

    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
    """
    t.section("Alarms")
    description = partial(alarms.description, Dashboard="api")
    function_alarm = partial(
        alarms.alarm, Namespace="AWS/Lambda", dimensions={"FunctionName": function.Ref()}
    )
    stage_dimensions = {"ApiName": api.Name, "Stage": stage.Ref()}  # the API's name, not its ID
    api_alarm = partial(alarms.alarm, Namespace="AWS/ApiGateway", dimensions=stage_dimensions)
    t.add_resource(
        function_alarm(
            "LambdaErrorsAlarm",
            "lambda-errors",
            AlarmDescription=description(
                Users="Some actions on the site fail.",
                First="What was deployed last (show-state)? If it was the package, roll it back (roll-back).",
                Then=(
                    "The latest errors (show-errors). If they name the database or a timeout, its status "
                    "(show-database)."
                ),
                Related=(
                    "Can be caused by database-silent or database-memory-critical. Fires together with "
                    "api-5xx."
                ),
            ),
            MetricName="Errors",
            Statistic="Sum",
            EvaluationPeriods=1,
            Threshold=3,
            unit="errors",
            notify=alarm_topics.critical.Ref(),
        )
    )
    t.add_resource(
        function_alarm(
            "LambdaDurationAlarm",
            "lambda-duration",
            AlarmDescription=description(
                Users="Some requests are very slow or time out.",
                First="The latency and CPU on the database dashboard.",
                Then="In Logs Insights, run the saved query slowest-requests.",
                Related="Can be caused by database-cpu-high. Fires together with api-latency.",
            ),
            MetricName="Duration",
            ExtendedStatistic="p95",
            EvaluationPeriods=3,
            DatapointsToAlarm=2,
            Threshold=20000,
            unit="milliseconds",
            notify=alarm_topics.normal.Ref(),
        )
    )
    t.add_resource(
        function_alarm(
            "LambdaThrottlesAlarm",
            "lambda-throttles",
            AlarmDescription=description(
                Users="Some requests fail. Lambda throttles them because no concurrency is left.",
                First="The concurrency (show-concurrency): is the reserved concurrency used up?",
                Then="The duration of the function: slower requests use more concurrency.",
                Related="Fires after lambda-concurrency-high, together with api-5xx.",
            ),
            MetricName="Throttles",
            Statistic="Sum",
            EvaluationPeriods=1,
            Threshold=1,
            unit="requests",
            notify=alarm_topics.critical.Ref(),
        )
    )
    t.add_resource(
        api_alarm(
            "Api4xxAlarm",
            "api-4xx",
            AlarmDescription=description(
                Users="Most users notice nothing. A scanner or a broken link can trigger this alarm.",
                First="In Logs Insights, run the saved query errors-by-route.",
                Then=(
                    "The errorType. INVALID_API_KEY: a caller without the key. THROTTLED or QUOTA_EXCEEDED: "
                    "a limit was reached. A hyphen (-): the application."
                ),
                Related="If the API rejects most requests, api-mostly-failing also fires.",
            ),
            MetricName="4XXError",
            Statistic="Sum",
            EvaluationPeriods=2,
            Threshold=5,
            unit="responses",
            notify=alarm_topics.normal.Ref(),
        )
    )
    t.add_resource(
        api_alarm(
            "Api5xxAlarm",
            "api-5xx",
            AlarmDescription=description(
                Users="Some actions on the site fail.",
                First="What was deployed last (show-state)? If it was the package, roll it back (roll-back).",
                Then=(
                    "The latest errors (show-errors). If they name the database or a timeout, its status "
                    "(show-database)."
                ),
                Related="Can be caused by lambda-errors, lambda-throttles or database-silent.",
            ),
            MetricName="5XXError",
            Statistic="Sum",
            EvaluationPeriods=1,
            Threshold=1,
            unit="responses",
            notify=alarm_topics.critical.Ref(),
        )
    )
    t.add_resource(
        api_alarm(
            "ApiLatencyAlarm",
            "api-latency",
            AlarmDescription=description(
                Users="The site responds slowly.",
                First="The duration of the function: is it as long as the latency?",
                Then="The cold starts, and the latency on the database dashboard.",
                Related="Can be caused by lambda-duration or database-cpu-high.",
            ),
            MetricName="Latency",
            ExtendedStatistic="p95",
            EvaluationPeriods=3,
            DatapointsToAlarm=2,
            Threshold=5000,
            unit="milliseconds",
            notify=alarm_topics.normal.Ref(),
        )
    )
    t.add_resource(
        alarms.alarm(
            "DeadLettersAlarm",
            "dead-letters",
            AlarmDescription=description(
                Users="Nothing. Requests to the API never reach this queue.",
                First=(
                    "The message in the queue (receive-dead-letter): who invokes the function asynchronously?"
                ),
                Then="In Logs Insights, run the saved query function-errors.",
            ),
            Namespace="AWS/SQS",
            MetricName="ApproximateNumberOfMessagesVisible",
            dimensions={"QueueName": queue.GetAtt("QueueName")},
            Statistic="Maximum",
            EvaluationPeriods=1,
            Threshold=0,
            unit="messages",
            notify=alarm_topics.normal.Ref(),
        )
    )
    t.add_resource(
        alarms.alarm(
            "ApiMostlyFailingAlarm",
            "api-mostly-failing",
            AlarmDescription=description(
                Users="The pages of the site open, but almost nothing on them works.",
                First=(
                    "In Logs Insights, run the saved query errors-by-route. Status 5XX: the function or the "
                    f"database (show-errors). INVALID_API_KEY: the key that {callers.sender} sends "
                    "(show-origin-keys). QUOTA_EXCEEDED: the daily quota (show-quota)."
                ),
                Then=callers.third_party,
                Related=(
                    "Fires together with api-5xx or api-4xx. Can be caused by database-silent or api-quota."
                ),
            ),
            Metrics=[
                cloudwatch.MetricDataQuery(
                    Id="failing",
                    Label="Percentage of failed or rejected requests",
                    # A few requests at night are not significant. Requests without a key count only while
                    # none is accepted, as if the key of CloudFront is wrong. Otherwise, a third party could
                    # raise the alarm, or hide failures behind many requests of its own. While requests are
                    # accepted, 5 must fail: the denominator is without those of the third party, which may
                    # be almost all of the 100.
                    Expression=(
                        "IF(requests >= 100, IF(FILL(accepted, 0) > 0, "
                        "IF((FILL(failed, 0) + FILL(limited, 0)) >= 5, "
                        "100 * (FILL(failed, 0) + FILL(limited, 0)) / (requests - FILL(keyless, 0)), 0), "
                        "100 * (FILL(failed, 0) + FILL(limited, 0) + FILL(keyless, 0)) / requests), 0)"
                    ),
                    ReturnData=True,
                ),
                alarms.total("requests", "AWS/ApiGateway", "Count", stage_dimensions),
                alarms.total("failed", "AWS/ApiGateway", "5XXError", stage_dimensions),
                alarms.total("accepted", ACCESS_LOG_METRICS, ACCEPTED_REQUESTS, {}),
                alarms.total("limited", ACCESS_LOG_METRICS, LIMITED_REQUESTS, {}),
                alarms.total("keyless", ACCESS_LOG_METRICS, KEYLESS_REQUESTS, {}),
            ],
            EvaluationPeriods=3,
            DatapointsToAlarm=2,
            Threshold=50,
            unit="percent",
            notify=alarm_topics.critical.Ref(),
        )
    )
    t.add_resource(
        alarms.rollback_trigger(
            "ApiDeployFailingAlarm",
            "api-deploy-failing",
            AlarmDescription=(
                "Made for deploys: rolls back an update of the api stack after which requests fail. A single "
                "failure does not roll it back, not even at night. Notifies no one."
            ),
            Metrics=[
                cloudwatch.MetricDataQuery(
                    Id="failing",
                    Label="Percentage of failed requests, if at least 5 failed",
                    Expression="IF(failed >= 5, 100 * failed / requests, 0)",
                    ReturnData=True,
                ),
                alarms.total("requests", "AWS/ApiGateway", "Count", stage_dimensions),
                alarms.total("failed", "AWS/ApiGateway", "5XXError", stage_dimensions),
            ],
            EvaluationPeriods=1,
            Threshold=5,
            unit="percent",
        )
    )
    t.add_resource(
        alarms.alarm(
            "ApiAccessLogSilentAlarm",
            "api-access-log-silent",
            AlarmDescription=description(
                Users="Nothing. Requests are not logged, so failures cannot be analyzed later.",
                First=(
                    "The key of the log groups (show-keys): is it enabled, and does its policy allow "
                    "CloudWatch Logs?"
                ),
                Then="The logging role of API Gateway for the account (aws apigateway get-account).",
            ),
            Metrics=[
                cloudwatch.MetricDataQuery(
                    Id="silent",
                    Label="Requests without an access log",
                    # There is no data point without log events.
                    Expression="IF(requests >= 100 AND FILL(events, 0) == 0, requests, 0)",
                    ReturnData=True,
                ),
                alarms.total("requests", "AWS/ApiGateway", "Count", stage_dimensions),
                # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html
                alarms.total("events", "AWS/Logs", "IncomingLogEvents", {"LogGroupName": access_logs.Ref()}),
            ],
            EvaluationPeriods=3,  # logs arrive late
            Threshold=0,
            unit="requests",
            notify=alarm_topics.normal.Ref(),
        )
    )
    t.add_resource(
        api_alarm(
            "ApiQuotaAlarm",
            "api-quota",
            AlarmDescription=description(
                Users="Nothing yet. When the daily quota is used up, the API rejects all requests.",
                First=(
                    "The used requests (show-quota): are there more users, or is it one caller "
                    "(show-callers)?"
                ),
                Then=callers.limits,
                Related="Can cause api-mostly-failing.",
            ),
            # CloudWatch evaluates the last 24 hours every minute. The quota is from midnight UTC, so the
            # alarm may fire on a day that does not use it up, but never too late.
            MetricName="Count",
            Statistic="Sum",
            Period=86400,  # seconds
            EvaluationPeriods=1,
            Threshold=800000,  # of the usage plan's quota
            unit="requests",
            notify=alarm_topics.normal.Ref(),
        )
    )
    t.add_resource(
        function_alarm(
            "LambdaConcurrencyAlarm",
            "lambda-concurrency-high",
            AlarmDescription=description(
                Users=(
                    "Nothing yet. Each execution environment holds a database connection, and connections "
                    "run out first."
                ),
                First="The duration of the function: slower requests use more concurrency.",
                Then="The requests on the dashboard: are there more users, or is it one caller?",
                Related="Can be caused by lambda-duration. Can cause database-connections-high.",
            ),
            MetricName="ConcurrentExecutions",
            Statistic="Maximum",
            EvaluationPeriods=2,
            Threshold=80,  # below the reserved concurrency of each environment
            unit="executions",
            notify=alarm_topics.normal.Ref(),
        )
    )


def add_outputs(
    t: StackTemplate,
    key: kms.Key,
    backend: Backend,
    api: apigateway.RestApi,
    stage: apigateway.Stage,
    plan: apigateway.UsagePlan,
    alarm_topics: topics.AlarmTopics,
    callers: Callers,
) -> None:
    """Add the outputs for the frontend stack and for operators."""
    t.add_output(
        [
            Output(contract.API_GATEWAY_ID, Description="ID of the REST API", Value=api.Ref()),
            Output(
                "ApiGatewayUrl",
                Description=callers.url,
                Value=Sub(
                    "https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/${Stage}",
                    Api=api.Ref(),
                    Stage=stage.Ref(),
                ),
            ),
            Output("LambdaFunctionName", Description="Name of the function", Value=backend.function.Ref()),
            Output(
                "LambdaFunctionArn", Description="ARN of the function", Value=backend.function.GetAtt("Arn")
            ),
            Output(
                "LambdaAliasArn", Description="ARN of the alias that the API calls", Value=backend.alias.Ref()
            ),
            Output(
                "FunctionKeyArn",
                Description="ARN of the KMS key of the function's environment variables",
                Value=key.GetAtt("Arn"),
            ),
            Output("ApiUsagePlanId", Description="ID of the usage plan", Value=plan.Ref()),
            Output(
                "ApiAlarmTopicArn", Description="ARN of the topic for alarms", Value=alarm_topics.normal.Ref()
            ),
            Output(
                "ApiCriticalAlarmTopicArn",
                Description="ARN of the topic for critical alarms",
                Value=alarm_topics.critical.Ref(),
            ),
        ]
    )


def add_dashboard(t: StackTemplate) -> None:
    """Add the dashboard, without rows: they show the other resources."""
    t.section("Dashboard")
    t.add_resource(dashboards.dashboard("ApiDashboard", "api", []))  # derive() adds the rows


def derive(t: StackTemplate, stacks: Collection[str] = contract.STACK_NAMES) -> None:
    """Update what is derived from the rest of the template: release, deployment and dashboard.

    ``t.to_dict`` calls this. Parts that another project removed are left out.

    Args:
        t: the template.
        stacks: names of the stacks of the system; the dashboard links to those of the others.

    Raises:
        fingerprint.FingerprintError: a parameter is in a place without parameters, or the release is too
        long. DashboardError: the dashboard shows a removed alarm.
    """
    template = t.for_reading()  # the three that follow are independent

    if "ApiFunction" in t.resources:
        release = Sub(fingerprint.release(template, "ApiFunction"))
        variables = t.resources["ApiFunction"].Environment.Variables
        t.resources["ApiFunction"].Environment = awslambda.Environment(
            Variables={**variables, fingerprint.RELEASE: release}
        )
        if "ApiFunctionVersion" in t.resources:
            t.resources["ApiFunctionVersion"].Description = release

    if "ApiStage" in t.resources:
        stage = t.resources["ApiStage"]
        old = stage.DeploymentId.data["Ref"]
        new = f"ApiDeployment{fingerprint.deployment(template, old)}"
        t.rename_resource(old, new)
        t.resources[new].DependsOn = fingerprint.deployed(template, old)
        stage.DeploymentId = t.resources[new].Ref()

    if "ApiDashboard" in t.resources:
        t.resources["ApiDashboard"].DashboardBody = dashboards.content(overview(template, stacks))
