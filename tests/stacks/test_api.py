"""Facts of the API stack."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from troposphere import Ref, Sub
from troposphere.apigateway import Deployment, Method, RequestValidator

from csr_templates import STACKS
from csr_templates import api as api_module
from csr_templates.cloudformation import fingerprint
from csr_templates.cloudformation.rendering import load, render
from csr_templates.cloudformation.resolving import failed_assertions, resolve
from csr_templates.linting.runner import lint
from csr_templates.stacks.parts.template import StackTemplate

Template = dict[str, Any]

VERSION_ID = "3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrH"
PROD = {"LambdaCodeS3ObjectVersion": VERSION_ID}
DEV = {
    "Environment": "dev",
    "LambdaMemorySize": "128",
    "LambdaProvisionedConcurrency": "0",
    "LambdaReservedConcurrency": "0",
    "ApiCacheEnabled": "false",
    "ManageApiGatewayAccount": "false",
}
ACCOUNT = "123456789012"


@pytest.fixture(scope="module")
def resolved(api: Template) -> Template:
    """The API with production's values, in account 123456789012."""
    return resolve(api, PROD)


@pytest.fixture(scope="module")
def resources(resolved: Template) -> Template:
    """Logical ID -> resource, with production's values."""
    found: Template = resolved["Resources"]
    return found


@pytest.fixture(scope="module")
def in_dev(api: Template) -> Template:
    """Logical ID -> resource, with everything off that can be off."""
    found: Template = resolve(api, DEV)["Resources"]
    return found


def properties(resources: Template, logical_id: str) -> Template:
    """Return the properties of one resource."""
    found: Template = resources[logical_id]["Properties"]
    return found


def of_type(resources: Template, resource_type: str) -> Template:
    """Return logical ID -> properties of all resources of one type."""
    return {
        logical_id: resource["Properties"]
        for logical_id, resource in resources.items()
        if resource["Type"] == resource_type
    }


def ref(logical_id: str) -> dict[str, str]:
    """Return a reference to a resource."""
    return {"Ref": logical_id}


def arn(logical_id: str) -> dict[str, list[str]]:
    """Return a reference to the ARN of a resource."""
    return {"Fn::GetAtt": [logical_id, "Arn"]}


def imported(name: str) -> dict[str, str]:
    """Return a reference to an export of another stack."""
    return {"Fn::ImportValue": f"csr-lambda-api-prod-{name}"}


def statements(resources: Template) -> dict[str, Template]:
    """Return what the function's role may do: Sid -> statement."""
    (policy,) = properties(resources, "ExecutionRole")["Policies"]
    return {statement["Sid"]: statement for statement in policy["PolicyDocument"]["Statement"]}


# ---- Parameters ----


def test_parameters(api: Template) -> None:
    """The parameters are these, and their defaults are production's."""
    assert {name: parameter["Default"] for name, parameter in api["Parameters"].items()} == {
        "ProjectName": "csr-lambda-api",
        "Environment": "prod",
        "LambdaMemorySize": 1024,
        "LambdaProvisionedConcurrency": 10,
        "LambdaReservedConcurrency": 500,
        "LambdaCodeS3Key": "lambda-deployment-package.zip",
        "LambdaCodeS3ObjectVersion": "",
        "ApiCacheEnabled": "true",
        "ManageApiGatewayAccount": "true",
    }


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({}, True),
        ({"LambdaCodeS3ObjectVersion": VERSION_ID}, False),
        ({"Environment": "staging"}, False),
        ({"Environment": "dev"}, False),
    ],
    ids=["prod without", "prod with", "staging without", "dev without"],
)
def test_production_needs_an_object_version(api: Template, values: dict[str, str], refused: bool) -> None:
    """Without it an overwritten package would deploy nothing."""
    sentence = (
        "LambdaCodeS3ObjectVersion must be given in prod: without it, CloudFormation does not see a new "
        "package under the same key."
    )

    assert failed_assertions(api, values) == ([sentence] if refused else [])


# ---- Key, queue, log group ----


def test_environment_variables_have_a_key(resources: Template) -> None:
    """The variables are encrypted with the stack's own key."""
    assert properties(resources, "ApiFunction")["KmsKeyArn"] == arn("FunctionKey")


def test_dead_letter_queue(resources: Template) -> None:
    """Failed events are kept for 14 days, encrypted with the AWS-managed key, and over TLS only."""
    queue = properties(resources, "DeadLetterQueue")
    (statement,) = properties(resources, "DeadLetterQueuePolicy")["PolicyDocument"]["Statement"]

    assert queue["MessageRetentionPeriod"] == 14 * 24 * 60 * 60
    assert queue["KmsMasterKeyId"] == "alias/aws/sqs"
    assert properties(resources, "DeadLetterQueuePolicy")["Queues"] == [ref("DeadLetterQueue")]
    assert statement == {
        "Sid": "DenyWithoutTLS",
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["sqs:*"],
        "Resource": [arn("DeadLetterQueue")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def test_log_groups(resources: Template) -> None:
    """The log groups have the names that their writers use, and the network's key, which admits them."""
    groups = of_type(resources, "AWS::Logs::LogGroup")

    assert {logical_id: group["LogGroupName"] for logical_id, group in groups.items()} == {
        "FunctionLogGroup": "/aws/lambda/csr-lambda-api-prod-api",
        "AccessLogGroup": "/aws/apigateway/csr-lambda-api-prod-api-access",
        "ExecutionLogGroup": {"Fn::Sub": "API-Gateway-Execution-Logs_${RestApi}/v1"},
    }
    assert {str(group["KmsKeyId"]) for group in groups.values()} == {str(imported("logs-key-arn"))}


# ---- Role ----


def test_role_is_for_lambda_of_this_account(resources: Template) -> None:
    """Lambda may assume the role, for this account."""
    role = properties(resources, "ExecutionRole")

    assert role["AssumeRolePolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": ["sts:AssumeRole"],
            "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
        }
    ]
    assert "ManagedPolicyArns" not in role


def test_statements_of_the_role(resources: Template) -> None:
    """The function may do this and nothing else; in particular, it cannot make log groups."""
    assert {
        sid: (statement["Effect"], statement["Action"], statement["Resource"])
        for sid, statement in statements(resources).items()
    } == {
        "WriteLog": ("Allow", ["logs:CreateLogStream", "logs:PutLogEvents"], [arn("FunctionLogGroup")]),
        "ReadDatabaseSecret": (
            "Allow",
            ["secretsmanager:GetSecretValue"],
            [imported("database-secret-arn")],
        ),
        "DecryptDatabaseSecret": ("Allow", ["kms:Decrypt"], [imported("database-key-arn")]),
        "DecryptEnvironment": ("Allow", ["kms:Decrypt"], [arn("FunctionKey")]),
        "SendDeadLetters": ("Allow", ["sqs:SendMessage"], [arn("DeadLetterQueue")]),
        "SendTraces": ("Allow", ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], ["*"]),
        "SendMetrics": ("Allow", ["cloudwatch:PutMetricData"], ["*"]),
        "AttachToVpc": (
            "Allow",
            [
                "ec2:AssignPrivateIpAddresses",
                "ec2:CreateNetworkInterface",
                "ec2:DeleteNetworkInterface",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSubnets",
                "ec2:UnassignPrivateIpAddresses",
            ],
            ["*"],
        ),
        "KeepCodeFromTheVpc": (
            "Deny",
            [
                "ec2:AssignPrivateIpAddresses",
                "ec2:CreateNetworkInterface",
                "ec2:DeleteNetworkInterface",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSubnets",
                "ec2:UnassignPrivateIpAddresses",
                "ec2:DetachNetworkInterface",
            ],
            ["*"],
        ),
    }


