"""Facts of the API stack."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest
from troposphere import Ref, Sub
from troposphere.apigateway import Deployment, Method

from cfn_analysis.model.references import uses
from cfn_analysis.model.resolving import failed_assertions, resolve
from csr_templates import api as api_module
from csr_templates.stacks import fingerprint
from csr_templates.stacks.parts.template import StackTemplate

from ...other_values import longest_value, other_value

Template = dict[str, Any]

PARAMETERS = list(api_module.build().parameters)
VERSION_ID = "3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrH"
PROD = {"LambdaCodeS3ObjectVersion": VERSION_ID}


@pytest.fixture(scope="module")
def resources(api: Template) -> Template:
    """Logical ID -> resource, with production's values, in account 123456789012."""
    found: Template = resolve(api, PROD)["Resources"]
    return found


@pytest.fixture(scope="module")
def in_dev(api: Template) -> Template:
    """Logical ID -> resource, with everything off that can be off."""
    off = {"Environment": "dev", "ApiCacheEnabled": "false", "ManageApiGatewayAccount": "false"}
    found: Template = resolve(api, off)["Resources"]
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
    """Return the statements of the function's role: Sid -> statement."""
    (policy,) = properties(resources, "ExecutionRole")["Policies"]
    return {statement["Sid"]: statement for statement in policy["PolicyDocument"]["Statement"]}


# ---- Parameters ----


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
    """Without an object version, an overwritten package would not be deployed, so production requires one."""
    sentence = (
        "LambdaCodeS3ObjectVersion is required in prod. Without it, CloudFormation does not detect a new "
        "package with the same key."
    )

    assert failed_assertions(api, values) == ([sentence] if refused else [])


# ---- Role ----


INTERFACES = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
]


def test_statements_of_the_role(resources: Template) -> None:
    """The function has only these permissions. In particular, it cannot create log groups.

    The resource is ``*`` only if AWS does not accept a narrower one.
    """
    assert {
        sid: (statement["Effect"], statement["Action"], *statement["Resource"])
        for sid, statement in statements(resources).items()
    } == {
        "WriteLog": ("Allow", ["logs:CreateLogStream", "logs:PutLogEvents"], arn("FunctionLogGroup")),
        "ReadDatabaseSecret": ("Allow", ["secretsmanager:GetSecretValue"], imported("database-secret-arn")),
        "DecryptDatabaseSecret": ("Allow", ["kms:Decrypt"], imported("database-key-arn")),
        "LogInWithoutPassword": (
            "Allow",
            ["rds-db:connect"],
            "arn:aws:rds-db:ap-northeast-1:123456789012:dbuser:cluster-*/csr_app_prod",
        ),
        "DecryptEnvironment": ("Allow", ["kms:Decrypt"], arn("FunctionKey")),
        "SendDeadLetters": ("Allow", ["sqs:SendMessage"], arn("DeadLetterQueue")),
        "SendTraces": ("Allow", ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], "*"),
        "SendMetrics": ("Allow", ["cloudwatch:PutMetricData"], "*"),
        "AttachToVpc": ("Allow", INTERFACES, "*"),
        "KeepCodeFromTheVpc": ("Deny", [*INTERFACES, "ec2:DetachNetworkInterface"], "*"),
    }


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_logs_in_as_one_user(api: Template, environment: str) -> None:
    """The only database permission is to log in as the application's user of the environment.

    Every cluster is allowed, because a restored one has a different resource ID. User names of MySQL can have
    32 characters.
    """
    values = PROD | {"Environment": environment}
    rights = [
        (action, resource)
        for statement in statements(resolve(api, values)["Resources"]).values()
        for action in statement["Action"]
        if action.startswith("rds")
        for resource in statement["Resource"]
    ]
    user = f"csr_app_{environment}"

    assert rights == [
        (
            "rds-db:connect",
            f"arn:aws:rds-db:ap-northeast-1:123456789012:dbuser:cluster-*/{user}",
        )
    ]
    assert len(user) <= 32


