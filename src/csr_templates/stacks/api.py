"""The API stack: a Lambda function behind an API Gateway REST API, with its alarms and dashboard."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from awacs import cloudwatch as cloudwatch_actions
from awacs import ec2 as ec2_actions
from awacs import kms as kms_actions
from awacs import logs as logs_actions
from awacs import secretsmanager as secrets_actions
from awacs import sqs as sqs_actions
from awacs import sts as sts_actions
from awacs import xray as xray_actions
from awacs.aws import Allow, Condition, Deny, Null, Principal, Statement, StringEquals
from troposphere import (
    Equals,
    If,
    Not,
    NoValue,
    Output,
    Parameter,
    PropsDictType,
    Ref,
    Retain,
    RetainExceptOnCreate,
    Sub,
)
from troposphere.apigateway import (
    AccessLogSetting,
    Account,
    ApiKey,
    ApiStage,
    Deployment,
    EndpointConfiguration,
    GatewayResponse,
    Integration,
    Method,
    MethodSetting,
    QuotaSettings,
    RequestValidator,
    Resource,
    RestApi,
    Stage,
    ThrottleSettings,
    UsagePlan,
    UsagePlanKey,
)
from troposphere.awslambda import (
    Alias,
    Code,
    DeadLetterConfig,
    Environment,
    Function,
    LoggingConfig,
    Permission,
    ProvisionedConcurrencyConfiguration,
    TracingConfig,
    Version,
    VPCConfig,
)
from troposphere.iam import Policy, Role
from troposphere.kms import Key
from troposphere.logs import LogGroup, MetricFilter, MetricTransformation, QueryDefinition
from troposphere.secretsmanager import GenerateSecretString, ReplicaRegion, Secret
from troposphere.sns import Topic
from troposphere.sqs import Queue, QueuePolicy

from csr_templates.cloudformation import fingerprint
from csr_templates.stacks import contract
from csr_templates.stacks.parts import keys
from csr_templates.stacks.parts.alarms import alarm
from csr_templates.stacks.parts.dashboards import (
    Metric,
    alarm_states,
    dashboard,
    dashboard_body,
    graph,
    held,
    limit,
    metric,
    stale_dashboard,
    threshold,
    watched,
    when,
)
from csr_templates.stacks.parts.logs import log_group
from csr_templates.stacks.parts.names import PREFIX, named
from csr_templates.stacks.parts.parameters import environment, interface, project_name, switch
from csr_templates.stacks.parts.policies import deny_without_tls, document
from csr_templates.stacks.parts.roles import service_role
from csr_templates.stacks.parts.tags import tags
from csr_templates.stacks.parts.template import StackTemplate
from csr_templates.stacks.parts.topics import topic, topic_policy

METRICS = "CSR-Lambda-API"  # namespace of what the application and its logs tell


class FunctionLogging(LoggingConfig):
    """The function's LoggingConfig with LogFormat, which troposphere 4.11 knows for other types only."""

    props: PropsDictType = {**LoggingConfig.props, "LogFormat": (str, False)}  # noqa: RUF012  # as declared there


class Parameters(NamedTuple):
    """What an environment, or a deploy, decides."""

    memory_size: Parameter
    provisioned_concurrency: Parameter
    reserved_concurrency: Parameter
    code_key: Parameter
    code_object_version: Parameter
    cache_enabled: Parameter
    manage_account: Parameter


class Backend(NamedTuple):
    """The function, and the alias that the API calls."""

    function: Function
    alias: Alias


class ApiLogs(NamedTuple):
    """Where API Gateway writes to."""

    access: LogGroup
    execution: LogGroup


class Topics(NamedTuple):
    """Whom the alarms tell."""

    normal: Topic
    critical: Topic


def build() -> StackTemplate:
    """Return the API stack; the calls below are its table of contents."""
    t = StackTemplate("REST API on Lambda, with its logs, API key, alarms and dashboard")
    parameters = add_parameters(t)
    add_conditions(t, parameters)
    key = add_key(t)
    queue = add_dead_letter_queue(t)
    function_logs = add_function_logs(t)
    role = add_execution_role(t, function_logs, key, queue)
    backend = add_function(t, parameters, role, function_logs, key, queue)
    api = add_api(t)
    add_methods(t, api, backend.alias)
    add_gateway_responses(t, api)
    logs = add_api_logs(t, api)
    account = add_account(t)
    deployment = add_deployment(t, api)
    stage = add_stage(t, api, deployment, logs, account)
    add_permission(t, api, backend.alias)
    plan = add_usage_plan(t, api, stage)
    add_metric_filters(t, function_logs)
    add_queries(t, logs.access, function_logs)
    topics = add_topics(t)
    add_alarms(t, backend.function, api, stage, queue, topics)
    add_outputs(t, backend, api, stage, plan, topics)
    derive(t)
    return t


