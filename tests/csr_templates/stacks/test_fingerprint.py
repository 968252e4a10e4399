"""Fingerprints: changes that publish a version of a function, and changes that deploy an API."""

import copy
from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from cfn_analysis.model import schemas
from cfn_analysis.model.resolving import resolve
from csr_templates.stacks import fingerprint
from csr_templates.stacks.fingerprint import FingerprintError

Template = dict[str, Any]

# Every property of AWS::Lambda::Function: whether a version copies it.
PUBLISHES = {
    "Architectures": True,
    "CapacityProviderConfig": True,
    "Code": True,
    "CodeSigningConfigArn": False,
    "DeadLetterConfig": True,
    "Description": True,
    "DurableConfig": True,
    "Environment": True,
    "EphemeralStorage": True,
    "FileSystemConfigs": True,
    "FunctionName": True,
    "FunctionScalingConfig": False,
    "Handler": True,
    "ImageConfig": True,
    "KmsKeyArn": True,
    "Layers": True,
    "LoggingConfig": True,
    "MemorySize": True,
    "PackageType": True,
    "PublishToLatestPublished": False,
    "RecursiveLoop": False,
    "ReservedConcurrentExecutions": False,
    "Role": True,
    "Runtime": True,
    "RuntimeManagementConfig": True,
    "SnapStart": True,
    "Tags": False,
    "TenancyConfig": True,
    "Timeout": True,
    "TracingConfig": True,
    "VpcConfig": True,
}
PARAMETERS = {
    "Value": {"Type": "String", "Default": "a", "MaxLength": 10},
    "Other": {"Type": "String", "Default": "x", "AllowedValues": ["x", "yy"]},
    "Unused": {"Type": "String", "Default": "", "MaxLength": 10},
}


def function(**properties: Any) -> Template:
    """Return a template with one function."""
    return {
        "Parameters": copy.deepcopy(PARAMETERS),
        "Conditions": {
            "IsB": {"Fn::Equals": [{"Ref": "Value"}, "b"]},
            "IsNotB": {"Fn::Not": [{"Condition": "IsB"}]},
            "Elsewhere": {"Fn::Equals": [{"Ref": "Other"}, "x"]},
        },
        "Mappings": {"Sizes": {"a": {"Memory": 1}, "b": {"Memory": 2}}, "Zones": {"a": {"Memory": 1}}},
        "Resources": {"Function": {"Type": "AWS::Lambda::Function", "Properties": properties}},
    }


def released(template: Template, **values: str) -> str:
    """Return the release of a deploy with these values."""
    description = {"Fn::Sub": fingerprint.release(template, "Function")}
    version = {"Type": "AWS::Lambda::Version", "Properties": {"Description": description}}
    deployed = resolve({**template, "Resources": {"Version": version}}, values)
    text: str = deployed["Resources"]["Version"]["Properties"]["Description"]
    return text


def in_property(name: str, value: Any) -> Any:
    """Return a value for a property. Environment variables must be a mapping."""
    return {"Variables": {"LOG_LEVEL": value}} if name == "Environment" else value