def test_conditions_of_the_role(resources: Template) -> None:
    """Conditions limit the database's key to its secret, metrics to one namespace, and VPC access to Lambda.

    Secrets Manager decrypts with the permissions of the caller. Lambda attaches the function to the VPC: only
    requests from the code of a function contain its ARN.
    """
    assert {
        sid: statement["Condition"]
        for sid, statement in statements(resources).items()
        if "Condition" in statement
    } == {
        "DecryptDatabaseSecret": {
            "StringEquals": {
                "kms:ViaService": "secretsmanager.ap-northeast-1.amazonaws.com",
                "kms:EncryptionContext:SecretARN": imported("database-secret-arn"),
            }
        },
        "SendMetrics": {"StringEquals": {"cloudwatch:namespace": "CSR-Lambda-API"}},
        "KeepCodeFromTheVpc": {"Null": {"lambda:SourceFunctionArn": "false"}},
    }


# ---- Function ----


def test_function(resources: Template) -> None:
    """The function runs in the private subnets, encrypts its variables, and writes JSON to its own log."""
    function = properties(resources, "ApiFunction")

    assert function["Role"] == arn("ExecutionRole")
    assert function["KmsKeyArn"] == arn("FunctionKey")
    assert function["DeadLetterConfig"] == {"TargetArn": arn("DeadLetterQueue")}
    assert function["LoggingConfig"]["LogGroup"] == ref("FunctionLogGroup")
    assert function["LoggingConfig"]["LogFormat"] == "JSON"  # required by the metric filters
    assert function["VpcConfig"] == {
        "SubnetIds": [imported("private-subnet-1-id"), imported("private-subnet-2-id")],
        "SecurityGroupIds": [imported("lambda-security-group-id")],
    }


def test_environment_of_the_function(resources: Template) -> None:
    """The variables contain the settings of the application, but no password."""
    variables = dict(properties(resources, "ApiFunction")["Environment"]["Variables"])
    release = variables.pop("RELEASE")

    assert release == properties(resources, "ApiFunctionVersion")["Description"]
    assert not [name for name in variables if "PASSWORD" in name]
    assert (
        variables.items()
        >= {
            "ENVIRONMENT": "prod",
            "DATABASE_HOST": imported("database-cluster-endpoint"),
            "DATABASE_READ_HOST": imported("database-cluster-read-endpoint"),
            "DATABASE_PORT": imported("database-port"),
            "DATABASE_NAME": imported("database-name"),
            "DATABASE_SECRET_ARN": imported("database-secret-arn"),
        }.items()
    )
    assert {"CONNECTION_POOL_SIZE", "LOG_LEVEL"} <= set(variables)


@pytest.mark.parametrize("version", [{}, {"S3ObjectVersion": VERSION_ID}], ids=["no version", "version"])
def test_code_comes_from_the_package_bucket(api: Template, version: dict[str, str]) -> None:
    """The key and version of the package are parameters of each deploy."""
    values = {f"LambdaCode{name}": value for name, value in version.items()}
    function = properties(
        resolve(api, {"LambdaCodeS3Key": "releases/7.zip", **values})["Resources"], "ApiFunction"
    )

    assert function["Code"] == {
        "S3Bucket": imported("lambda-deployments-bucket-name"),
        "S3Key": "releases/7.zip",
        **version,
    }


def test_zero_concurrency_means_none(api: Template) -> None:
    """0 removes the setting, and does not change the other one. Reserving 0 would stop the function."""

    def settings(reserved: str, provisioned: str) -> list[Any]:
        values = {"LambdaReservedConcurrency": reserved, "LambdaProvisionedConcurrency": provisioned}
        resources = resolve(api, PROD | values)["Resources"]
        provisioning = properties(resources, "ApiFunctionAlias").get("ProvisionedConcurrencyConfig", {})
        return [
            properties(resources, "ApiFunction").get("ReservedConcurrentExecutions"),
            provisioning.get("ProvisionedConcurrentExecutions"),
        ]

    assert settings("7", "5") == ["7", "5"]
    assert settings("0", "5") == [None, "5"]
    assert settings("7", "0") == ["7", None]


# ---- Release ----


def versioned(function: Template) -> Template:
    """Return the configuration that a version copies, without the release."""
    found = copy.deepcopy(
        {name: value for name, value in function.items() if name not in fingerprint.UNVERSIONED_PROPERTIES}
    )
    del found["Environment"]["Variables"]["RELEASE"]
    return found


def with_another(api: Template, name: str) -> Template:
    """Return the resources with a different value of one parameter."""
    found: Template = resolve(api, PROD | {name: other_value(api["Parameters"][name])})["Resources"]
    return found