# Statements about every resource, or about a pattern of actions -> why.
WILDCARDS = {
    "ExecutionRole SendTraces": "X-Ray has no resources for these actions",
    "ExecutionRole SendMetrics": "CloudWatch has no resources for it; the condition names the namespace",
    "ExecutionRole AttachToVpc": "the interfaces do not exist yet, and EC2 lists all of them or none",
    "ExecutionRole KeepCodeFromTheVpc": "a Deny",
    "FunctionKey Account": "in a key's policy, * is the key; who of the account may use it, its policies say",
    "DeadLetterQueuePolicy DenyWithoutTLS": "a Deny",
    "ApiAlarmTopicsPolicy Account": "in a topic's policy, * is the topic",
    "ApiAlarmTopicsPolicy CloudWatchAlarms": "in a topic's policy, * is the topic",
    "ApiAlarmTopicsPolicy DenyWithoutTLS": "a Deny",
}


def every_statement(resources: Template) -> dict[str, Template]:
    """Return logical ID and Sid -> statement, of all policies in the template."""
    found = {}
    for logical_id, resource in resources.items():
        documents = [
            resource["Properties"].get("PolicyDocument"),
            resource["Properties"].get("KeyPolicy"),
            *(policy["PolicyDocument"] for policy in resource["Properties"].get("Policies", [])),
        ]
        for document in filter(None, documents):
            found.update({f"{logical_id} {one['Sid']}": one for one in document["Statement"]})
    return found


def test_wildcards_have_a_reason(resources: Template) -> None:
    """Every statement names resources and actions, apart from the ones that are listed with a reason."""
    found = every_statement(resources)

    assert {
        name
        for name, statement in found.items()
        if "*" in statement["Resource"] or any("*" in action for action in statement["Action"])
    } == set(WILDCARDS)


def test_database_key_serves_the_database_secret_alone(resources: Template) -> None:
    """Secrets Manager decrypts with the rights of its caller; the role gives them for this one secret."""
    assert statements(resources)["DecryptDatabaseSecret"]["Condition"] == {
        "StringEquals": {
            "kms:ViaService": "secretsmanager.ap-northeast-1.amazonaws.com",
            "kms:EncryptionContext:SecretARN": imported("database-secret-arn"),
        }
    }


def test_metrics_go_to_the_namespace_of_the_application(resources: Template) -> None:
    """The function can write metrics of no other namespace."""
    assert statements(resources)["SendMetrics"]["Condition"] == {
        "StringEquals": {"cloudwatch:namespace": "CSR-Lambda-API"}
    }


def test_code_cannot_use_the_network_interfaces(resources: Template) -> None:
    """Requests of code in a function are denied what Lambda itself is allowed."""
    deny = statements(resources)["KeepCodeFromTheVpc"]

    assert deny["Condition"] == {"Null": {"lambda:SourceFunctionArn": "false"}}
    assert set(deny["Action"]) > set(statements(resources)["AttachToVpc"]["Action"])


# ---- Function ----


def test_function(resources: Template) -> None:
    """Runtime, size and limits of the function."""
    function = properties(resources, "ApiFunction")

    assert function["FunctionName"] == "csr-lambda-api-prod-api"
    assert function["Runtime"] == "python3.13"
    assert function["Handler"] == "lambda_handler.handler"
    assert function["MemorySize"] == "1024"
    assert function["ReservedConcurrentExecutions"] == "500"
    assert function["Timeout"] == 28
    assert function["TracingConfig"] == {"Mode": "Active"}
    assert function["Role"] == arn("ExecutionRole")
    assert function["DeadLetterConfig"] == {"TargetArn": arn("DeadLetterQueue")}
    assert function["LoggingConfig"] == {
        "LogGroup": ref("FunctionLogGroup"),
        "LogFormat": "JSON",
        "ApplicationLogLevel": "INFO",
        "SystemLogLevel": "INFO",
    }


def test_function_runs_in_the_private_subnets(resources: Template) -> None:
    """The function has the database's Lambda group and both private subnets."""
    assert properties(resources, "ApiFunction")["VpcConfig"] == {
        "SubnetIds": [imported("private-subnet-1-id"), imported("private-subnet-2-id")],
        "SecurityGroupIds": [imported("lambda-security-group-id")],
    }


def test_timeouts_end_from_the_inside_out(resources: Template) -> None:
    """The function gives up before API Gateway does, so that its own log tells of a timeout."""
    integrations = [
        method["Integration"] for method in of_type(resources, "AWS::ApiGateway::Method").values()
    ]

    assert {integration["TimeoutInMillis"] for integration in integrations} == {29_000}
    assert properties(resources, "ApiFunction")["Timeout"] * 1000 < 29_000