def test_every_property_of_a_function_is_in_the_table() -> None:
    """A property that AWS adds must be added to this table."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("ap-northeast-1", "AWS::Lambda::Function").schema
    read_only = {path.split("/")[2] for path in schema["readOnlyProperties"]}

    assert set(PUBLISHES) == set(schema["properties"]) - read_only


@pytest.mark.parametrize(("name", "publishes"), PUBLISHES.items())
def test_what_publishes_a_version(name: str, publishes: bool) -> None:
    """A different literal or parameter value publishes a version if a version copies the property."""
    texts = [released(function(**{name: in_property(name, text)})) for text in "ab"]
    template = function(**{name: in_property(name, {"Ref": "Value"})})

    assert (texts[0] != texts[1]) is publishes
    assert (released(template, Value="a") != released(template, Value="b")) is publishes


@pytest.mark.parametrize(
    "value",
    [
        {"Fn::Sub": "${Value}-api"},
        {"Fn::Sub": ["${It}-api", {"It": {"Ref": "Value"}}]},
        {"Fn::Sub": ["${Value}-${It}", {"It": "api"}]},
        {"Fn::Join": ["-", ["api", {"Ref": "Value"}]]},
        {"Fn::Select": [0, {"Fn::Split": [",", {"Ref": "Value"}]}]},
        {"Fn::ImportValue": {"Fn::Sub": "${Value}-vpc-id"}},
        {"Fn::FindInMap": ["Sizes", {"Ref": "Value"}, "Memory"]},
        {"Fn::If": ["IsB", 1, 2]},
        {"Fn::If": ["IsNotB", 1, 2]},
        {"Fn::If": ["Elsewhere", {"Ref": "Value"}, 2]},
    ],
    ids=[
        "sub",
        "variable of sub",
        "beside a variable",
        "join",
        "split",
        "import",
        "map",
        "condition",
        "nested condition",
        "branch",
    ],
)
def test_parameter_within_a_function(value: Any) -> None:
    """A parameter is included regardless of how a property uses it."""
    template = function(Handler=[{"Nested": value}])

    assert released(template, Value="a") != released(template, Value="b")


@pytest.mark.parametrize(
    "value",
    [
        {"Fn::Sub": "${!Value}"},
        {"Fn::Sub": ["${Value}", {"Value": "text"}]},
        {"Fn::GetAtt": ["Role", "Arn"]},
        {"Ref": "AWS::Region"},
        "Value",
    ],
    ids=["literal placeholder", "variable of that name", "attribute", "pseudo parameter", "text"],
)
def test_no_parameter(value: Any) -> None:
    """Text that looks like a parameter is not one, so the release is only the hash."""
    template = function(Role=value, Handler={"Fn::Sub": "x"})

    assert len(fingerprint.release(template, "Function")) == 16


def test_release_contains_only_the_values_that_publish() -> None:
    """After the hash, the values are in the order of the parameter names."""
    template = function(Handler={"Ref": "Value"}, Runtime={"Ref": "Other"}, Tags=[{"Ref": "Unused"}])

    hash_, *values = fingerprint.release(template, "Function").split(" ")
    assert int(hash_, 16) > 0
    assert values == ["${Other}", "${Value}"]


@pytest.mark.parametrize(
    ("section", "name", "definition"),
    [
        ("Conditions", "IsNotB", {"Fn::Not": [{"Condition": "Elsewhere"}]}),
        ("Conditions", "IsB", {"Fn::Equals": [{"Ref": "Value"}, "c"]}),
        ("Mappings", "Sizes", {"a": {"Memory": 3}, "b": {"Memory": 2}}),
    ],
    ids=["condition", "condition within a condition", "mapping"],
)
def test_conditions_and_mappings_of_the_function_count(section: str, name: str, definition: Any) -> None:
    """A changed condition or mapping can have a different result for the same parameter values."""
    before = function(
        Handler={"Fn::If": ["IsNotB", "x", "y"]}, MemorySize={"Fn::FindInMap": ["Sizes", "a", "Memory"]}
    )
    after = copy.deepcopy(before)
    after[section][name] = definition

    assert released(before) != released(after)


@pytest.mark.parametrize("in_list", [False, True], ids=["property", "list"])
def test_mapping_chosen_at_the_deploy(in_list: bool) -> None:
    """If a parameter selects the mapping, all mappings are included."""
    memory: Any = {"Fn::FindInMap": [{"Ref": "Value"}, "a", "Memory"]}
    before = function(MemorySize=[memory] if in_list else memory)
    after = copy.deepcopy(before)
    after["Mappings"]["Zones"]["a"]["Memory"] = 2

    assert fingerprint.release(before, "Function") != fingerprint.release(after, "Function")


def test_other_parts_of_the_template_do_not_count() -> None:
    """Other resources, conditions, mappings, defaults and the function's attributes publish no version."""
    before = function(
        Handler={"Fn::If": ["IsB", {"Ref": "Value"}, "x"]},
        MemorySize={"Fn::FindInMap": ["Sizes", "a", "Memory"]},
    )
    after = copy.deepcopy(before)
    after["Conditions"]["Elsewhere"] = {"Fn::Equals": [{"Ref": "Other"}, "yy"]}
    after["Mappings"]["Zones"]["a"]["Memory"] = 3
    after["Parameters"]["Value"]["Default"] = "b"
    after["Resources"]["Function"] |= {"DependsOn": "Queue", "DeletionPolicy": "Retain"}
    after["Resources"]["Queue"] = {"Type": "AWS::SQS::Queue"}

    assert fingerprint.release(before, "Function") == fingerprint.release(after, "Function")