def add_parameters(t: StackTemplate) -> Parameters:
    """Add the parameters, their groups in the console, and the rule about the package in production."""
    project = t.add_parameter(project_name())
    env = t.add_parameter(environment())
    parameters = Parameters(
        memory_size=t.add_parameter(
            Parameter(
                "LambdaMemorySize",
                Type="Number",
                Default=1024,
                MinValue=128,
                MaxValue=10240,
                Description="Memory of the function in MB; its share of CPU grows with it.",
                ConstraintDescription="must be a whole number from 128 to 10240",
            )
        ),
        provisioned_concurrency=t.add_parameter(
            Parameter(
                "LambdaProvisionedConcurrency",
                Type="Number",
                Default=10,
                MinValue=0,
                Description="Execution environments that are kept ready, of the reserved ones; 0 for none.",
                ConstraintDescription="must be a whole number, 0 or more",
            )
        ),
        reserved_concurrency=t.add_parameter(
            Parameter(
                "LambdaReservedConcurrency",
                Type="Number",
                Default=500,
                MinValue=0,
                Description="Most requests at a time; 0 for whatever the account has left.",
                ConstraintDescription="must be a whole number, 0 or more",
            )
        ),
        code_key=t.add_parameter(
            Parameter(
                "LambdaCodeS3Key",
                Type="String",
                Default="lambda-deployment-package.zip",
                # No space: the release of the function lists values with spaces between them.
                AllowedPattern="[A-Za-z0-9!_.*'()/-]+",
                MaxLength=96,
                Description="Key of the package in the bucket for Lambda packages.",
                ConstraintDescription=(
                    "must be 1 to 96 characters long, of letters, digits and the characters ! _ . * ' ( ) / -"
                ),
            )
        ),
        code_object_version=t.add_parameter(
            Parameter(
                "LambdaCodeS3ObjectVersion",
                Type="String",
                Default="",
                AllowedPattern="[A-Za-z0-9._/+=-]*",
                MaxLength=96,
                Description="Version ID of the package, without which a new one of the same key is not seen.",
                ConstraintDescription="must be the version ID of S3; may be empty outside prod",
            )
        ),
        cache_enabled=t.add_parameter(
            switch(
                "ApiCacheEnabled",
                Default="true",
                Description="Whether the API caches GET requests; a cache is paid by the hour.",
            )
        ),
        manage_account=t.add_parameter(
            switch(
                "ManageApiGatewayAccount",
                Default="true",
                Description=(
                    "Set the role that all APIs of the account log with. If false, the account must have one."
                ),
            )
        ),
    )
    t.set_metadata(
        interface(
            {
                "Environment": [(project, "Project"), (env, "Environment")],
                "Code": [
                    (parameters.code_key, "Key of the package"),
                    (parameters.code_object_version, "Version ID of the package"),
                ],
                "Function": [
                    (parameters.memory_size, "Memory"),
                    (parameters.provisioned_concurrency, "Provisioned concurrency"),
                    (parameters.reserved_concurrency, "Reserved concurrency"),
                ],
                "API Gateway": [
                    (parameters.cache_enabled, "Cache"),
                    (parameters.manage_account, "Set the account's logging role"),
                ],
            }
        )
    )
    t.add_rule(
        "ObjectVersionInProduction",
        {
            "RuleCondition": Equals(env.Ref(), "prod"),
            "Assertions": [
                {
                    "Assert": Not(Equals(parameters.code_object_version.Ref(), "")),
                    "AssertDescription": (
                        "LambdaCodeS3ObjectVersion must be given in prod: without it, CloudFormation does "
                        "not see a new package under the same key."
                    ),
                }
            ],
        },
    )
    return parameters


def add_conditions(t: StackTemplate, parameters: Parameters) -> None:
    """Add what the parameters decide."""
    t.add_condition("HasObjectVersion", Not(Equals(parameters.code_object_version.Ref(), "")))
    t.add_condition("HasProvisionedConcurrency", Not(Equals(parameters.provisioned_concurrency.Ref(), "0")))
    t.add_condition("HasReservedConcurrency", Not(Equals(parameters.reserved_concurrency.Ref(), "0")))
    t.add_condition("CachesRequests", Equals(parameters.cache_enabled.Ref(), "true"))
    t.add_condition("ManagesAccount", Equals(parameters.manage_account.Ref(), "true"))


def add_key(t: StackTemplate) -> Key:
    """Add the key of the function's environment variables. Lambda uses it with the rights of its callers."""
    t.section("Key")
    return t.add_resource(
        keys.key("FunctionKey", "function-key", "Encrypts the environment variables of the function")
    )


def add_dead_letter_queue(t: StackTemplate) -> Queue:
    """Add the queue for events that the function failed on.

    Lambda sends there what was invoked asynchronously. API Gateway waits for the answer, so a failed request
    never gets here: what does, was invoked by somebody else.
    """
    t.section("Dead-letter queue")
    queue = t.add_resource(
        Queue(
            "DeadLetterQueue",
            DeletionPolicy=RetainExceptOnCreate,
            UpdateReplacePolicy=Retain,
            KmsMasterKeyId="alias/aws/sqs",
            MessageRetentionPeriod=1209600,  # seconds: 14 days, the longest
            Tags=tags("dead-letter-queue"),
        )
    )
    t.add_resource(
        QueuePolicy(
            "DeadLetterQueuePolicy",
            Queues=[queue.Ref()],
            PolicyDocument=document(deny_without_tls("sqs", [queue.GetAtt("Arn")])),
        )
    )
    return queue


def add_function_logs(t: StackTemplate) -> LogGroup:
    """Add the function's log group, before the function: Lambda would make one that is never cleared."""
    t.section("Log group of the function")
    return t.add_resource(
        log_group(
            "FunctionLogGroup",
            "function-logs",
            LogGroupName=Sub(f"/aws/lambda/{PREFIX}-api"),
            KmsKeyId=contract.imported(contract.LOGS_KEY_ARN),
        )
    )