def test_environment_of_the_function(resources: Template) -> None:
    """The variables are what the application is told, without any password."""
    variables = dict(properties(resources, "ApiFunction")["Environment"]["Variables"])
    release = variables.pop("RELEASE")

    assert release == properties(resources, "ApiFunctionVersion")["Description"]
    assert variables == {
        "ENVIRONMENT": "prod",
        "DATABASE_HOST": imported("database-cluster-endpoint"),
        "DATABASE_READ_HOST": imported("database-cluster-read-endpoint"),
        "DATABASE_PORT": imported("database-port"),
        "DATABASE_NAME": imported("database-name"),
        "DATABASE_SECRET_ARN": imported("database-secret-arn"),
        "CONNECTION_POOL_SIZE": "1",
        "LOG_LEVEL": "INFO",
    }


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (PROD, {"S3Key": "lambda-deployment-package.zip", "S3ObjectVersion": VERSION_ID}),
        ({}, {"S3Key": "lambda-deployment-package.zip"}),
        ({"LambdaCodeS3Key": "releases/7.zip"}, {"S3Key": "releases/7.zip"}),
    ],
    ids=["version", "no version", "key"],
)
def test_code_comes_from_the_package_bucket(
    api: Template, values: dict[str, str], code: dict[str, str]
) -> None:
    """Key and version of the package are given at each deploy."""
    function = properties(resolve(api, values)["Resources"], "ApiFunction")

    assert function["Code"] == {"S3Bucket": imported("lambda-deployments-bucket-name"), **code}


def test_alias(resources: Template) -> None:
    """The alias is called like the environment, leads to the version, and keeps ten environments ready."""
    assert properties(resources, "ApiFunctionAlias") == {
        "Name": "prod",
        "FunctionName": ref("ApiFunction"),
        "FunctionVersion": {"Fn::GetAtt": ["ApiFunctionVersion", "Version"]},
        "ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": "10"},
    }


@pytest.mark.parametrize(
    ("name", "reserved", "provisioned"),
    [
        ("LambdaReservedConcurrency", None, {"ProvisionedConcurrentExecutions": "10"}),
        ("LambdaProvisionedConcurrency", "500", None),
    ],
)
def test_zero_concurrency_means_none(api: Template, name: str, reserved: Any, provisioned: Any) -> None:
    """0 takes the one setting away: reserving 0 would stop the function."""
    resources = resolve(api, PROD | {name: "0"})["Resources"]

    assert properties(resources, "ApiFunction").get("ReservedConcurrentExecutions") == reserved
    assert properties(resources, "ApiFunctionAlias").get("ProvisionedConcurrencyConfig") == provisioned