def test_equal_notations_do_not_count() -> None:
    """The order of a mapping does not matter, and an empty environment is equal to none."""
    before = function(Handler="x", Environment={"Variables": {"A": "1", "B": "2"}})
    after = function(Environment={"Variables": {"B": "2", "A": "1"}}, Handler="x")
    none, empty = function(Handler="x"), function(Handler="x", Environment={})

    assert fingerprint.release(before, "Function") == fingerprint.release(after, "Function")
    assert fingerprint.release(none, "Function") == fingerprint.release(empty, "Function")


def test_release_is_the_same_on_every_machine() -> None:
    """A different hash algorithm would publish a version of every function with the next deploy."""
    template = function(
        Handler={"Fn::If": ["IsNotB", "x", {"Fn::FindInMap": ["Sizes", "a", "Memory"]}]},
        Environment={"Variables": {"LOG_LEVEL": {"Ref": "Other"}}},
    )

    assert fingerprint.release(template, "Function") == "b74be1ec2c8292a9 ${Other} ${Value}"


@pytest.mark.parametrize(
    "value",
    [
        {"Fn::If": ["IsB", {"Ref": "Value"}, "x"]},
        {"Fn::FindInMap": [{"Ref": "Value"}, "a", "Memory"]},
        [{"Fn::FindInMap": [{"Ref": "Value"}, "a", "Memory"]}],
    ],
    ids=["condition", "mapping", "mapping in a list"],
)
def test_references_that_do_not_exist(value: Any) -> None:
    """References that do not exist are reported by the linter."""
    template = {name: function(Handler=value)[name] for name in ("Parameters", "Resources")}

    assert fingerprint.release(template, "Function").endswith(" ${Value}")


def referring(resource_type: str, value: Any, **properties: Any) -> Template:
    """Return a template whose function refers to another resource, with this value."""
    template = function(Handler="x", Role=value)
    template["Resources"]["Other"] = {"Type": resource_type, "Properties": properties}
    return template


def test_create_only_properties_are_those_of_the_schemas() -> None:
    """The table contains all properties that replace a resource, and no others."""
    for resource_type, listed in fingerprint.CREATE_ONLY_PROPERTIES.items():
        schema = schemas.resource_schema(resource_type, "ap-northeast-1")

        assert set(schema.create_only) == listed, resource_type
        assert not schema.conditional_create_only, resource_type


REFERENCES = [
    {"Fn::GetAtt": ["Other", "Arn"]},
    {"Ref": "Other"},
    {"Fn::Sub": "${Other.Arn}"},
    {"Fn::If": ["IsB", {"Ref": "Other"}, "x"]},
]


@pytest.mark.parametrize("value", REFERENCES, ids=["attribute", "reference", "text", "branch"])
def test_replaced_resource_publishes(value: Any) -> None:
    """Otherwise, a version would keep the ARN of the deleted role."""
    before = referring("AWS::IAM::Role", value, Path="/a/", Description="a")
    after = referring("AWS::IAM::Role", value, Path="/b/", Description="a")

    assert fingerprint.release(before, "Function") != fingerprint.release(after, "Function")


def test_resource_changed_in_place_does_not_publish() -> None:
    """If the ARN does not change, the version is valid. Parameters there can have any length."""
    boundary = {"Ref": "Boundary"}
    before = referring("AWS::IAM::Role", {"Fn::GetAtt": ["Other", "Arn"]}, Path="/a/", Description="a")
    after = referring(
        "AWS::IAM::Role", {"Fn::GetAtt": ["Other", "Arn"]}, Path="/a/", PermissionsBoundary=boundary
    )
    after["Parameters"]["Boundary"] = {"Type": "String"}

    assert fingerprint.release(before, "Function") == fingerprint.release(after, "Function")