def add_execution_role(t: StackTemplate, logs: LogGroup, key: Key, queue: Queue) -> Role:
    """Add the role of the function: its own log, secret, keys, queue, traces and metrics.

    Where a resource is "*", AWS accepts nothing narrower for the action.
    """
    t.section("Execution role")
    secret = contract.imported(contract.DATABASE_SECRET_ARN)
    network_interfaces = [
        ec2_actions.AssignPrivateIpAddresses,
        ec2_actions.CreateNetworkInterface,
        ec2_actions.DeleteNetworkInterface,
        ec2_actions.DescribeNetworkInterfaces,
        ec2_actions.DescribeSubnets,
        ec2_actions.UnassignPrivateIpAddresses,
    ]
    return t.add_resource(
        service_role(
            "ExecutionRole",
            "execution-role",
            Description="What the function of the API may do",
            service="lambda.amazonaws.com",
            policy=Policy(
                PolicyName="Function",
                PolicyDocument=document(
                    Statement(
                        Sid="WriteLog",  # not CreateLogGroup: it would bring a deleted group back unencrypted
                        Effect=Allow,
                        Action=[logs_actions.CreateLogStream, logs_actions.PutLogEvents],
                        Resource=[logs.GetAtt("Arn")],  # ends in ":*", the group's streams
                    ),
                    Statement(
                        Sid="ReadDatabaseSecret",
                        Effect=Allow,
                        Action=[secrets_actions.GetSecretValue],
                        Resource=[secret],
                    ),
                    Statement(
                        Sid="DecryptDatabaseSecret",  # Secrets Manager decrypts with the rights of its caller
                        Effect=Allow,
                        Action=[kms_actions.Decrypt],
                        Resource=[contract.imported(contract.DATABASE_KEY_ARN)],
                        Condition=Condition(
                            StringEquals(
                                {
                                    "kms:ViaService": Sub("secretsmanager.${AWS::Region}.amazonaws.com"),
                                    "kms:EncryptionContext:SecretARN": secret,
                                }
                            )
                        ),
                    ),
                    Statement(
                        Sid="DecryptEnvironment",
                        Effect=Allow,
                        Action=[kms_actions.Decrypt],
                        Resource=[key.GetAtt("Arn")],
                    ),
                    Statement(
                        Sid="SendDeadLetters",
                        Effect=Allow,
                        Action=[sqs_actions.SendMessage],
                        Resource=[queue.GetAtt("Arn")],
                    ),
                    Statement(
                        Sid="SendTraces",
                        Effect=Allow,
                        Action=[xray_actions.PutTelemetryRecords, xray_actions.PutTraceSegments],
                        Resource=["*"],
                    ),
                    Statement(
                        Sid="SendMetrics",
                        Effect=Allow,
                        Action=[cloudwatch_actions.PutMetricData],
                        Resource=["*"],
                        Condition=Condition(StringEquals("cloudwatch:namespace", METRICS)),
                    ),
                    Statement(
                        Sid="AttachToVpc",
                        Effect=Allow,
                        Action=network_interfaces,
                        Resource=["*"],
                    ),
                    Statement(
                        # Lambda itself attaches the function. Only requests of code that runs in a function
                        # carry the function's ARN.
                        # https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
                        Sid="KeepCodeFromTheVpc",
                        Effect=Deny,
                        Action=[*network_interfaces, ec2_actions.DetachNetworkInterface],
                        Resource=["*"],
                        Condition=Condition(Null("lambda:SourceFunctionArn", "false")),
                    ),
                ),
            ),
        )
    )


def add_function(
    t: StackTemplate, parameters: Parameters, role: Role, logs: LogGroup, key: Key, queue: Queue
) -> Backend:
    """Add the function, the version that is in use, and the alias that leads to it.

    The function's variable RELEASE and the version's description are derived from all the rest.
    """
    t.section("Function")
    function = t.add_resource(
        Function(
            "ApiFunction",
            FunctionName=named("api"),
            Description="Answers the requests of the API",
            Runtime="python3.13",
            Handler="lambda_handler.handler",
            Code=Code(
                S3Bucket=contract.imported(contract.LAMBDA_DEPLOYMENTS_BUCKET_NAME),
                S3Key=parameters.code_key.Ref(),
                S3ObjectVersion=If("HasObjectVersion", parameters.code_object_version.Ref(), NoValue),
            ),
            MemorySize=parameters.memory_size.Ref(),
            Timeout=28,  # seconds: before API Gateway gives up, so that the function's log tells of it
            Role=role.GetAtt("Arn"),
            KmsKeyArn=key.GetAtt("Arn"),
            VpcConfig=VPCConfig(
                SubnetIds=[
                    contract.imported(contract.PRIVATE_SUBNET_1_ID),
                    contract.imported(contract.PRIVATE_SUBNET_2_ID),
                ],
                SecurityGroupIds=[contract.imported(contract.LAMBDA_SECURITY_GROUP_ID)],
            ),
            Environment=Environment(
                Variables={
                    "ENVIRONMENT": Ref("Environment"),
                    "DATABASE_HOST": contract.imported(contract.DATABASE_CLUSTER_ENDPOINT),
                    "DATABASE_READ_HOST": contract.imported(contract.DATABASE_CLUSTER_READ_ENDPOINT),
                    "DATABASE_PORT": contract.imported(contract.DATABASE_PORT),
                    "DATABASE_NAME": contract.imported(contract.DATABASE_NAME),
                    "DATABASE_SECRET_ARN": contract.imported(contract.DATABASE_SECRET_ARN),
                    "CONNECTION_POOL_SIZE": "1",  # an execution environment serves one request at a time
                    "LOG_LEVEL": "INFO",
                }
            ),
            ReservedConcurrentExecutions=If(
                "HasReservedConcurrency", parameters.reserved_concurrency.Ref(), NoValue
            ),
            DeadLetterConfig=DeadLetterConfig(TargetArn=queue.GetAtt("Arn")),
            TracingConfig=TracingConfig(Mode="Active"),
            LoggingConfig=FunctionLogging(
                LogGroup=logs.Ref(),
                LogFormat="JSON",
                ApplicationLogLevel="INFO",  # drops what is below, whatever LOG_LEVEL says
                SystemLogLevel="INFO",
            ),
            Tags=tags("api"),
        )
    )
    version = t.add_resource(
        Version(
            "ApiFunctionVersion",
            DeletionPolicy=RetainExceptOnCreate,
            UpdateReplacePolicy=Retain,  # the way back to an earlier release
            FunctionName=function.Ref(),
        )
    )
    alias = t.add_resource(
        Alias(
            "ApiFunctionAlias",
            Name=Ref("Environment"),
            FunctionName=function.Ref(),
            FunctionVersion=version.GetAtt("Version"),
            ProvisionedConcurrencyConfig=If(
                "HasProvisionedConcurrency",
                ProvisionedConcurrencyConfiguration(
                    ProvisionedConcurrentExecutions=parameters.provisioned_concurrency.Ref()
                ),
                NoValue,
            ),
        )
    )
    return Backend(function, alias)