def publishes(api: Template, resources: Template, name: str) -> bool:
    """Return whether a parameter changes something that a version copies."""
    after = with_another(api, name)
    return versioned(properties(resources, "ApiFunction")) != versioned(properties(after, "ApiFunction"))


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameter_publishes_a_version(api: Template, resources: Template, name: str) -> None:
    """A parameter publishes a version exactly if it changes something that a version copies.

    This includes the same package under a new object version: RELEASE makes the configuration different, so
    Lambda publishes it.
    """
    after = with_another(api, name)
    old, new = (properties(each, "ApiFunctionVersion")["Description"] for each in (resources, after))

    assert (old != new) is publishes(api, resources, name)
    assert new == properties(after, "ApiFunction")["Environment"]["Variables"]["RELEASE"]


def test_package_and_memory_publish_a_version(api: Template, resources: Template) -> None:
    """A new package or memory size publishes a version, different reserved concurrency does not."""
    assert publishes(api, resources, "LambdaCodeS3Key")
    assert publishes(api, resources, "LambdaCodeS3ObjectVersion")
    assert publishes(api, resources, "LambdaMemorySize")
    assert not publishes(api, resources, "LambdaReservedConcurrency")


def test_longest_release_fits(api: Template, resources: Template) -> None:
    """With the longest value of every parameter, Lambda accepts the description of the version."""
    longest = {
        name: longest_value(api["Parameters"][name]) for name in PARAMETERS if publishes(api, resources, name)
    }
    description = properties(resolve(api, longest)["Resources"], "ApiFunctionVersion")["Description"]

    assert [name for name, value in longest.items() if value not in description] == []
    assert len(description) <= 256


def test_release_is_unique_for_its_values(api: Template, resources: Template) -> None:
    """No value can contain the separator (a space), so different values always give different releases."""
    for name in PARAMETERS:
        parameter = api["Parameters"][name]
        if publishes(api, resources, name) and "AllowedValues" not in parameter:
            assert not re.search(r" |\\s", parameter.get("AllowedPattern", "")), name
            assert parameter["Type"] == "Number" or "AllowedPattern" in parameter, name


def test_alias_leads_to_the_version(api: Template) -> None:
    """The version has the release of the function, so it is published after the function is updated."""
    version = api["Resources"]["ApiFunctionVersion"]["Properties"]
    release = api["Resources"]["ApiFunction"]["Properties"]["Environment"]["Variables"]["RELEASE"]

    assert version == {"FunctionName": ref("ApiFunction"), "Description": release}
    assert release == {"Fn::Sub": fingerprint.release(api, "ApiFunction")}
    assert api["Resources"]["ApiFunctionAlias"]["Properties"]["FunctionVersion"] == {
        "Fn::GetAtt": ["ApiFunctionVersion", "Version"]
    }


# ---- REST API ----


def test_api_refuses_old_versions_of_tls(resources: Template) -> None:
    """The API requires TLS 1.2 (the default is TLS 1.0). A security policy requires an access mode."""
    api = properties(resources, "RestApi")

    assert api["SecurityPolicy"].startswith(("SecurityPolicy_TLS12", "SecurityPolicy_TLS13"))
    assert api["EndpointAccessMode"] in {"BASIC", "STRICT"}


def test_methods_call_the_alias_and_need_the_key(resources: Template) -> None:
    """Every method requires the API key, and calls the alias, never the unpublished code."""
    uri = {
        "Fn::Sub": (
            "arn:aws:apigateway:ap-northeast-1:lambda:path/2015-03-31/functions/${ApiFunctionAlias}/invocations"
        )
    }
    methods = of_type(resources, "AWS::ApiGateway::Method")

    assert set(methods) >= {"RootAnyMethod", "ProxyAnyMethod", "ProxyGetMethod"}
    for method in methods.values():
        assert method["ApiKeyRequired"] is True
        assert (method["Integration"]["Type"], method["Integration"]["Uri"]) == ("AWS_PROXY", uri)