def test_parameter_that_replaces_a_resource_publishes() -> None:
    """The release contains the values of parameters in these properties."""
    template = referring("AWS::IAM::Role", {"Ref": "Other"}, RoleName={"Fn::Sub": "${Value}-role"})

    assert fingerprint.release(template, "Function").endswith(" ${Value}")


def test_replacement_behind_a_replacement_publishes() -> None:
    """This includes a resource that is replaced because of another replacement."""
    template = referring("AWS::IAM::Role", {"Ref": "Other"}, Path={"Fn::Sub": "/${Queue.QueueName}/"})
    template["Resources"]["Queue"] = {
        "Type": "AWS::SQS::Queue",
        "Properties": {"QueueName": {"Ref": "Value"}},
    }
    template["Resources"]["Queue"]["Properties"]["DelaySeconds"] = {"Ref": "Unused"}

    assert fingerprint.release(template, "Function").endswith(" ${Value}")


def test_every_property_of_an_unknown_type_counts() -> None:
    """An additional version does no harm."""
    template = referring("AWS::Lambda::LayerVersion", {"Ref": "Other"}, Description={"Ref": "Value"})

    assert fingerprint.release(template, "Function").endswith(" ${Value}")


@pytest.mark.parametrize(
    "environment",
    [{}, {"Environment": {"Variables": {"LOG_LEVEL": "INFO"}}}],
    ids=["none", "other variables"],
)
def test_release_variable_is_left_out(environment: Template) -> None:
    """The release variable of the function is not included in the release."""
    before = function(Handler="x", **environment)
    release = fingerprint.release(before, "Function")
    after = copy.deepcopy(before)
    variables = after["Resources"]["Function"]["Properties"].setdefault("Environment", {"Variables": {}})
    variables["Variables"]["RELEASE"] = {"Fn::Sub": release}

    assert fingerprint.release(after, "Function") == release


@pytest.mark.parametrize(
    "environment",
    [{"Fn::If": ["IsB", {}, {}]}, {"Variables": {"Fn::If": ["IsB", {}, {}]}}, "text"],
    ids=["environment", "variables", "text"],
)
def test_variables_that_are_not_a_mapping_are_refused(environment: Any) -> None:
    """RELEASE can be added only to a mapping."""
    with pytest.raises(FingerprintError) as error:
        fingerprint.release(function(Environment=environment), "Function")

    assert str(error.value) == (
        "Resources.Function.Properties.Environment: The variables are not a plain mapping, so RELEASE cannot "
        "be added. Write a mapping, with Fn::If at the values that differ."
    )


SECRET = (
    "The function Function uses this NoEcho parameter, and the release would show its value to anyone who "
    "can list versions. Pass the ARN of a secret instead."
)
OF_ANY_LENGTH = (
    "The function Function uses this parameter of Type {}, and the release contains its value, which can "
    "have any length. Make it a String with MaxLength or AllowedValues, or a Number with MaxValue."
)


@pytest.mark.parametrize(
    ("parameter", "message"),
    [
        ({"Type": "String", "MaxLength": 10, "NoEcho": True}, SECRET),
        ({"Type": "String", "MaxLength": 10, "NoEcho": "true"}, SECRET),
        ({"Type": "String"}, OF_ANY_LENGTH),
        ({"Type": "Number", "MinValue": 1}, OF_ANY_LENGTH),
        ({"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"]}, OF_ANY_LENGTH),
        ({"Type": "AWS::SSM::Parameter::Value<String>", "MaxLength": 10}, OF_ANY_LENGTH),
    ],
)
def test_parameter_that_a_release_cannot_contain_is_refused(parameter: Template, message: str) -> None:
    """Anyone who can view the function sees the release, and Lambda rejects a release that is too long."""
    template = function(Handler={"Ref": "Value"})
    template["Parameters"]["Value"] = parameter

    with pytest.raises(FingerprintError) as error:
        fingerprint.release(template, "Function")

    assert str(error.value) == f"Parameters.Value: {message.format(parameter['Type'])}"


