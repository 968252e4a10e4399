"""Facts of the API stack."""

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
from tests.alarm_subjects import alarms_of
from tests.csr_templates.stacks.resources import Template, of_type, properties

from ...other_values import longest_value, other_value

PARAMETERS = list(api_module.build().parameters)
VERSION_ID = "3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrH"
PROD = {"LambdaCodeS3ObjectVersion": VERSION_ID}


@pytest.fixture(scope="module")
def resources(api: Template) -> Template:
    """Logical ID -> resource, with production's values, in account 123456789012."""
    resources: Template = resolve(api, PROD)["Resources"]
    return resources


@pytest.fixture(scope="module")
def in_dev(api: Template) -> Template:
    """Logical ID -> resource, with everything off that can be off."""
    off = {"Environment": "dev", "ApiCacheEnabled": "false", "ManageApiGatewayAccount": "false"}
    resources: Template = resolve(api, off)["Resources"]
    return resources


def ref(logical_id: str) -> dict[str, str]:
    """Return a reference to a resource."""
    return {"Ref": logical_id}


def arn(logical_id: str) -> dict[str, list[str]]:
    """Return a reference to the ARN of a resource."""
    return {"Fn::GetAtt": [logical_id, "Arn"]}


def imported(name: str) -> dict[str, str]:
    """Return a reference to an export of another stack."""
    return {"Fn::ImportValue": f"csr-lambda-api-prod-{name}"}


# ---- Parameters ----


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({}, True),
        ({"LambdaCodeS3ObjectVersion": VERSION_ID}, False),
        ({"Environment": "dev"}, True),
        ({"Environment": "dev", "LambdaCodeS3ObjectVersion": VERSION_ID}, False),
    ],
    ids=["prod without", "prod with", "dev without", "dev with"],
)
def test_each_environment_needs_an_object_version(
    api: Template, values: dict[str, str], refused: bool
) -> None:
    """Without an object version, neither an overwritten package nor a repeated release would be deployed."""
    sentence = (
        "LambdaCodeS3ObjectVersion is required. Without it, CloudFormation does not detect a new package "
        "with the same key."
    )

    assert failed_assertions(api, values) == ([sentence] if refused else [])


# ---- Function ----


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
    configuration = copy.deepcopy(
        {name: value for name, value in function.items() if name not in fingerprint.UNVERSIONED_PROPERTIES}
    )
    del configuration["Environment"]["Variables"]["RELEASE"]
    return configuration


def with_another(api: Template, name: str) -> Template:
    """Return the resources with a different value of one parameter."""
    resources: Template = resolve(api, PROD | {name: other_value(api["Parameters"][name])})["Resources"]
    return resources


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


# ---- REST API ----


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


def test_cache_can_be_off(resources: Template, in_dev: Template) -> None:
    """Without the cache, there is no billed cluster, and the deployment is the same."""
    stage = properties(in_dev, "ApiStage")

    assert stage["CacheClusterEnabled"] is False
    assert "CacheClusterSize" not in stage
    assert not any(setting["CachingEnabled"] for setting in stage["MethodSettings"])
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


# ---- Keys and usage plan ----


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


def test_saved_query_finds_the_errors_that_are_counted(resources: Template) -> None:
    """The saved query lists exactly the errors that the metric filters of the function count."""
    filters = ("ApplicationErrorsFilter", "TimeoutsFilter", "OutOfMemoryFilter")
    counted: set[tuple[str, str]] = set()
    for logical_id in filters:
        pattern = properties(resources, logical_id)["FilterPattern"]
        counted.update(re.findall(r'\$\.([\w.]+) = "([^"]*)"', pattern))
    query = properties(resources, "FunctionErrorsQuery")["QueryString"]
    condition = query.removeprefix("filter ").partition("\n|")[0]
    listed = set()
    for field, values in re.findall(r'([\w.]+) (?:=|in) (\[[^]]*\]|"[^"]*")', condition):
        listed |= {(field, value) for value in re.findall(r'"([^"]*)"', values)}

    assert ("type", "platform.report") in counted
    assert listed == counted


# ---- Alarms ----


def test_early_warnings_come_before_the_limits(resources: Template) -> None:
    """The alarm of the quota fires before the quota is exceeded, over the period of the quota."""
    quota = properties(resources, "UsagePlan")["Quota"]
    of_a_day = [alarm for alarm in alarms_of(resources).values() if alarm.get("Period") == 24 * 60 * 60]
    if not of_a_day:
        pytest.skip("There is no alarm on the requests of a day.")
    (alarm,) = of_a_day

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
    old_variable, old_description = releases(t)
    t.resources["ApiFunction"].Timeout = 10
    new_variable, new_description = releases(t)

    assert old_variable == old_description
    assert new_variable == new_description
    assert new_variable != old_variable


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


def test_the_role_decrypts_the_database_secret(resources: Template) -> None:
    """The secret is encrypted with a key of another stack, which Secrets Manager uses for the function."""
    statements = resources["ExecutionRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    services = [
        statement["Condition"]["StringEquals"]["kms:ViaService"]
        for statement in statements
        if "kms:Decrypt" in statement["Action"] and "kms:ViaService" in str(statement.get("Condition"))
    ]

    assert any(str(service).startswith("secretsmanager.") for service in services)