def test_cache_key(resources: Template) -> None:
    """The cache key consists of path, cache key header and user. A request without the header is rejected.

    API Gateway ignores a cache key parameter that is not a request parameter, and a header with a different
    spelling. Then one user would receive the response of another. Only GET is cached and validated.
    """
    method = properties(resources, "ProxyGetMethod")

    assert method["HttpMethod"] == "GET"
    assert method["RequestParameters"] == {
        "method.request.path.proxy": True,
        "method.request.header.X-Cache-Key": True,
        "method.request.header.Authorization": False,
        "method.request.header.Cookie": False,
    }
    assert set(method["Integration"]["CacheKeyParameters"]) == set(method["RequestParameters"])
    assert method["RequestValidatorId"] == ref("ParametersValidator")
    assert properties(resources, "ParametersValidator")["ValidateRequestParameters"] is True
    for logical_id in ("RootAnyMethod", "ProxyAnyMethod"):
        assert "RequestValidatorId" not in properties(resources, logical_id)
        assert "CacheKeyParameters" not in properties(resources, logical_id)["Integration"]


def test_gateway_responses(resources: Template) -> None:
    """Error responses are JSON with a message without internal details, and the ID of the request."""
    for response in of_type(resources, "AWS::ApiGateway::GatewayResponse").values():
        answer = json.loads(response["ResponseTemplates"]["application/json"])

        assert set(answer) == {"message", "requestId"}
        assert "$" not in answer["message"]
        assert answer["requestId"] == "$context.requestId"


# ---- Deployment and stage ----


def deployment_of(template: Template) -> str:
    """Return the logical ID of the deployment."""
    (logical_id,) = of_type(template["Resources"], "AWS::ApiGateway::Deployment")
    return logical_id


def test_deployment_is_named_after_the_definition(api: Template) -> None:
    """A different definition has a different logical ID, so it creates a new deployment."""
    logical_id = deployment_of(api)

    assert logical_id == "ApiDeployment" + fingerprint.deployment(api, logical_id)
    assert api["Resources"]["ApiStage"]["Properties"]["DeploymentId"] == ref(logical_id)