@pytest.mark.parametrize(
    ("parameter", "longest"),
    [
        ({"Type": "String", "MaxLength": "233"}, 233),
        ({"Type": "String", "MaxLength": 300, "AllowedValues": ["a", "b" * 233]}, 233),
        ({"Type": "Number", "MaxValue": int("9" * 233)}, 233),
        ({"Type": "Number", "MinValue": int("-" + "9" * 232), "MaxValue": 1}, 233),
        ({"Type": "Number", "AllowedValues": [1, int("9" * 233)]}, 233),
    ],
    ids=["length", "allowed values", "largest number", "smallest number", "allowed numbers"],
)
def test_length_of_the_release(parameter: Template, longest: int) -> None:
    """With the longest values, the release fits into the description of a version (256 characters)."""
    template = function(Handler={"Ref": "Value"}, Runtime={"Ref": "Unused"})
    template["Parameters"]["Value"] = parameter
    room = 256 - 16 - 1 - longest - 1
    template["Parameters"]["Unused"]["MaxLength"] = room

    assert fingerprint.release(template, "Function")

    template["Parameters"]["Unused"]["MaxLength"] = room + 1
    with pytest.raises(FingerprintError) as error:
        fingerprint.release(template, "Function")

    assert str(error.value) == (
        "Resources.Function: The release can have 257 characters, but the description of a version "
        "only 256. Lower the MaxLength of a parameter that the function uses (Unused 6, Value 233)."
    )


# ---- Deployment ----


def api() -> Template:
    """Return a template with an API, its deployment, and another API."""
    return {
        "Parameters": copy.deepcopy(PARAMETERS),
        "Conditions": {
            "IsB": {"Fn::Equals": [{"Ref": "Value"}, "b"]},
            "IsTokyo": {"Fn::Equals": [{"Ref": "AWS::Region"}, "ap-northeast-1"]},
        },
        "Mappings": {"Timeouts": {"ap-northeast-1": {"Milliseconds": 29000}}},
        "Resources": {
            "Api": {
                "Type": "AWS::ApiGateway::RestApi",
                "Properties": {
                    "Name": {"Fn::Sub": "${Value}-api"},
                    "Tags": [{"Key": "Name", "Value": {"Ref": "Value"}}],
                    "Description": "API",
                    "Policy": {"Statement": []},
                },
            },
            "Proxy": part("Resource", PathPart="{proxy+}"),
            "Method": part("Method", HttpMethod="GET", Integration={"Uri": {"Fn::Sub": "${Alias}"}}),
            "Validator": part("RequestValidator", ValidateRequestBody=False),
            "Refused": part("GatewayResponse", ResponseType="DEFAULT_4XX"),
            "Model": part("Model", Schema={}),
            "Authorizer": part("Authorizer", Type="TOKEN"),
            "Deployment": part("Deployment", Description="Edition 1"),
            "Stage": part("Stage", StageName="v1"),
            "Alias": {"Type": "AWS::Lambda::Alias", "Properties": {"Name": {"Ref": "Value"}}},
            "OtherApi": {"Type": "AWS::ApiGateway::RestApi"},
            "OtherMethod": {
                "Type": "AWS::ApiGateway::Method",
                "Properties": {"RestApiId": {"Ref": "OtherApi"}, "HttpMethod": {"Ref": "Value"}},
            },
        },
    }


def part(kind: str, **properties: Any) -> Template:
    """Return a part of the API."""
    return {"Type": f"AWS::ApiGateway::{kind}", "Properties": {"RestApiId": {"Ref": "Api"}, **properties}}


def changed(logical_id: str, **properties: Any) -> str:
    """Return the hash after a change of some properties of one resource."""
    template = api()
    template["Resources"][logical_id].setdefault("Properties", {}).update(properties)
    return fingerprint.deployment(template, "Deployment")


ORIGINAL = fingerprint.deployment(api(), "Deployment")


PARTS = ["Proxy", "Method", "Validator", "Refused", "Model", "Authorizer"]


def test_deployment_consists_of_its_api() -> None:
    """A deployment depends on each part of its API. Added or removed parts change it."""
    assert fingerprint.deployed(api(), "Deployment") == PARTS
    for logical_id in PARTS:
        template = api()
        del template["Resources"][logical_id]
        assert fingerprint.deployment(template, "Deployment") != ORIGINAL, logical_id