def test_old_versions_stay(api: Template) -> None:
    """An earlier release is kept to go back to; that of a failed create or update is not."""
    version = api["Resources"]["ApiFunctionVersion"]

    assert (version["DeletionPolicy"], version["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


# ---- Release ----

OTHER_VALUES = {
    "ProjectName": "other",
    "Environment": "staging",
    "LambdaMemorySize": "2048",
    "LambdaProvisionedConcurrency": "20",
    "LambdaReservedConcurrency": "0",
    "LambdaCodeS3Key": "other.zip",
    "LambdaCodeS3ObjectVersion": "other",
    "ApiCacheEnabled": "false",
    "ManageApiGatewayAccount": "false",
}
PUBLISHING = {
    "ProjectName",
    "Environment",
    "LambdaMemorySize",
    "LambdaCodeS3Key",
    "LambdaCodeS3ObjectVersion",
}


def versioned(function: Template) -> Template:
    """Return what a version has a copy of, apart from the release."""
    found = copy.deepcopy(
        {name: value for name, value in function.items() if name not in fingerprint.UNVERSIONED_PROPERTIES}
    )
    del found["Environment"]["Variables"]["RELEASE"]
    return found


def test_other_values_are_given_for_every_parameter(api: Template) -> None:
    """The next test leaves no parameter out."""
    assert set(OTHER_VALUES) == set(api["Parameters"])


@pytest.mark.parametrize("name", OTHER_VALUES)
def test_parameter_publishes_a_version(api: Template, resources: Template, name: str) -> None:
    """A parameter publishes a version exactly if it changes something that a version has a copy of.

    The same bytes under a new object version are one case of it: RELEASE makes it a new configuration, which
    Lambda does not refuse to publish.
    """
    after = resolve(api, PROD | {name: OTHER_VALUES[name]})["Resources"]
    old, new = (properties(each, "ApiFunctionVersion")["Description"] for each in (resources, after))

    assert (old != new) is (name in PUBLISHING)
    assert (old != new) is (
        versioned(properties(resources, "ApiFunction")) != versioned(properties(after, "ApiFunction"))
    )
    assert new == properties(after, "ApiFunction")["Environment"]["Variables"]["RELEASE"]


def test_longest_release_fits(api: Template) -> None:
    """With every value at its longest, Lambda accepts the description of the version."""
    longest = {
        "ProjectName": "a" * api["Parameters"]["ProjectName"]["MaxLength"],
        "Environment": "staging",
        "LambdaMemorySize": str(api["Parameters"]["LambdaMemorySize"]["MaxValue"]),
        "LambdaCodeS3Key": "a" * api["Parameters"]["LambdaCodeS3Key"]["MaxLength"],
        "LambdaCodeS3ObjectVersion": "a" * api["Parameters"]["LambdaCodeS3ObjectVersion"]["MaxLength"],
    }
    version = properties(resolve(api, longest)["Resources"], "ApiFunctionVersion")

    assert set(longest) == PUBLISHING
    assert 240 < len(version["Description"]) <= 256


def test_release_is_told_apart_by_its_values(api: Template) -> None:
    """No value can hold the space that stands between two, so different values are different releases."""
    for name in PUBLISHING - {"Environment", "LambdaMemorySize"}:
        assert " " not in api["Parameters"][name]["AllowedPattern"]
        assert r"\s" not in api["Parameters"][name]["AllowedPattern"]


def test_version_waits_for_the_function(api: Template) -> None:
    """The release is one text in two places, and nothing is published before the function has it."""
    version = api["Resources"]["ApiFunctionVersion"]["Properties"]
    release = api["Resources"]["ApiFunction"]["Properties"]["Environment"]["Variables"]["RELEASE"]

    assert version == {"FunctionName": ref("ApiFunction"), "Description": release}
    assert release == {"Fn::Sub": fingerprint.release(api, "ApiFunction")}


# ---- REST API ----


def test_api(resources: Template) -> None:
    """The API is regional, text only, and takes its key from the header."""
    api = properties(resources, "RestApi")

    assert api["Name"] == "csr-lambda-api-prod-api"
    assert api["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    assert api["ApiKeySourceType"] == "HEADER"
    assert "BinaryMediaTypes" not in api


def test_methods(resources: Template) -> None:
    """Everything goes to the function; GET below the root has a method of its own, for the cache."""
    root = {"Fn::GetAtt": ["RestApi", "RootResourceId"]}

    assert properties(resources, "ProxyResource") == {
        "RestApiId": ref("RestApi"),
        "ParentId": root,
        "PathPart": "{proxy+}",
    }
    assert {
        logical_id: (method["HttpMethod"], method["ResourceId"])
        for logical_id, method in of_type(resources, "AWS::ApiGateway::Method").items()
    } == {
        "RootAnyMethod": ("ANY", root),
        "ProxyAnyMethod": ("ANY", ref("ProxyResource")),
        "ProxyGetMethod": ("GET", ref("ProxyResource")),
    }


def test_methods_call_the_alias_and_need_the_key(resources: Template) -> None:
    """No method is open to whoever knows the API's address, and none calls the unpublished code."""
    uri = {
        "Fn::Sub": (
            "arn:aws:apigateway:ap-northeast-1:lambda:path/2015-03-31/functions/${ApiFunctionAlias}/invocations"
        )
    }
    for method in of_type(resources, "AWS::ApiGateway::Method").values():
        assert method["ApiKeyRequired"] is True
        assert method["AuthorizationType"] == "NONE"
        assert method["Integration"]["Type"] == "AWS_PROXY"
        assert method["Integration"]["IntegrationHttpMethod"] == "POST"
        assert method["Integration"]["Uri"] == uri


def test_cache_key(resources: Template) -> None:
    """Answers are told apart by path, cache key and user; a request without cache key is refused.

    API Gateway ignores a cache key parameter that is no request parameter, and a header that is spelled in
    another way: then one user's answer would be served to another.
    """
    method = properties(resources, "ProxyGetMethod")

    assert method["RequestParameters"] == {
        "method.request.path.proxy": True,
        "method.request.header.X-Cache-Key": True,
        "method.request.header.Authorization": False,
        "method.request.header.Cookie": False,
    }
    assert set(method["Integration"]["CacheKeyParameters"]) == set(method["RequestParameters"])
    assert method["RequestValidatorId"] == ref("ParametersValidator")
    assert properties(resources, "ParametersValidator")["ValidateRequestParameters"] is True


def test_only_get_is_validated(resources: Template) -> None:
    """Other methods need no cache key, since their answers are not cached."""
    for logical_id in ("RootAnyMethod", "ProxyAnyMethod"):
        assert "RequestValidatorId" not in properties(resources, logical_id)
        assert "CacheKeyParameters" not in properties(resources, logical_id)["Integration"]


def test_gateway_responses(resources: Template) -> None:
    """The answers are JSON, name the request and say nothing of the inside."""
    answers = {
        response["ResponseType"]: json.loads(response["ResponseTemplates"]["application/json"])
        for response in of_type(resources, "AWS::ApiGateway::GatewayResponse").values()
    }

    assert answers == {
        "DEFAULT_4XX": {"message": "The request was refused.", "requestId": "$context.requestId"},
        "DEFAULT_5XX": {"message": "The request failed.", "requestId": "$context.requestId"},
        "BAD_REQUEST_PARAMETERS": {
            "message": (
                "Use the address of the site. A direct GET needs the header X-Cache-Key with a value of its "
                "own."
            ),
            "requestId": "$context.requestId",
        },
    }


# ---- Deployment and stage ----


def deployment_of(template: Template) -> str:
    """Return the logical ID of the deployment."""
    (logical_id,) = of_type(template["Resources"], "AWS::ApiGateway::Deployment")
    return logical_id


def test_deployment_is_named_after_the_definition(api: Template) -> None:
    """Another definition is another resource, and so another deployment."""
    logical_id = deployment_of(api)

    assert logical_id == "ApiDeployment" + fingerprint.deployment(api, logical_id)
    assert api["Resources"]["ApiStage"]["Properties"]["DeploymentId"] == ref(logical_id)


def test_deployment_waits_for_the_definition(api: Template) -> None:
    """What is made after the deployment is not in it."""
    assert set(api["Resources"][deployment_of(api)]["DependsOn"]) == {
        "ParametersValidator",
        "RootAnyMethod",
        "ProxyResource",
        "ProxyAnyMethod",
        "ProxyGetMethod",
        "RefusedResponse",
        "FailedResponse",
        "MissingParameterResponse",
    }


def test_no_parameter_reaches_the_definition(api: Template) -> None:
    """Whatever the environment, the API is the same, so that a parameter never has to deploy it."""
    names = ["RestApi", *fingerprint.deployed(api, deployment_of(api))]

    def definition(values: dict[str, str]) -> Template:
        found = resolve(api, values)["Resources"]
        api_itself = found["RestApi"]["Properties"]
        for describing in ("Name", "Description", "Tags"):
            del api_itself[describing]
        return {name: found[name] for name in names}

    for name, value in OTHER_VALUES.items():
        assert definition(PROD | {name: value}) == definition(PROD), name


def test_stage(resources: Template) -> None:
    """The stage is traced, and its cache has 0.5 GB."""
    stage = properties(resources, "ApiStage")

    assert stage["StageName"] == "v1"
    assert stage["TracingEnabled"] is True
    assert stage["CacheClusterEnabled"] is True
    assert stage["CacheClusterSize"] == "0.5"


def test_stage_settings(resources: Template) -> None:
    """Only GET is cached: encrypted, for five minutes. Its entry repeats the settings that it replaces."""
    every = {
        "LoggingLevel": "INFO",
        "DataTraceEnabled": False,
        "MetricsEnabled": True,
        "ThrottlingRateLimit": 500,
        "ThrottlingBurstLimit": 1000,
    }

    assert properties(resources, "ApiStage")["MethodSettings"] == [
        {"ResourcePath": "/*", "HttpMethod": "*", "CachingEnabled": False, **every},
        {
            "ResourcePath": "/~1{proxy+}",
            "HttpMethod": "GET",
            "CachingEnabled": True,
            "CacheTtlInSeconds": 300,
            "CacheDataEncrypted": True,
            **every,
        },
    ]


def test_cache_can_be_off(resources: Template, in_dev: Template) -> None:
    """Without the cache there is no cluster to pay, and the API is deployed as it was."""
    stage = properties(in_dev, "ApiStage")

    assert stage["CacheClusterEnabled"] is False
    assert "CacheClusterSize" not in stage
    assert [setting["CachingEnabled"] for setting in stage["MethodSettings"]] == [False, False]
    assert stage["DeploymentId"] == properties(resources, "ApiStage")["DeploymentId"]


def test_access_log(resources: Template) -> None:
    """One line of JSON per request, without headers and query string."""
    setting = properties(resources, "ApiStage")["AccessLogSetting"]

    assert setting["DestinationArn"] == arn("AccessLogGroup")
    assert "\n" not in setting["Format"]
    assert json.loads(setting["Format"]) == {
        "requestId": "$context.requestId",
        "traceId": "$context.xrayTraceId",
        "peer": "$context.identity.sourceIp",
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


def test_stage_waits_for_its_log_groups(resources: Template) -> None:
    """API Gateway would make the execution log group itself, unencrypted and for ever."""
    assert resources["ApiStage"]["DependsOn"] == "ExecutionLogGroup"


def test_account_role(resources: Template) -> None:
    """API Gateway logs with a role that outlives the stack, since every API of the account uses it."""
    role = resources["ApiGatewayLoggingRole"]

    assert (role["DeletionPolicy"], role["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    assert "RoleName" not in role["Properties"]
    assert role["Properties"]["ManagedPolicyArns"] == [
        "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
    ]
    assert properties(resources, "ApiGatewayAccount") == {"CloudWatchRoleArn": arn("ApiGatewayLoggingRole")}


def test_stage_waits_for_the_account(resources: Template, in_dev: Template) -> None:
    """Where this stack sets the account's role, the stage refers to that; elsewhere there is nothing."""
    assert properties(resources, "ApiStage")["Description"] == {
        "Fn::Sub": "Logs with the role of ${ApiGatewayAccount}"
    }
    assert not {"ApiGatewayLoggingRole", "ApiGatewayAccount"} & set(in_dev)
    assert properties(in_dev, "ApiStage")["Description"] == "Logs with the role that the account has"


def test_permission(resources: Template) -> None:
    """This API and stage may call the alias; nobody else may."""
    (permission,) = of_type(resources, "AWS::Lambda::Permission").values()

    assert permission == {
        "FunctionName": ref("ApiFunctionAlias"),
        "Action": "lambda:InvokeFunction",
        "Principal": "apigateway.amazonaws.com",
        "SourceArn": {"Fn::Sub": f"arn:aws:execute-api:ap-northeast-1:{ACCOUNT}:${{RestApi}}/v1/*"},
    }


# ---- Key and usage plan ----


def test_key_is_generated(resources: Template) -> None:
    """Nobody types the key: API Gateway and CloudFront read it from one secret.

    Final: Secrets Manager makes a new value for every new setting here, while both readers keep the old one.
    """
    secret = properties(resources, "OriginApiKeySecret")

    assert secret["Name"] == "csr-lambda-api-prod-origin-api-key"
    assert secret["GenerateSecretString"] == {
        "SecretStringTemplate": "{}",
        "GenerateStringKey": "apiKey",
        "PasswordLength": 40,
        "ExcludePunctuation": True,
    }
    assert secret["ReplicaRegions"] == [{"Region": "us-east-1"}]
    assert properties(resources, "OriginApiKey")["Enabled"] is True
    assert properties(resources, "OriginApiKey")["Value"] == {
        "Fn::Sub": "{{resolve:secretsmanager:${OriginApiKeySecret}:SecretString:apiKey}}"
    }


def test_usage_plan(resources: Template) -> None:
    """A million requests a day, 500 a second and 1000 at once, of the stage and with the key."""
    plan = properties(resources, "UsagePlan")

    assert plan["Quota"] == {"Limit": 1_000_000, "Period": "DAY"}
    assert plan["Throttle"] == {"RateLimit": 500, "BurstLimit": 1000}
    assert plan["ApiStages"] == [{"ApiId": ref("RestApi"), "Stage": ref("ApiStage")}]
    assert properties(resources, "OriginUsagePlanKey") == {
        "KeyId": ref("OriginApiKey"),
        "KeyType": "API_KEY",
        "UsagePlanId": ref("UsagePlan"),
    }


# ---- Logs ----


def test_metric_filters(resources: Template) -> None:
    """Errors, timeouts, lack of memory and cold starts are read off the function's log."""
    filters = of_type(resources, "AWS::Logs::MetricFilter")
    metrics = {
        one["FilterPattern"]: transformation
        for one in filters.values()
        for transformation in one["MetricTransformations"]
    }

    assert {str(one["LogGroupName"]) for one in filters.values()} == {str(ref("FunctionLogGroup"))}
    assert {metric["MetricNamespace"] for metric in metrics.values()} == {"CSR-Lambda-API"}
    assert {
        pattern: (metric["MetricName"], metric["MetricValue"], metric.get("DefaultValue"), metric["Unit"])
        for pattern, metric in metrics.items()
    } == {
        '{ $.level = "ERROR" || $.level = "CRITICAL" || $.log_level = "ERROR" }': (
            "csr-lambda-api-prod-application-errors",
            "1",
            0,
            "Count",
        ),
        '{ $.type = "platform.report" && $.record.status = "timeout" }': (
            "csr-lambda-api-prod-timeouts",
            "1",
            0,
            "Count",
        ),
        '{ $.type = "platform.report" && $.record.errorType = "Runtime.OutOfMemory" }': (
            "csr-lambda-api-prod-out-of-memory",
            "1",
            0,
            "Count",
        ),
        '{ $.type = "platform.report" && $.record.metrics.initDurationMs > 0 }': (
            "csr-lambda-api-prod-init-duration",
            "$.record.metrics.initDurationMs",
            None,  # without a cold start there is no duration, not one of 0
            "Milliseconds",
        ),
    }


def test_saved_queries(resources: Template) -> None:
    """Three questions are ready to be asked, about the right log group and about fields that it has."""
    queries = {query["Name"]: query for query in of_type(resources, "AWS::Logs::QueryDefinition").values()}
    access_fields = set(json.loads(properties(resources, "ApiStage")["AccessLogSetting"]["Format"]))

    assert {name: query["LogGroupNames"] for name, query in queries.items()} == {
        "csr-lambda-api-prod/slowest-requests": [ref("AccessLogGroup")],
        "csr-lambda-api-prod/errors-by-route": [ref("AccessLogGroup")],
        "csr-lambda-api-prod/cold-starts": [ref("FunctionLogGroup")],
    }
    fields, _, _ = queries["csr-lambda-api-prod/slowest-requests"]["QueryString"].split("\n")
    assert set(fields.removeprefix("fields @timestamp, ").split(", ")) <= access_fields
    _, grouped, _, _ = queries["csr-lambda-api-prod/errors-by-route"]["QueryString"].split("\n")
    assert set(grouped.partition(" by ")[2].split(", ")) <= access_fields


# ---- Alarms ----

FUNCTION = {"FunctionName": ref("ApiFunction")}
STAGE = {"ApiName": "csr-lambda-api-prod-api", "Stage": ref("ApiStage")}
ALARMS = {
    # name: namespace, metric, dimensions, statistic, threshold, periods, of which must exceed, topic
    "lambda-errors": ("AWS/Lambda", "Errors", FUNCTION, "Sum", 3, 1, 1, "ApiCriticalAlarmTopic"),
    "lambda-duration": ("AWS/Lambda", "Duration", FUNCTION, "p95", 20_000, 3, 2, "ApiAlarmTopic"),
    "lambda-throttles": ("AWS/Lambda", "Throttles", FUNCTION, "Sum", 1, 1, 1, "ApiCriticalAlarmTopic"),
    "api-4xx": ("AWS/ApiGateway", "4XXError", STAGE, "Sum", 5, 2, 2, "ApiAlarmTopic"),
    "api-5xx": ("AWS/ApiGateway", "5XXError", STAGE, "Sum", 1, 1, 1, "ApiCriticalAlarmTopic"),
    "api-latency": ("AWS/ApiGateway", "Latency", STAGE, "p95", 5000, 3, 2, "ApiAlarmTopic"),
    "dead-letters": (
        "AWS/SQS",
        "ApproximateNumberOfMessagesVisible",
        {"QueueName": {"Fn::GetAtt": ["DeadLetterQueue", "QueueName"]}},
        "Maximum",
        0,
        1,
        1,
        "ApiAlarmTopic",
    ),
}


def alarms(resources: Template) -> dict[str, Template]:
    """Return name without prefix -> properties of the alarms."""
    return {
        alarm["AlarmName"].removeprefix("csr-lambda-api-prod-"): alarm
        for alarm in of_type(resources, "AWS::CloudWatch::Alarm").values()
    }


def test_alarms_are_these(resources: Template) -> None:
    """There are six alarms on function and API, and one on the dead-letter queue."""
    assert list(alarms(resources)) == list(ALARMS)


@pytest.mark.parametrize("name", ALARMS)
def test_alarm(resources: Template, name: str) -> None:
    """Metric, statistic, threshold and topic of each alarm; the API is named, not given by its ID."""
    alarm = alarms(resources)[name]

    assert (
        alarm["Namespace"],
        alarm["MetricName"],
        {dimension["Name"]: dimension["Value"] for dimension in alarm["Dimensions"]},
        alarm.get("Statistic") or alarm["ExtendedStatistic"],
        alarm["Threshold"],
        alarm["EvaluationPeriods"],
        alarm.get("DatapointsToAlarm", alarm["EvaluationPeriods"]),
        alarm["AlarmActions"][0]["Ref"],
    ) == ALARMS[name]
    assert alarm["Period"] == 300
    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
    assert alarm["TreatMissingData"] == "notBreaching"
    assert alarm["OKActions"] == alarm["AlarmActions"]
    assert len(alarm["AlarmActions"]) == 1
    assert alarm["AlarmName"] == f"csr-lambda-api-prod-{name}"


def test_alarm_descriptions_name_saved_queries_that_exist(resources: Template) -> None:
    """Whoever is woken by an alarm is sent to a query that is there."""
    queries = {
        query["Name"].partition("/")[2] for query in of_type(resources, "AWS::Logs::QueryDefinition").values()
    }
    named = {
        words.split(" ", 1)[0].rstrip(".:,")
        for alarm in alarms(resources).values()
        for words in alarm["AlarmDescription"].split("saved query ")[1:]
    }

    assert named == {"slowest-requests", "errors-by-route"}
    assert named <= queries


def test_topics(resources: Template) -> None:
    """Both topics have the network's alarm key."""
    topics = of_type(resources, "AWS::SNS::Topic")

    assert set(topics) == {"ApiAlarmTopic", "ApiCriticalAlarmTopic"}
    assert [topic["KmsMasterKeyId"] for topic in topics.values()] == [imported("alarms-key-arn")] * 2


# ---- Dashboard ----


def widgets(resources: Template) -> dict[str, Template]:
    """Return title -> properties of the widgets of the dashboard."""
    body = json.loads(properties(resources, "ApiDashboard")["DashboardBody"]["Fn::Sub"])
    return {widget["properties"]["title"]: widget["properties"] for widget in body["widgets"]}


def drawn(widget: Template) -> list[tuple[str, str, str]]:
    """Return namespace, name and statistic of the metrics of a widget."""
    return [(metric[0], metric[1], metric[-1]["stat"]) for metric in widget["metrics"]]


def lines(widget: Template) -> list[float]:
    """Return the values of the horizontal lines of a widget."""
    return [line["value"] for line in widget.get("annotations", {}).get("horizontal", [])]


def test_dashboard_begins_with_the_alarms(resources: Template) -> None:
    """All alarms, in their order, and nothing else."""
    first, *_ = widgets(resources).values()

    assert properties(resources, "ApiDashboard")["DashboardName"] == "csr-lambda-api-prod-api"
    assert first["alarms"] == [f"${{{name}.Arn}}" for name in of_type(resources, "AWS::CloudWatch::Alarm")]


@pytest.mark.parametrize(
    ("title", "metrics", "values"),
    [
        ("Requests", [("AWS/ApiGateway", "Count", "Sum")], []),
        ("Errors", [("AWS/ApiGateway", "4XXError", "Sum"), ("AWS/ApiGateway", "5XXError", "Sum")], [5, 1]),
        ("Latency", [("AWS/ApiGateway", "Latency", stat) for stat in ("p50", "p90", "p99")], [5000]),
        (
            "Duration of the function",
            [("AWS/Lambda", "Duration", stat) for stat in ("p50", "p90", "p99")],
            [20_000],
        ),
        (
            "Concurrency",
            [
                ("AWS/Lambda", "ConcurrentExecutions", "Maximum"),
                ("AWS/Lambda", "ProvisionedConcurrentExecutions", "Maximum"),
            ],
            [200, 10, 500],
        ),
        ("Throttles", [("AWS/Lambda", "Throttles", "Sum")], [1]),
        (
            "Cache",
            [("AWS/ApiGateway", "CacheHitCount", "Sum"), ("AWS/ApiGateway", "CacheMissCount", "Sum")],
            [],
        ),
        (
            "Cold starts",
            [
                ("CSR-Lambda-API", "csr-lambda-api-prod-init-duration", "Maximum"),
                ("CSR-Lambda-API", "csr-lambda-api-prod-init-duration", "Average"),
            ],
            [],
        ),
        ("Dead letters", [("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum")], [0]),
        (
            "Failed in the function",
            [
                ("AWS/Lambda", "Errors", "Sum"),
                ("CSR-Lambda-API", "csr-lambda-api-prod-application-errors", "Sum"),
                ("CSR-Lambda-API", "csr-lambda-api-prod-timeouts", "Sum"),
                ("CSR-Lambda-API", "csr-lambda-api-prod-out-of-memory", "Sum"),
            ],
            [3],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_graph(
    resources: Template, title: str, metrics: list[tuple[str, str, str]], values: list[float]
) -> None:
    """What each graph draws, with lines where the alarms fire and where the limits are."""
    widget = widgets(resources)[title]

    assert drawn(widget) == metrics
    assert lines(widget) == values
    assert widget["region"] == "ap-northeast-1"


def test_graphs_use_the_dimensions_that_exist(resources: Template) -> None:
    """Metrics of the API are by name and stage, those of the function by name; provisioned ones by alias."""
    dimensions = {
        (metric[0], metric[1]): metric[2:-1]
        for widget in widgets(resources).values()
        for metric in widget.get("metrics", [])
    }

    assert dimensions.pop(("AWS/Lambda", "ProvisionedConcurrentExecutions")) == [
        "FunctionName",
        "${ApiFunction}",
        "Resource",
        "${ApiFunction}:prod",
    ]
    by_namespace = {
        "AWS/ApiGateway": ["ApiName", "csr-lambda-api-prod-api", "Stage", "${ApiStage}"],
        "AWS/Lambda": ["FunctionName", "${ApiFunction}"],
        "AWS/SQS": ["QueueName", "${DeadLetterQueue.QueueName}"],
        "CSR-Lambda-API": [],
    }
    for (namespace, name), found in dimensions.items():
        assert found == by_namespace[namespace], name


def test_concurrency_without_limits_has_no_lines_at_zero(in_dev: Template, database: Template) -> None:
    """Without limits of its own the function still has one: the connections that the database allows."""
    allowed = database["Resources"]["DatabaseParameterGroup"]["Properties"]["Parameters"]["max_connections"]

    assert lines(widgets(in_dev)["Concurrency"]) == [int(allowed)]


# ---- What is derived ----


def deployments(t: StackTemplate) -> list[str]:
    """Return the logical IDs of the deployments."""
    return [
        name for name, resource in t.resources.items() if resource.resource_type == Deployment.resource_type
    ]


def test_deriving_again_changes_nothing() -> None:
    """Nothing is there twice."""
    t = api_module.build()
    before = t.to_dict()
    api_module.derive(t)

    assert t.to_dict() == before


def test_changed_method_is_deployed() -> None:
    """The new deployment stands where the old one stood, and the stage leads to it."""
    t = api_module.build()
    order = list(t.resources)
    (old,) = deployments(t)
    t.resources["ProxyAnyMethod"].OperationName = "Anything"
    api_module.derive(t)
    (new,) = deployments(t)

    assert new != old
    assert list(t.resources) == [new if name == old else name for name in order]
    assert t.sections[new] == "Deployment and stage"
    assert old not in t.sections
    assert t.resources["ApiStage"].to_dict()["Properties"]["DeploymentId"] == ref(new)


def test_additional_method_is_waited_for() -> None:
    """A method that an importer adds is in the deployment too."""
    t = api_module.build()
    resource = t.resources["ProxyResource"].Ref()
    t.add_resource(
        Method(
            "ProxyHeadMethod",
            RestApiId=Ref("RestApi"),
            ResourceId=resource,
            HttpMethod="HEAD",
            AuthorizationType="NONE",
        )
    )
    api_module.derive(t)
    (deployment,) = deployments(t)

    assert "ProxyHeadMethod" in t.to_dict()["Resources"][deployment]["DependsOn"]


def test_next_edition_is_deployed() -> None:
    """The way to deploy the same definition once more, after a method was taken out."""
    t = api_module.build()
    (old,) = deployments(t)
    t.resources[old].Description = "Edition 2"
    api_module.derive(t)

    assert deployments(t) != [old]


def test_changed_function_is_published() -> None:
    """Another setting of the function is another release, in both places."""
    t = api_module.build()
    old = t.resources["ApiFunctionVersion"].Description.data
    t.resources["ApiFunction"].Timeout = 10
    api_module.derive(t)
    new = t.resources["ApiFunctionVersion"].Description.data

    assert new != old
    assert t.resources["ApiFunction"].Environment.Variables["RELEASE"].data == new


def test_parameter_in_the_definition_is_refused() -> None:
    """Whoever lets a parameter into the definition of the API is told that it would deploy nothing."""
    t = api_module.build()
    t.resources["ProxyAnyMethod"].OperationName = Sub("${Environment}")

    with pytest.raises(fingerprint.FingerprintError) as error:
        api_module.derive(t)

    assert str(error.value) == (
        "Resources.ProxyAnyMethod: The API RestApi depends on Environment here, and a new value of a "
        "parameter would not deploy the API. Put what differs into the stage, or write the value into the "
        "template."
    )


def sentences(t: StackTemplate) -> list[str]:
    """Return what the check of a rendered template says."""
    return api_module.stale(load(render(t.to_dict(), sections=t.sections)))


def test_fresh_template() -> None:
    """What build returns is fresh."""
    assert sentences(api_module.build()) == []


def test_stale_release() -> None:
    """A function that was changed without a call of derive is reported: no version would be published."""
    t = api_module.build()
    t.resources["ApiFunction"].Timeout = 10

    assert sentences(t) == [
        "Resources.ApiFunctionVersion: The release does not fit the function, which was changed after it was "
        "made: no version would be published. Call api.derive(t) after the last change."
    ]
    api_module.derive(t)
    assert sentences(t) == []


def test_release_in_one_place_is_stale() -> None:
    """With another text in the function alone, Lambda might refuse to publish."""
    t = api_module.build()
    t.resources["ApiFunction"].Environment.Variables["RELEASE"] = "7"

    assert [sentence.partition(":")[0] for sentence in sentences(t)] == ["Resources.ApiFunctionVersion"]


@pytest.mark.parametrize("change", ["method", "addition", "waiting"])
def test_stale_deployment(change: str) -> None:
    """A definition that was changed without a call of derive is reported: it would not be deployed."""
    t = api_module.build()
    (deployment,) = deployments(t)
    if change == "method":
        t.resources["ProxyAnyMethod"].OperationName = "Anything"
    elif change == "addition":
        t.add_resource(RequestValidator("BodyValidator", RestApiId=Ref("RestApi"), ValidateRequestBody=True))
    else:
        t.resources[deployment].DependsOn = ["ProxyAnyMethod"]

    assert sentences(t) == [
        f"Resources.{deployment}: The deployment does not fit the API, whose definition was changed after it "
        "was made: the change would not be deployed. Call api.derive(t) after the last change."
    ]
    api_module.derive(t)
    assert sentences(t) == []


def test_stale_dashboard() -> None:
    """A threshold that was changed without a call of derive is reported: its line would be wrong."""
    t = api_module.build()
    t.resources["LambdaErrorsAlarm"].Threshold = 10

    assert sentences(t) == [
        "Resources.ApiDashboard: The dashboard does not show what the template holds: something was changed "
        "after it was made. Call api.derive(t) after the last change."
    ]
    api_module.derive(t)
    assert sentences(t) == []


def test_what_cannot_be_derived_is_reported() -> None:
    """The check says the same as derive."""
    t = api_module.build()
    t.resources["ProxyAnyMethod"].OperationName = Sub("${Environment}")

    assert sentences(t) == [
        "Resources.ProxyAnyMethod: The API RestApi depends on Environment here, and a new value of a "
        "parameter would not deploy the API. Put what differs into the stage, or write the value into the "
        "template."
    ]


def test_what_was_taken_out_is_not_stale() -> None:
    """An importer may want the function without dashboard, version and stage."""
    t = api_module.build()
    template = t.to_dict()
    for logical_id in ("ApiDashboard", "ApiFunctionVersion", "ApiStage", *deployments(t)):
        del template["Resources"][logical_id]

    assert api_module.stale(template) == []


# ---- The whole template ----


def test_stack() -> None:
    """Each deploy names the package anew, and the build checks what is derived."""
    (stack,) = [stack for stack in STACKS if stack.name == "api"]

    assert (stack.template, stack.region) == ("api.yaml", "ap-northeast-1")
    assert stack.reads_from == ("network", "database")
    assert stack.per_deploy == ("LambdaCodeS3Key", "LambdaCodeS3ObjectVersion")
    assert stack.stale is api_module.stale


@pytest.mark.parametrize("parameters", [None, PROD, DEV], ids=["any", "prod", "dev"])
def test_nothing_is_found(parameters: dict[str, str] | None) -> None:
    """No linter finds anything, with the parameters left open, all on, and all off."""
    t = api_module.build()
    text = render(t.to_dict(), sections=t.sections)

    assert lint(text, "ap-northeast-1", parameters=parameters) == []


def test_outputs(resolved: Template) -> None:
    """What operators and the frontend stack look up. Its region is another, so nothing is exported."""
    outputs = resolved["Outputs"]

    assert {key: output["Value"] for key, output in outputs.items()} == {
        "ApiGatewayId": ref("RestApi"),
        "ApiGatewayUrl": {
            "Fn::Sub": "https://${RestApi}.execute-api.ap-northeast-1.amazonaws.com/${ApiStage}"
        },
        "LambdaFunctionName": ref("ApiFunction"),
        "LambdaFunctionArn": arn("ApiFunction"),
        "LambdaAliasArn": ref("ApiFunctionAlias"),
        "ApiUsagePlanId": ref("UsagePlan"),
        "ApiAlarmTopicArn": ref("ApiAlarmTopic"),
        "ApiCriticalAlarmTopicArn": ref("ApiCriticalAlarmTopic"),
    }
    assert not any("Export" in output for output in outputs.values())