def test_deployment_waits_for_the_definition(api: Template) -> None:
    """The deployment depends on the whole definition, because it does not include resources created later."""
    assert set(api["Resources"][deployment_of(api)]["DependsOn"]) >= {
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
    """The definition of the API does not depend on parameters, so they never require a deployment."""
    names = ["RestApi", *fingerprint.deployed(api, deployment_of(api))]

    def definition(values: dict[str, str]) -> Template:
        found = resolve(api, values)["Resources"]
        api_itself = found["RestApi"]["Properties"]
        for describing in ("Name", "Description", "Tags"):
            del api_itself[describing]
        return {name: found[name] for name in names}

    for name in PARAMETERS:
        assert definition(PROD | {name: other_value(api["Parameters"][name])}) == definition(PROD), name


def test_stage_settings(resources: Template) -> None:
    """Only GET is cached. Its setting repeats the other values, because it replaces the general setting."""
    every, get = properties(resources, "ApiStage")["MethodSettings"]
    cache = {"CachingEnabled": True, "CacheTtlInSeconds": get["CacheTtlInSeconds"]}

    assert (every["ResourcePath"], every["HttpMethod"], every["CachingEnabled"]) == ("/*", "*", False)
    assert get == every | cache | {"ResourcePath": "/~1{proxy+}", "HttpMethod": "GET"}
    assert (every["LoggingLevel"], every["DataTraceEnabled"]) == ("INFO", False)


def test_whatever_is_cached_is_encrypted(resources: Template, in_dev: Template) -> None:
    """Encryption of the cache is always on, even if no method is cached."""
    for stage in (properties(resources, "ApiStage"), properties(in_dev, "ApiStage")):
        assert all(setting["CacheDataEncrypted"] is True for setting in stage["MethodSettings"])


def test_cache_can_be_off(resources: Template, in_dev: Template) -> None:
    """Without the cache, there is no billed cluster, and the deployment is the same."""
    stage = properties(in_dev, "ApiStage")

    assert stage["CacheClusterEnabled"] is False
    assert "CacheClusterSize" not in stage
    assert [setting["CachingEnabled"] for setting in stage["MethodSettings"]] == [False, False]
    assert stage["DeploymentId"] == properties(resources, "ApiStage")["DeploymentId"]


def test_access_log(resources: Template) -> None:
    """The access log has one line of JSON per request, without headers and query string."""
    setting = properties(resources, "ApiStage")["AccessLogSetting"]

    assert setting["DestinationArn"] == arn("AccessLogGroup")
    assert "\n" not in setting["Format"]
    assert {"requestId", "extendedRequestId", "status", "keyId"} <= set(json.loads(setting["Format"]))
    assert not re.search("header|querystring|authorizer", setting["Format"], re.IGNORECASE)


def test_stage_waits_for_its_log_groups(resources: Template) -> None:
    """Otherwise, API Gateway would create the execution log group, unencrypted and without expiration."""
    stage = properties(resources, "ApiStage")["StageName"]

    assert resources["ApiStage"]["DependsOn"] == "ExecutionLogGroup"
    assert properties(resources, "ExecutionLogGroup")["LogGroupName"] == {
        "Fn::Sub": f"API-Gateway-Execution-Logs_${{RestApi}}/{stage}"
    }


def test_stage_waits_for_the_account(resources: Template, in_dev: Template) -> None:
    """If this stack sets the account's role, the stage references it. Otherwise, neither exists."""
    assert properties(resources, "ApiStage")["Description"] == {
        "Fn::Sub": "Logs with the role of ${ApiGatewayAccount}"
    }
    assert not {"ApiGatewayLoggingRole", "ApiGatewayAccount"} & set(in_dev)
    assert properties(in_dev, "ApiStage")["Description"] == "Logs with the role that the account has"


def test_permission(resources: Template) -> None:
    """Only this API and stage may call the alias."""
    (permission,) = of_type(resources, "AWS::Lambda::Permission").values()

    assert permission == {
        "FunctionName": ref("ApiFunctionAlias"),
        "Action": "lambda:InvokeFunction",
        "Principal": "apigateway.amazonaws.com",
        "SourceArn": {"Fn::Sub": "arn:aws:execute-api:ap-northeast-1:123456789012:${RestApi}/v1/*"},
    }


# ---- Keys and usage plan ----


@pytest.mark.parametrize("key", ["A", "B"])
def test_keys_are_generated(api: Template, key: str) -> None:
    """Keys are generated: API Gateway and CloudFront read them from the same secret, which always exists.

    Do not change these settings: Secrets Manager would generate a new value, but API Gateway and CloudFront
    would keep the old one.
    """
    resources = resolve(api, PROD | {"OriginKeys": key.lower()})["Resources"]
    secret = properties(resources, f"OriginApiKeySecret{key}")

    assert secret["Name"] == f"csr-lambda-api-prod-origin-api-key-{key.lower()}"
    assert secret["GenerateSecretString"] == {
        "SecretStringTemplate": "{}",
        "GenerateStringKey": "apiKey",
        "PasswordLength": 40,
        "ExcludePunctuation": True,
    }
    assert secret["ReplicaRegions"] == [{"Region": "us-east-1"}]
    assert properties(resources, f"OriginApiKey{key}")["Value"] == {
        "Fn::Sub": f"{{{{resolve:secretsmanager:${{OriginApiKeySecret{key}}}:SecretString:apiKey}}}}"
    }
    assert api["Resources"][f"OriginApiKeySecret{key}"].keys().isdisjoint({"Condition"})


@pytest.mark.parametrize(("accepted", "keys"), [("a", "A"), ("b", "B"), ("both", "AB")])
def test_accepted_keys(api: Template, accepted: str, keys: str) -> None:
    """Only the keys of OriginKeys exist, as declared, and each is in the usage plan that limits the stage."""
    resources = resolve(api, PROD | {"OriginKeys": accepted})["Resources"]
    plan = properties(resources, "UsagePlan")

    assert {"Quota", "Throttle"} <= set(plan)
    assert plan["ApiStages"] == [{"ApiId": ref("RestApi"), "Stage": ref("ApiStage")}]
    assert list(of_type(resources, "AWS::ApiGateway::ApiKey")) == [f"OriginApiKey{key}" for key in keys]
    assert of_type(resources, "AWS::ApiGateway::UsagePlanKey") == {
        f"OriginUsagePlanKey{key}": {
            "KeyId": ref(f"OriginApiKey{key}"),
            "KeyType": "API_KEY",
            "UsagePlanId": ref("UsagePlan"),
        }
        for key in keys
    }
    declared = api["Metadata"]["ApiKeys"]["Accepts"]
    assert (declared["Parameter"], list(declared["Secrets"])) == (
        "OriginKeys",
        api["Parameters"]["OriginKeys"]["AllowedValues"],
    )
    assert [f"csr-lambda-api-prod-{secret}" for secret in declared["Secrets"][accepted]] == [
        properties(resources, f"OriginApiKeySecret{key}")["Name"] for key in keys
    ]


# ---- Logs ----


def test_metric_filters(resources: Template) -> None:
    """Metrics from logs have the namespace of the application, and names that contain the environment.

    Without a cold start, the duration has no data point. It is not 0.
    """
    found = {}
    for metric_filter in of_type(resources, "AWS::Logs::MetricFilter").values():
        (metric,) = metric_filter["MetricTransformations"]
        found[metric["MetricName"]] = metric.get("DefaultValue")

        of_api = metric["MetricName"].endswith("-requests")
        assert metric_filter["LogGroupName"] == ref("AccessLogGroup" if of_api else "FunctionLogGroup")
        assert metric["MetricNamespace"] == "CSR-Lambda-API"
        assert metric["MetricName"].startswith("csr-lambda-api-prod-")
    assert (
        found.items()
        >= {
            "csr-lambda-api-prod-application-errors": 0,
            "csr-lambda-api-prod-timeouts": 0,
            "csr-lambda-api-prod-out-of-memory": 0,
            "csr-lambda-api-prod-init-duration": None,
            "csr-lambda-api-prod-accepted-requests": 0,
            "csr-lambda-api-prod-keyless-requests": 0,
            "csr-lambda-api-prod-limited-requests": 0,
        }.items()
    )


def test_the_access_log_has_the_fields_that_are_counted(resources: Template) -> None:
    """The key and the error of API Gateway are fields of the access log."""
    log_format = json.loads(properties(resources, "ApiStage")["AccessLogSetting"]["Format"])

    assert log_format["errorType"] == "$context.error.responseType"
    assert log_format["keyId"] == "$context.identity.apiKeyId"


@pytest.mark.parametrize("level", ["ERROR", "error", "CRITICAL", "critical", "FATAL", "fatal"])
def test_errors_of_every_logging_library_count(resources: Template, level: str) -> None:
    """A log line with this level counts as an application error. Filters are case-sensitive."""
    pattern = properties(resources, "ApplicationErrorsFilter")["FilterPattern"]

    assert f'$.level = "{level}"' in pattern.removeprefix("{ ").removesuffix(" }").split(" || ")


def test_saved_queries(resources: Template) -> None:
    """Each saved query uses the correct log group, and fields that its events have."""
    queries = {query["Name"]: query for query in of_type(resources, "AWS::Logs::QueryDefinition").values()}
    access_fields = set(json.loads(properties(resources, "ApiStage")["AccessLogSetting"]["Format"]))

    for name, group in (
        ("slowest-requests", "AccessLogGroup"),
        ("errors-by-route", "AccessLogGroup"),
        ("function-errors", "FunctionLogGroup"),
        ("cold-starts", "FunctionLogGroup"),
    ):
        assert queries[f"csr-lambda-api-prod/{name}"]["LogGroupNames"] == [ref(group)]
    fields, _, _ = queries["csr-lambda-api-prod/slowest-requests"]["QueryString"].split("\n")
    assert set(fields.removeprefix("fields @timestamp, ").split(", ")) <= access_fields
    _, grouped, _, _ = queries["csr-lambda-api-prod/errors-by-route"]["QueryString"].split("\n")
    assert set(grouped.partition(" by ")[2].split(", ")) <= access_fields


def test_saved_query_finds_the_errors_that_are_counted(resources: Template) -> None:
    """The saved query lists exactly the errors that the metric filters of the function count."""
    filters = ("ApplicationErrorsFilter", "TimeoutsFilter", "OutOfMemoryFilter")
    counted = {
        comparison
        for logical_id in filters
        for comparison in re.findall(
            r'\$\.([\w.]+) = "([^"]*)"', properties(resources, logical_id)["FilterPattern"]
        )
    }
    query = properties(resources, "FunctionErrorsQuery")["QueryString"]
    condition = query.removeprefix("filter ").partition("\n|")[0]
    listed = {
        (field, value)
        for field, one_or_more in re.findall(r'([\w.]+) (?:=|in) (\[[^]]*\]|"[^"]*")', condition)
        for value in re.findall(r'"([^"]*)"', one_or_more)
    }

    assert ("type", "platform.report") in counted
    assert listed == counted


# ---- Alarms ----

FUNCTION = {"FunctionName": ref("ApiFunction")}
STAGE = {"ApiName": "csr-lambda-api-prod-api", "Stage": ref("ApiStage")}
ALARMS = {
    # name: namespace, metric, dimensions, topic
    "lambda-errors": ("AWS/Lambda", "Errors", FUNCTION, "ApiCriticalAlarmTopic"),
    "lambda-duration": ("AWS/Lambda", "Duration", FUNCTION, "ApiAlarmTopic"),
    "lambda-throttles": ("AWS/Lambda", "Throttles", FUNCTION, "ApiCriticalAlarmTopic"),
    "api-4xx": ("AWS/ApiGateway", "4XXError", STAGE, "ApiAlarmTopic"),
    "api-5xx": ("AWS/ApiGateway", "5XXError", STAGE, "ApiCriticalAlarmTopic"),
    "api-latency": ("AWS/ApiGateway", "Latency", STAGE, "ApiAlarmTopic"),
    "dead-letters": (
        "AWS/SQS",
        "ApproximateNumberOfMessagesVisible",
        {"QueueName": {"Fn::GetAtt": ["DeadLetterQueue", "QueueName"]}},
        "ApiAlarmTopic",
    ),
    "api-quota": ("AWS/ApiGateway", "Count", STAGE, "ApiAlarmTopic"),
    "lambda-concurrency-high": ("AWS/Lambda", "ConcurrentExecutions", FUNCTION, "ApiAlarmTopic"),
}


def alarms(resources: Template) -> dict[str, Template]:
    """Return name without prefix -> properties of the alarms."""
    return {
        alarm["AlarmName"].removeprefix("csr-lambda-api-prod-"): alarm
        for alarm in of_type(resources, "AWS::CloudWatch::Alarm").values()
    }


@pytest.mark.parametrize("name", ALARMS)
def test_alarm(resources: Template, name: str) -> None:
    """Each alarm has its metric and topic. Its dimension is the name of the API, not the ID."""
    alarm = alarms(resources)[name]
    namespace, metric, dimensions, topic = ALARMS[name]

    assert properties(resources, "RestApi")["Name"] == STAGE["ApiName"]
    assert (alarm["Namespace"], alarm["MetricName"]) == (namespace, metric)
    assert {dimension["Name"]: dimension["Value"] for dimension in alarm["Dimensions"]} == dimensions
    assert alarm["TreatMissingData"] == "notBreaching"
    assert alarm["AlarmActions"] == alarm["OKActions"] == [ref(topic)]


@pytest.mark.parametrize(
    ("name", "topic"),
    [
        ("api-mostly-failing", "ApiCriticalAlarmTopic"),
        ("api-access-log-silent", "ApiAlarmTopic"),
        ("api-deploy-failing", None),
    ],
)
def test_alarms_on_several_metrics(resources: Template, name: str, topic: str | None) -> None:
    """An expression uses each of its metrics, which are those of the stage or of a log of the stack."""
    alarm = alarms(resources)[name]
    expression, *stats = alarm["Metrics"]
    counted = {
        (metric["MetricNamespace"], metric["MetricName"])
        for metric_filter in of_type(resources, "AWS::Logs::MetricFilter").values()
        for metric in metric_filter["MetricTransformations"]
    }

    for query in stats:
        metric = query["MetricStat"]["Metric"]
        dimensions = {pair["Name"]: pair["Value"] for pair in metric.get("Dimensions", [])}
        assert query["MetricStat"]["Stat"] == "Sum"
        if metric["Namespace"] == "AWS/ApiGateway":
            assert dimensions == STAGE
        elif metric["Namespace"] == "AWS/Logs":
            assert dimensions == {"LogGroupName": ref("AccessLogGroup")}
        else:
            assert (metric["Namespace"], metric["MetricName"]) in counted
            assert not dimensions
    assert set(re.findall("[a-z]+", expression["Expression"])) == {query["Id"] for query in stats}
    assert [query["ReturnData"] for query in alarm["Metrics"]] == [True, *[False] * len(stats)]
    assert alarm.get("AlarmActions") == alarm.get("OKActions") == ([ref(topic)] if topic else None)


def test_early_warnings_come_before_the_limits(resources: Template) -> None:
    """The alarm of the quota fires before the quota is exceeded, over the period of the quota."""
    quota = properties(resources, "UsagePlan")["Quota"]
    alarm = alarms(resources)["api-quota"]

    assert quota["Period"] == "DAY"
    assert alarm["Period"] * alarm["EvaluationPeriods"] == 24 * 60 * 60
    assert alarm["Threshold"] < quota["Limit"]


# ---- Derived parts ----


def deployments(t: StackTemplate) -> list[str]:
    """Return the logical IDs of the deployments."""
    return [
        name for name, resource in t.resources.items() if resource.resource_type == Deployment.resource_type
    ]


def test_changed_method_is_deployed() -> None:
    """The new deployment replaces the old one at the same position, and the stage references it."""
    t = api_module.build()
    order = list(t.to_dict()["Resources"])
    (old,) = deployments(t)
    t.resources["ProxyAnyMethod"].OperationName = "Anything"
    resources = t.to_dict()["Resources"]
    (new,) = deployments(t)

    assert new != old
    assert list(resources) == [new if name == old else name for name in order]
    assert t.sections[new] == "Deployment and stage"
    assert old not in t.sections
    assert resources["ApiStage"]["Properties"]["DeploymentId"] == ref(new)


def test_additional_method_is_waited_for() -> None:
    """The deployment includes a method that an importer adds, and waits for it."""
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
    template = t.to_dict()

    assert "ProxyHeadMethod" in template["Resources"][deployment_of(template)]["DependsOn"]


def test_next_edition_is_deployed() -> None:
    """A different edition deploys the same definition again. This is needed after a method was removed."""
    t = api_module.build()
    old = deployment_of(t.to_dict())
    t.resources[old].Description = "Edition 2"

    assert deployment_of(t.to_dict()) != old


def test_changed_function_is_published() -> None:
    """A different setting of the function changes the release in both places."""
    t = api_module.build()
    old = releases(t)
    t.resources["ApiFunction"].Timeout = 10
    new = releases(t)

    assert old[0] == old[1] != new[0] == new[1]


def test_release_that_an_importer_sets_is_replaced() -> None:
    """A different text only in the function would be a release for which no version is published."""
    t = api_module.build()
    before = releases(t)
    t.resources["ApiFunction"].Environment.Variables["RELEASE"] = "7"

    assert releases(t) == before


def test_function_is_published_when_its_role_is_replaced() -> None:
    """Without a new version, the alias would keep using the ARN of the deleted role."""
    t = api_module.build()
    before = releases(t)
    t.resources["ExecutionRole"].Path = "/functions/"

    assert releases(t) != before


def releases(t: StackTemplate) -> tuple[Any, Any]:
    """Return the release in the variables of the function, and in the description of its version."""
    resources = t.to_dict()["Resources"]
    variables = resources["ApiFunction"]["Properties"]["Environment"]["Variables"]
    return variables["RELEASE"], resources["ApiFunctionVersion"]["Properties"]["Description"]


def test_no_resource_of_the_function_counts_as_a_whole(api: Template) -> None:
    """For every type that the function references, the properties that replace it are listed."""
    function = api["Resources"]["ApiFunction"]["Properties"]
    types = {api["Resources"][use.name]["Type"] for use in uses(function) if use.name in api["Resources"]}

    assert {"AWS::IAM::Role", "AWS::Logs::LogGroup", "AWS::SQS::Queue"} <= types
    assert types <= set(fingerprint.CREATE_ONLY_PROPERTIES)


def test_parameter_in_the_definition_is_refused() -> None:
    """A parameter in the definition of the API is an error, because its new value would not be deployed."""
    t = api_module.build()
    t.resources["ProxyAnyMethod"].OperationName = Sub("${Environment}")

    with pytest.raises(fingerprint.FingerprintError) as error:
        t.to_dict()

    assert str(error.value) == (
        "Resources.ProxyAnyMethod: The API RestApi depends on Environment here, and a new value of a "
        "parameter would not deploy the API. Move what differs to the stage, or write the value into the "
        "template."
    )


def test_removed_parts_stay_removed() -> None:
    """An importer can remove dashboard, version, stage and deployment."""
    t = api_module.build()
    removed = {"ApiDashboard", "ApiFunctionVersion", "ApiStage", *deployments(t)}
    for logical_id in removed:
        del t.resources[logical_id]

    assert not removed & t.to_dict()["Resources"].keys()