def add_api(t: StackTemplate) -> RestApi:
    """Add the API. It is reached through CloudFront, which is its only holder of a key."""
    t.section("REST API")
    return t.add_resource(
        RestApi(
            "RestApi",
            Name=named("api"),
            Description="API of the site, reached through CloudFront",
            ApiKeySourceType="HEADER",
            EndpointConfiguration=EndpointConfiguration(Types=["REGIONAL"]),
            Tags=tags("api"),
        )
    )


def add_methods(t: StackTemplate, api: RestApi, alias: Alias) -> None:
    """Add the methods: everything goes to the function, and GET below the root may come from the cache.

    The cache stores errors and cookies, pays no attention to Cache-Control, and can only tell query strings
    apart whose names it is told. So CloudFront sends one header that stands for everything that the answer
    depends on, and that is unique for whatever must not be shared. A request without it is refused: it would
    share its answer with every other one.
    """
    t.section("Methods")
    integration = partial(
        Integration,
        Type="AWS_PROXY",
        IntegrationHttpMethod="POST",
        Uri=Sub(
            "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Alias}/invocations",
            Alias=alias.Ref(),
        ),
        TimeoutInMillis=29000,
    )
    validator = t.add_resource(
        RequestValidator(
            "ParametersValidator",
            RestApiId=api.Ref(),
            ValidateRequestParameters=True,
            ValidateRequestBody=False,
        )
    )
    t.add_resource(
        Method(
            "RootAnyMethod",
            RestApiId=api.Ref(),
            ResourceId=api.GetAtt("RootResourceId"),
            HttpMethod="ANY",
            AuthorizationType="NONE",
            ApiKeyRequired=True,
            Integration=integration(),
        )
    )
    proxy = t.add_resource(
        Resource(
            "ProxyResource",
            RestApiId=api.Ref(),
            ParentId=api.GetAtt("RootResourceId"),
            PathPart="{proxy+}",
        )
    )
    t.add_resource(
        Method(
            "ProxyAnyMethod",
            RestApiId=api.Ref(),
            ResourceId=proxy.Ref(),
            HttpMethod="ANY",
            AuthorizationType="NONE",
            ApiKeyRequired=True,
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
        Method(
            "ProxyGetMethod",
            RestApiId=api.Ref(),
            ResourceId=proxy.Ref(),
            HttpMethod="GET",
            AuthorizationType="NONE",
            ApiKeyRequired=True,
            RequestParameters=cache_key,
            RequestValidatorId=validator.Ref(),
            Integration=integration(CacheKeyParameters=list(cache_key)),
        )
    )


def add_gateway_responses(t: StackTemplate, api: RestApi) -> None:
    """Add what API Gateway answers on its own: a sentence, and the ID to look for in the logs."""
    t.section("Gateway responses")
    t.add_resource(
        GatewayResponse(
            "RefusedResponse",
            RestApiId=api.Ref(),
            ResponseType="DEFAULT_4XX",
            ResponseTemplates=_answer("The request was refused."),
        )
    )
    t.add_resource(
        GatewayResponse(
            "FailedResponse",
            RestApiId=api.Ref(),
            ResponseType="DEFAULT_5XX",
            ResponseTemplates=_answer("The request failed."),
        )
    )
    t.add_resource(
        GatewayResponse(
            "MissingParameterResponse",
            RestApiId=api.Ref(),
            ResponseType="BAD_REQUEST_PARAMETERS",
            ResponseTemplates=_answer(
                "Use the address of the site. A direct GET needs the header "
                f"{contract.CACHE_KEY_HEADER} with a value of its own."
            ),
        )
    )


def _answer(message: str) -> dict[str, str]:
    return {"application/json": json.dumps({"message": message, "requestId": "$context.requestId"})}


def add_api_logs(t: StackTemplate, api: RestApi) -> ApiLogs:
    """Add the log groups of the API, before the stage: API Gateway would make one that is never cleared."""
    t.section("Log groups of the API")
    access = t.add_resource(
        log_group(
            "AccessLogGroup",
            "access-logs",
            LogGroupName=Sub(f"/aws/apigateway/{PREFIX}-api-access"),
            KmsKeyId=contract.imported(contract.LOGS_KEY_ARN),
        )
    )
    execution = t.add_resource(
        log_group(
            "ExecutionLogGroup",
            "execution-logs",
            LogGroupName=Sub(f"API-Gateway-Execution-Logs_${{Api}}/{contract.API_STAGE}", Api=api.Ref()),
            KmsKeyId=contract.imported(contract.LOGS_KEY_ARN),
        )
    )
    return ApiLogs(access, execution)


def add_account(t: StackTemplate) -> Account:
    """Add the role that API Gateway logs with, and the setting that makes it the account's.

    Every API of the account and region logs with this role, so it stays when the stack goes, and one stack of
    the account sets it.
    """
    t.section("Logging role of the account")
    role = t.add_resource(
        Role(
            "ApiGatewayLoggingRole",
            Condition="ManagesAccount",
            DeletionPolicy=RetainExceptOnCreate,
            UpdateReplacePolicy=Retain,
            Description="Lets API Gateway write the logs of all APIs of the account",
            AssumeRolePolicyDocument=document(
                Statement(
                    Effect=Allow,
                    Principal=Principal("Service", "apigateway.amazonaws.com"),
                    Action=[sts_actions.AssumeRole],
                )
            ),
            ManagedPolicyArns=[
                # API Gateway refuses a role with fewer rights than these.
                Sub("arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs")
            ],
            Tags=tags("api-gateway-logging-role"),
        )
    )
    return t.add_resource(
        Account(
            "ApiGatewayAccount",
            Condition="ManagesAccount",
            DeletionPolicy=RetainExceptOnCreate,
            UpdateReplacePolicy=Retain,
            CloudWatchRoleArn=role.GetAtt("Arn"),
        )
    )


def add_deployment(t: StackTemplate, api: RestApi) -> Deployment:
    """Add the deployment. Its logical ID and what it waits for are derived from the definition of the API."""
    t.section("Deployment and stage")
    return t.add_resource(
        Deployment(
            "ApiDeployment",
            RestApiId=api.Ref(),
            # A method that was taken out is still there while the next deployment is made. Raise the edition
            # afterwards, to deploy the API once more without it.
            Description="Edition 1",
        )
    )


def add_stage(
    t: StackTemplate, api: RestApi, deployment: Deployment, logs: ApiLogs, account: Account
) -> Stage:
    """Add the stage: logs, traces, metrics, throttling, and the cache for GET alone."""
    # Settings of one method replace the ones of the stage as a whole, so these are given twice.
    method_setting = partial(
        MethodSetting,
        LoggingLevel="INFO",
        DataTraceEnabled=False,  # would log headers and bodies
        MetricsEnabled=True,
        ThrottlingRateLimit=500,  # requests per second
        ThrottlingBurstLimit=1000,  # requests
    )
    return t.add_resource(
        Stage(
            "ApiStage",
            DependsOn=logs.execution,
            RestApiId=api.Ref(),
            DeploymentId=deployment.Ref(),
            StageName=contract.API_STAGE,
            # Logging needs the account's role first. A DependsOn would name what may not exist.
            Description=If(
                "ManagesAccount",
                Sub("Logs with the role of ${Account}", Account=account.Ref()),
                "Logs with the role that the account has",
            ),
            TracingEnabled=True,
            CacheClusterEnabled=If("CachesRequests", True, False),
            CacheClusterSize=If("CachesRequests", "0.5", NoValue),  # GB
            MethodSettings=[
                method_setting(ResourcePath="/*", HttpMethod="*", CachingEnabled=False),
                method_setting(
                    ResourcePath="/~1{proxy+}",  # "/{proxy+}", its slash written as "~1"
                    HttpMethod="GET",
                    CachingEnabled=If("CachesRequests", True, False),
                    CacheTtlInSeconds=300,
                    CacheDataEncrypted=True,
                ),
            ],
            AccessLogSetting=AccessLogSetting(
                DestinationArn=logs.access.GetAtt("Arn"),
                # Neither headers nor query strings. What came from the cache has no integration latency: "-".
                Format=json.dumps(
                    {
                        "requestId": "$context.requestId",
                        "traceId": "$context.xrayTraceId",
                        "peer": "$context.identity.sourceIp",  # CloudFront; the viewer's is in its own log
                        "method": "$context.httpMethod",
                        "path": "$context.path",
                        "status": "$context.status",
                        "latency": "$context.responseLatency",
                        "integrationLatency": "$context.integration.latency",
                        "integrationStatus": "$context.integration.status",
                        "errorType": "$context.error.responseType",
                        "keyId": "$context.identity.apiKeyId",
                        "integrationError": "$context.integration.error",
                    }
                ),
            ),
            Tags=tags("api-v1"),
        )
    )


def add_permission(t: StackTemplate, api: RestApi, alias: Alias) -> None:
    """Add the permission that lets this API call the alias."""
    t.section("Permission")
    t.add_resource(
        Permission(
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


def add_usage_plan(t: StackTemplate, api: RestApi, stage: Stage) -> UsagePlan:
    """Add the key that CloudFront sends, and the plan that limits what can be done with it.

    Without a key a plan limits nothing, and everybody could pass by CloudFront and its firewall. There is one
    key for the whole site: whoever calls after the day's last request is told 429.
    """
    t.section("API key and usage plan")
    secret = t.add_resource(
        Secret(
            "OriginApiKeySecret",
            DeletionPolicy=RetainExceptOnCreate,
            UpdateReplacePolicy=Retain,
            Name=named(contract.ORIGIN_API_KEY_SECRET),
            Description="Key that CloudFront sends to the API",
            # Final: another setting makes another value, which neither API Gateway nor CloudFront would see.
            GenerateSecretString=GenerateSecretString(
                SecretStringTemplate="{}",
                GenerateStringKey=contract.ORIGIN_API_KEY_FIELD,
                PasswordLength=40,  # API Gateway takes 20 to 128 letters and digits
                ExcludePunctuation=True,
            ),
            ReplicaRegions=[ReplicaRegion(Region="us-east-1")],  # where the frontend stack reads it
            Tags=tags(contract.ORIGIN_API_KEY_SECRET),
        )
    )
    key = t.add_resource(
        ApiKey(
            "OriginApiKey",
            Enabled=True,
            Description="Sent by CloudFront",
            Value=Sub(
                "{{resolve:secretsmanager:${Secret}:SecretString:" + contract.ORIGIN_API_KEY_FIELD + "}}",
                Secret=secret.Ref(),
            ),
            Tags=tags("origin-api-key"),
        )
    )
    plan = t.add_resource(
        UsagePlan(
            "UsagePlan",
            Description="All requests of the site",
            ApiStages=[ApiStage(ApiId=api.Ref(), Stage=stage.Ref())],
            Quota=QuotaSettings(Limit=1000000, Period="DAY"),  # requests
            Throttle=ThrottleSettings(RateLimit=500, BurstLimit=1000),  # requests per second, requests
            Tags=tags("usage-plan"),
        )
    )
    t.add_resource(
        UsagePlanKey("OriginUsagePlanKey", KeyId=key.Ref(), KeyType="API_KEY", UsagePlanId=plan.Ref())
    )
    return plan


def add_metric_filters(t: StackTemplate, logs: LogGroup) -> None:
    """Add the metrics that are read off the function's log.

    Environments of one account share the namespace, so the names of these metrics carry the environment.
    """
    t.section("Metrics from the function's log")
    t.add_resource(
        MetricFilter(
            "ApplicationErrorsFilter",
            LogGroupName=logs.Ref(),
            # What the handler does not catch has another key before version 4.0.4 of the runtime's client:
            # https://github.com/aws/aws-lambda-python-runtime-interface-client/issues/220
            FilterPattern='{ $.level = "ERROR" || $.level = "CRITICAL" || $.log_level = "ERROR" }',
            MetricTransformations=[_count("application-errors")],
        )
    )
    t.add_resource(
        MetricFilter(
            "TimeoutsFilter",
            LogGroupName=logs.Ref(),
            FilterPattern='{ $.type = "platform.report" && $.record.status = "timeout" }',
            MetricTransformations=[_count("timeouts")],
        )
    )
    t.add_resource(
        MetricFilter(
            "OutOfMemoryFilter",
            LogGroupName=logs.Ref(),
            FilterPattern='{ $.type = "platform.report" && $.record.errorType = "Runtime.OutOfMemory" }',
            MetricTransformations=[_count("out-of-memory")],
        )
    )
    t.add_resource(
        MetricFilter(
            "InitDurationFilter",
            LogGroupName=logs.Ref(),
            FilterPattern='{ $.type = "platform.report" && $.record.metrics.initDurationMs > 0 }',
            MetricTransformations=[
                MetricTransformation(
                    MetricNamespace=METRICS,
                    MetricName=named("init-duration"),
                    MetricValue="$.record.metrics.initDurationMs",
                    Unit="Milliseconds",
                )
            ],
        )
    )


def _count(name: str) -> MetricTransformation:
    return MetricTransformation(
        MetricNamespace=METRICS,
        MetricName=named(name),
        MetricValue="1",
        DefaultValue=0,
        Unit="Count",
    )


def add_queries(t: StackTemplate, access_logs: LogGroup, function_logs: LogGroup) -> None:
    """Add what CloudWatch Logs Insights offers under "Queries", in a folder of this environment."""
    t.section("Saved queries")
    t.add_resource(
        QueryDefinition(
            "SlowestRequestsQuery",
            Name=Sub(f"{PREFIX}/slowest-requests"),
            LogGroupNames=[access_logs.Ref()],
            QueryString="\n".join(
                [
                    "fields @timestamp, latency, integrationLatency, method, path, status, requestId",
                    "| sort latency desc",
                    "| limit 50",
                ]
            ),
        )
    )
    t.add_resource(
        QueryDefinition(
            "ErrorsByRouteQuery",
            Name=Sub(f"{PREFIX}/errors-by-route"),
            LogGroupNames=[access_logs.Ref()],
            QueryString="\n".join(
                [
                    "filter status >= 400",
                    "| stats count(*) as requests, latest(requestId) as newest"
                    " by status, errorType, method, path",
                    "| sort requests desc",
                    "| limit 100",
                ]
            ),
        )
    )
    t.add_resource(
        QueryDefinition(
            "ColdStartsQuery",
            Name=Sub(f"{PREFIX}/cold-starts"),
            LogGroupNames=[function_logs.Ref()],
            QueryString="\n".join(
                [
                    'filter type = "platform.report" and ispresent(record.metrics.initDurationMs)',
                    "| stats count(*) as starts, avg(record.metrics.initDurationMs) as averageMs,",
                    "    max(record.metrics.initDurationMs) as longestMs by bin(1h)",
                ]
            ),
        )
    )


def add_topics(t: StackTemplate) -> Topics:
    """Add whom the alarms tell: the critical ones wake somebody, the others wait for the morning."""
    t.section("Alarm topics")
    key = contract.imported(contract.ALARMS_KEY_ARN)
    normal = t.add_resource(topic("ApiAlarmTopic", "api-alarms", KmsMasterKeyId=key))
    critical = t.add_resource(topic("ApiCriticalAlarmTopic", "api-critical-alarms", KmsMasterKeyId=key))
    t.add_resource(topic_policy("ApiAlarmTopicsPolicy", normal.Ref(), critical.Ref()))
    return Topics(normal, critical)


def add_alarms(
    t: StackTemplate, function: Function, api: RestApi, stage: Stage, queue: Queue, topics: Topics
) -> None:
    """Add the alarms on the function, the API and the dead-letter queue."""
    t.section("Alarms")
    function_alarm = partial(alarm, Namespace="AWS/Lambda", dimensions={"FunctionName": function.Ref()})
    api_alarm = partial(
        alarm,
        Namespace="AWS/ApiGateway",
        dimensions={"ApiName": api.Name, "Stage": stage.Ref()},  # the API's name, not its ID
    )
    t.add_resource(
        function_alarm(
            "LambdaErrorsAlarm",
            "lambda-errors",
            AlarmDescription=(
                "The function fails. Look for errors and timeouts in its log, and at what was deployed last."
            ),
            MetricName="Errors",
            Statistic="Sum",
            EvaluationPeriods=1,
            Threshold=3,  # failed invocations
            notify=topics.critical.Ref(),
        )
    )
    t.add_resource(
        function_alarm(
            "LambdaDurationAlarm",
            "lambda-duration",
            AlarmDescription=(
                "The slowest requests come near the function's timeout. Look at the database's latency "
                "first, then run the saved query slowest-requests."
            ),
            MetricName="Duration",
            ExtendedStatistic="p95",
            EvaluationPeriods=3,
            DatapointsToAlarm=2,
            Threshold=20000,  # milliseconds
            notify=topics.normal.Ref(),
        )
    )
    t.add_resource(
        function_alarm(
            "LambdaThrottlesAlarm",
            "lambda-throttles",
            AlarmDescription=(
                "Lambda turned requests away for want of concurrency. Compare what is used with what is "
                "reserved, and see whether requests have become slower or more."
            ),
            MetricName="Throttles",
            Statistic="Sum",
            EvaluationPeriods=1,
            Threshold=1,  # invocations turned away
            notify=topics.critical.Ref(),
        )
    )
    t.add_resource(
        api_alarm(
            "Api4xxAlarm",
            "api-4xx",
            AlarmDescription=(
                "The API refuses requests. Run the saved query errors-by-route. errorType INVALID_API_KEY is "
                "a caller without key, THROTTLED and QUOTA_EXCEEDED are the limits, - is the application."
            ),
            MetricName="4XXError",
            Statistic="Sum",
            EvaluationPeriods=2,
            Threshold=5,  # requests
            notify=topics.normal.Ref(),
        )
    )
    t.add_resource(
        api_alarm(
            "Api5xxAlarm",
            "api-5xx",
            AlarmDescription=(
                "Requests fail. Run the saved query errors-by-route, and look at the function's log of that "
                "time."
            ),
            MetricName="5XXError",
            Statistic="Sum",
            EvaluationPeriods=1,
            Threshold=1,  # requests
            notify=topics.critical.Ref(),
        )
    )
    t.add_resource(
        api_alarm(
            "ApiLatencyAlarm",
            "api-latency",
            AlarmDescription=(
                "The API answers slowly. Compare its latency with the duration of the function, then look at "
                "cold starts and at the database's latency."
            ),
            MetricName="Latency",
            ExtendedStatistic="p95",
            EvaluationPeriods=3,
            DatapointsToAlarm=2,
            Threshold=5000,  # milliseconds
            notify=topics.normal.Ref(),
        )
    )
    t.add_resource(
        alarm(
            "DeadLettersAlarm",
            "dead-letters",
            AlarmDescription=(
                "An event that was sent to the function asynchronously failed for good and waits in the "
                "dead-letter queue. The API sends none: find out who does, then look at the function's log."
            ),
            Namespace="AWS/SQS",
            MetricName="ApproximateNumberOfMessagesVisible",
            dimensions={"QueueName": queue.GetAtt("QueueName")},
            Statistic="Maximum",
            EvaluationPeriods=1,
            Threshold=0,  # messages
            notify=topics.normal.Ref(),
        )
    )


def add_outputs(
    t: StackTemplate, backend: Backend, api: RestApi, stage: Stage, plan: UsagePlan, topics: Topics
) -> None:
    """Add what the frontend stack and the operators need to know."""
    t.add_output(Output(contract.API_GATEWAY_ID, Description="ID of the REST API", Value=api.Ref()))
    t.add_output(
        Output(
            "ApiGatewayUrl",
            Description="Address of the API without CloudFront; requests need the header x-api-key",
            Value=Sub(
                "https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/${Stage}",
                Api=api.Ref(),
                Stage=stage.Ref(),
            ),
        )
    )
    t.add_output(
        Output("LambdaFunctionName", Description="Name of the function", Value=backend.function.Ref())
    )
    t.add_output(
        Output("LambdaFunctionArn", Description="ARN of the function", Value=backend.function.GetAtt("Arn"))
    )
    t.add_output(
        Output("LambdaAliasArn", Description="ARN of the alias that the API calls", Value=backend.alias.Ref())
    )
    t.add_output(Output("ApiUsagePlanId", Description="ID of the usage plan", Value=plan.Ref()))
    t.add_output(
        Output("ApiAlarmTopicArn", Description="ARN of the topic for alarms", Value=topics.normal.Ref())
    )
    t.add_output(
        Output(
            "ApiCriticalAlarmTopicArn",
            Description="ARN of the topic for critical alarms",
            Value=topics.critical.Ref(),
        )
    )


def derive(t: StackTemplate) -> None:
    """Make what follows from the rest of the template: release, deployment and dashboard.

    ``build`` ends with this. Whoever changes the template afterwards calls it again.

    Raises:
        fingerprint.FingerprintError: a parameter is where it must not be, or the release may become too long.
        DashboardError: the dashboard shows an alarm that is gone.
    """
    template = t.to_dict()  # none of the three reads what another one makes
    derive_release(t, template)
    derive_deployment(t, template)
    derive_dashboard(t, template)


def derive_release(t: StackTemplate, template: Mapping[str, Any]) -> None:
    """Write the release of the function into its variable RELEASE and into the version's description."""
    function = t.resources["ApiFunction"]
    release = Sub(fingerprint.release(template, "ApiFunction"))
    function.Environment = Environment(
        Variables={**function.Environment.Variables, fingerprint.RELEASE: release}
    )
    t.resources["ApiFunctionVersion"].Description = release


def derive_deployment(t: StackTemplate, template: Mapping[str, Any]) -> None:
    """Name the deployment after the definition of the API, let it wait for that, and lead the stage to it."""
    stage = t.resources["ApiStage"]
    old = stage.DeploymentId.data["Ref"]
    new = _deployment_id(template, old)
    t.rename_resource(old, new)
    t.resources[new].DependsOn = fingerprint.deployed(template, old)
    stage.DeploymentId = t.resources[new].Ref()


def _deployment_id(template: Mapping[str, Any], logical_id: str) -> str:
    return f"ApiDeployment{fingerprint.deployment(template, logical_id)}"


def derive_dashboard(t: StackTemplate, template: Mapping[str, Any]) -> None:
    """Make the dashboard, with its lines at the thresholds of the alarms."""
    t.section("Dashboard")
    t.resources.pop("ApiDashboard", None)
    t.add_resource(dashboard("ApiDashboard", "api", overview(template)))


def overview(template: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of the dashboard: the API on the left, the function on the right."""
    stage = {
        dimension["Name"]: dimension["Value"]
        for dimension in held(template, "Api5xxAlarm")["Properties"]["Dimensions"]
    }
    function = {"FunctionName": {"Ref": "ApiFunction"}}
    alias = function | {"Resource": {"Fn::Sub": "${ApiFunction}:${Environment}"}}
    return dashboard_body(
        [alarm_states(template, "Alarms")],
        [
            graph("Requests", "per 5 min", [metric("AWS/ApiGateway", "Count", "All", "Sum", 300, stage)]),
            graph(
                "Concurrency",
                "at a time",
                [
                    metric("AWS/Lambda", "ConcurrentExecutions", "In use", "Maximum", 300, function),
                    metric(
                        "AWS/Lambda",
                        "ProvisionedConcurrentExecutions",
                        "Provisioned, in use",
                        "Maximum",
                        300,
                        alias,
                    ),
                ],
                [
                    limit("Database connections", contract.DATABASE_MAX_CONNECTIONS),
                    when(
                        "HasProvisionedConcurrency",
                        limit("Provisioned", {"Ref": "LambdaProvisionedConcurrency"}),
                    ),
                    when(
                        "HasReservedConcurrency",
                        limit("Reserved", {"Ref": "LambdaReservedConcurrency"}),
                    ),
                ],
            ),
        ],
        [
            graph(
                "Errors",
                "per 5 min",
                [watched(template, "Api4xxAlarm", "4XX"), watched(template, "Api5xxAlarm", "5XX")],
                [threshold(template, "Api4xxAlarm"), threshold(template, "Api5xxAlarm")],
            ),
            graph(
                "Failed in the function",
                "per 5 min",
                [
                    watched(template, "LambdaErrorsAlarm", "Invocations"),
                    _logged(template, "ApplicationErrorsFilter", "Errors in the log", "Sum"),
                    _logged(template, "TimeoutsFilter", "Timeouts", "Sum"),
                    _logged(template, "OutOfMemoryFilter", "Out of memory", "Sum"),
                ],
                [threshold(template, "LambdaErrorsAlarm")],
            ),
        ],
        [
            graph(
                "Latency",
                "ms",
                _percentiles(template, "ApiLatencyAlarm"),
                [threshold(template, "ApiLatencyAlarm")],
            ),
            graph(
                "Duration of the function",
                "ms",
                _percentiles(template, "LambdaDurationAlarm"),
                [threshold(template, "LambdaDurationAlarm")],
            ),
        ],
        [
            graph(
                "Cache",
                "per 5 min",
                [
                    metric("AWS/ApiGateway", "CacheHitCount", "Hits", "Sum", 300, stage),
                    metric("AWS/ApiGateway", "CacheMissCount", "Misses", "Sum", 300, stage),
                ],
            ),
            graph(
                "Cold starts",
                "ms",
                [
                    _logged(template, "InitDurationFilter", "Longest", "Maximum"),
                    _logged(template, "InitDurationFilter", "Average", "Average"),
                ],
            ),
        ],
        [
            graph(
                "Dead letters",
                "waiting",
                [watched(template, "DeadLettersAlarm", "Events")],
                [threshold(template, "DeadLettersAlarm")],
            ),
            graph(
                "Throttles",
                "per 5 min",
                [watched(template, "LambdaThrottlesAlarm", "Turned away")],
                [threshold(template, "LambdaThrottlesAlarm")],
            ),
        ],
    )


def _percentiles(template: Mapping[str, Any], alarm: str) -> list[Metric]:
    """Return the metric of an alarm at three percentiles."""
    *identity, options = watched(template, alarm, "")
    return [[*identity, {**options, "label": stat, "stat": stat}] for stat in ("p50", "p90", "p99")]


def _logged(template: Mapping[str, Any], metric_filter: str, label: str, stat: str) -> Metric:
    """Return the metric that a metric filter writes."""
    (written,) = held(template, metric_filter)["Properties"]["MetricTransformations"]
    return metric(written["MetricNamespace"], written["MetricName"], label, stat, 300, {})


def stale(template: Mapping[str, Any]) -> list[str]:
    """Return a sentence for everything derived that does not fit the rest of a template, or cannot.

    Args:
        template: the template as a plain dict; what an importer took out of it is not missed.
    """
    try:
        return [
            *_stale_release(template),
            *_stale_deployment(template),
            *stale_dashboard(template, "ApiDashboard", overview, "api.derive(t)"),
        ]
    except fingerprint.FingerprintError as error:
        return [str(error)]


def _stale_release(template: Mapping[str, Any]) -> Iterator[str]:
    resources = template["Resources"]
    if not {"ApiFunction", "ApiFunctionVersion"} <= resources.keys():
        return
    release = {"Fn::Sub": fingerprint.release(template, "ApiFunction")}
    variables = resources["ApiFunction"]["Properties"]["Environment"]["Variables"]
    description = resources["ApiFunctionVersion"]["Properties"].get("Description")
    if not release == variables.get(fingerprint.RELEASE) == description:
        yield (
            "Resources.ApiFunctionVersion: The release does not fit the function, which was changed after it "
            "was made: no version would be published. Call api.derive(t) after the last change."
        )


def _stale_deployment(template: Mapping[str, Any]) -> Iterator[str]:
    resources = template["Resources"]
    if "ApiStage" not in resources:
        return
    logical_id = resources["ApiStage"]["Properties"]["DeploymentId"]["Ref"]
    found = (logical_id, resources[logical_id].get("DependsOn"))
    if found != (_deployment_id(template, logical_id), fingerprint.deployed(template, logical_id)):
        yield (
            f"Resources.{logical_id}: The deployment does not fit the API, whose definition was changed "
            "after it was made: the change would not be deployed. Call api.derive(t) after the last change."
        )