@pytest.mark.parametrize(
    ("logical_id", "properties"),
    [
        ("Api", {"Policy": {"Statement": [1]}}),
        ("Api", {"MinimumCompressionSize": 0}),
        ("Api", {"SecurityPolicy": "SecurityPolicy_TLS13_1_2_2021_06"}),
        ("Api", {"EndpointAccessMode": "STRICT"}),
        ("Proxy", {"PathPart": "x"}),
        ("Method", {"ApiKeyRequired": True}),
        ("Method", {"Integration": {"Uri": {"Fn::Sub": "${OtherAlias}"}}}),
        ("Validator", {"ValidateRequestBody": True}),
        ("Refused", {"ResponseTemplates": {}}),
        ("Model", {"Schema": {"type": "object"}}),
        ("Authorizer", {"Type": "REQUEST"}),
        ("Deployment", {"Description": "Edition 2"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)
def test_change_of_the_definition_deploys(logical_id: str, properties: Template) -> None:
    """The hash includes the API, each of its parts and the deployment itself."""
    assert changed(logical_id, **properties) != ORIGINAL


@pytest.mark.parametrize(
    ("logical_id", "properties"),
    [
        ("Api", {"Name": "other"}),
        ("Api", {"Tags": []}),
        ("Api", {"Description": "Other"}),
        ("Stage", {"CacheClusterEnabled": True}),
        ("Alias", {"Name": "other"}),
        ("OtherApi", {"Policy": {}}),
        ("OtherMethod", {"HttpMethod": "POST"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)
def test_other_change_deploys_nothing(logical_id: str, properties: Template) -> None:
    """Descriptive properties, the stage, the backend and other APIs are not included in the hash."""
    assert changed(logical_id, **properties) == ORIGINAL


def test_equal_definitions_deploy_nothing() -> None:
    """Descriptive properties count as none, and the order of resources does not matter."""
    bare, described, reordered = api(), api(), api()
    del bare["Resources"]["Api"]["Properties"]
    described["Resources"]["Api"]["Properties"] = {"Description": "Ours"}
    reordered["Resources"] = dict(reversed(reordered["Resources"].items()))

    assert fingerprint.deployment(bare, "Deployment") == fingerprint.deployment(described, "Deployment")
    assert fingerprint.deployment(reordered, "Deployment") == ORIGINAL


@pytest.mark.parametrize(
    ("section", "name", "definition"),
    [
        ("Conditions", "IsTokyo", {"Fn::Equals": [{"Ref": "AWS::Region"}, "ap-northeast-3"]}),
        ("Mappings", "Timeouts", {"ap-northeast-1": {"Milliseconds": 28000}}),
    ],
    ids=["condition", "mapping"],
)
def test_conditions_and_mappings_of_the_api_deploy(section: str, name: str, definition: Template) -> None:
    """Conditions and mappings of the definition are included."""
    before = api()
    before["Resources"]["Method"] |= {"Condition": "IsTokyo"}
    timeout = {"Fn::FindInMap": ["Timeouts", {"Ref": "AWS::Region"}, "Milliseconds"]}
    before["Resources"]["Method"]["Properties"]["Integration"]["TimeoutInMillis"] = timeout
    after = copy.deepcopy(before)
    after[section][name] = definition

    assert fingerprint.deployment(before, "Deployment") != fingerprint.deployment(after, "Deployment")


@pytest.mark.parametrize(
    ("attributes", "named"),
    [
        ({"Properties": {"RestApiId": {"Ref": "Api"}, "HttpMethod": {"Ref": "Value"}}}, "Value"),
        ({"Condition": "IsB"}, "Value"),
        (
            {"Properties": {"RestApiId": {"Ref": "Api"}, "HttpMethod": {"Fn::Sub": "${Value}${Other}"}}},
            "Other and Value",
        ),
    ],
    ids=["property", "condition", "two"],
)
def test_parameter_in_the_definition_is_refused(attributes: Template, named: str) -> None:
    """The hash cannot include the parameter's value, so a change of it would not be deployed."""
    template = api()
    template["Resources"]["Method"] |= attributes

    with pytest.raises(FingerprintError) as error:
        fingerprint.deployment(template, "Deployment")

    assert str(error.value) == (
        f"Resources.Method: The API Api depends on {named} here, and a new value of a parameter would not "
        "deploy the API. Move what differs to the stage, or write the value into the template."
    )
