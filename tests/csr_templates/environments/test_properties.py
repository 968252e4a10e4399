"""``properties``: values that a property does not allow, and the properties in which a value is used."""

# ruff: noqa: E501 - messages are on one line, so that they can be searched for

import re
from typing import Any

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.schemas import creatable_versions
from csr_templates.environments.combinations import check_environment
from csr_templates.environments.environment import Environment, default_problems
from csr_templates.environments.properties import nearest_versions, refusal
from csr_templates.environments.values import Candidate, Value

Template = dict[str, Any]


def schema(
    template: Template, region: str = "us-east-1", per_deploy: tuple[str, ...] = (), stack: str = "app"
) -> BuiltStack:
    """Return a stack with parameters A, B and C, unless the template declares them otherwise."""
    declared = {name: {"Type": "String"} for name in "ABC"} | template.get("Parameters", {})
    return BuiltStack(stack, "app.yaml", region, template | {"Parameters": declared}, per_deploy=per_deploy)


def resource(type_name: str, **properties: Any) -> Template:
    """Return a template with one resource."""
    return {"Resources": {"It": {"Type": type_name, "Properties": properties}}}


def found(*schemas: BuiltStack, **values: str) -> list[str]:
    """Return the findings for these values in dev.json."""
    known = {name: Value(text, "dev.json", "") for name, text in values.items()}
    one = Candidate("dev", "dev.json", own=list(values), keys=set(values), values=known)
    return list(map(str, check_environment(one, schemas)))


REF = {"Ref": "A"}


# ---- Values that a schema allows ----


@pytest.mark.parametrize(
    ("text", "asked", "takes"),
    [
        ("128", {"type": "integer", "minimum": 128}, ""),
        ("-1", {"type": "integer"}, ""),
        ("10240", {"type": "integer", "maximum": 10240}, ""),
        ("127", {"type": "integer", "minimum": 128}, "a number of at least 128"),
        ("10241", {"type": "integer", "maximum": 10240}, "a number of at most 10240"),
        *(
            (text, {"type": "integer"}, "a whole number, written in digits only")
            for text in ("1024.5", "1024.0", "1e-1", "1e3", "007", "+1", "", " 1", "1\n", "\u0661", "true")
        ),
        ("0.5", {"type": "number", "minimum": 0.5, "maximum": 0.5}, ""),
        ("1e3", {"type": "number"}, ""),
        ("0.4", {"type": "number", "minimum": 0.5}, "a number of at least 0.5"),
        ("half", {"type": "number"}, "a number"),
        ("true", {"type": "boolean"}, ""),
        ("yes", {"type": "boolean"}, "true or false"),
        ("2", {"type": "integer", "enum": [1, 2]}, ""),
        ("3", {"type": "integer", "enum": [1, 2]}, "one of 1, 2"),
        ("B", {"type": "string", "enum": ["a", "b"]}, "one of a, b"),
        ("B", {"type": "string", "enumCaseInsensitive": ["a", "b"]}, ""),
        ("C", {"type": "string", "enumCaseInsensitive": ["a", "b"]}, "one of a, b"),
        ("ab", {"type": "string", "minLength": 2, "maxLength": 2}, ""),
        ("a", {"type": "string", "minLength": 2}, "a text of at least 2 characters, and this has 1"),
        ("abc", {"maxLength": 2}, "a text of at most 2 characters, and this has 3"),
        ("a-1", {"type": "string", "pattern": "^[a-z-]+$"}, "a text that matches ^[a-z-]+$"),
        ("xa1", {"type": "string", "pattern": "[a-z]1"}, ""),
        ("\u00e9", {"type": "string", "pattern": r"^\w$"}, r"a text that matches ^\w$"),
        ("!", {"type": "string", "pattern": r"^\p{L}$"}, ""),  # not a pattern of Python's
        ("x", {"type": ["integer", "null"]}, "a whole number, written in digits only"),
        ("x", {"type": ["integer", "string"]}, ""),
        ("x", {"type": ["array", "object"]}, ""),
        ("x", {"type": ["integer", "boolean"]}, "a whole number, written in digits only or true or false"),
        (
            "x",
            {"anyOf": [{"enum": ["a"]}, {"type": "integer"}]},
            "one of a or a whole number, written in digits only",
        ),
        ("1", {"anyOf": [{"enum": ["a"]}, {"type": "integer"}]}, ""),
        ("b", {"oneOf": [{"enum": ["a"]}, {"enum": ["b"]}]}, ""),
        ("c", {"oneOf": [{"enum": ["a"]}, {"enum": ["b"]}]}, "one of a or one of b"),
        ("b", {"allOf": [{"minLength": 1}, {"enum": ["a"]}]}, "one of a"),
        ("a", {"allOf": [{"minLength": 1}, {"enum": ["a"]}]}, ""),
    ],
)
def test_what_a_schema_takes(text: str, asked: dict[str, Any], takes: str) -> None:
    """The type, range, allowed values, pattern and length of the passed text are checked."""
    assert refusal(text, asked) == takes


# ---- Properties in which a value is used ----

WAIT = "ReceiveMessageWaitTimeSeconds"  # of a queue: a whole number from 0 to 20
TOO_MUCH = f"{WAIT} of It in app must be a number of at most 20. Correct the value."


def queue(value: Any, **more: Any) -> Template:
    """Return a template with a queue that has this wait time."""
    return {**resource("AWS::SQS::Queue", **{WAIT: value}), **more}


IS_LONG = {"IsLong": {"Fn::Equals": [{"Ref": "B"}, "long"]}}


@pytest.mark.parametrize(
    "value",
    [
        REF,
        {"Fn::Sub": "${A}"},
        {"Fn::Sub": ["${Time}", {"Time": REF}]},
        {"Fn::Join": ["", [REF]]},
        {"Fn::Select": [0, {"Fn::Split": [",", REF]}]},
    ],
    ids=["ref", "sub", "sub with a variable", "join", "select"],
)
def test_value_through_a_function(value: Any) -> None:
    """The value of the property is checked, also if it is the result of a function."""
    assert found(schema(queue(value)), A="21") == [f'dev.json: A: Found "21", but {TOO_MUCH}']
    assert found(schema(queue(value)), A="20") == []


@pytest.mark.parametrize(
    ("value", "long", "wrong"),
    [
        ({"Fn::If": ["IsLong", REF, 0]}, "long", True),
        ({"Fn::If": ["IsLong", REF, 0]}, "short", False),
        ({"Fn::If": ["IsLong", 0, REF]}, "long", False),
        ({"Fn::If": ["IsLong", 0, REF]}, "short", True),
        ({"Fn::If": ["IsLong", {"Fn::If": ["IsLong", 0, REF]}, 0]}, "long", False),
        ({"Fn::Sub": ["${T}", {"T": {"Fn::If": ["IsLong", REF, "0"]}}]}, "long", True),
        ({"Fn::Sub": ["${T}", {"T": {"Fn::If": ["IsLong", REF, "0"]}}]}, "short", False),
    ],
)
def test_value_in_a_branch(value: Any, long: str, wrong: bool) -> None:
    """Only the branch that the environment uses is checked."""
    assert bool(found(schema(queue(value, Conditions=IS_LONG)), A="21", B=long)) is wrong


@pytest.mark.parametrize(("long", "count"), [("long", 1), ("short", 0)])
def test_value_of_what_does_not_exist(long: str, count: int) -> None:
    """The properties of a resource whose condition is false are not checked."""
    template = queue(REF, Conditions=IS_LONG)
    template["Resources"]["It"]["Condition"] = "IsLong"

    assert len(found(schema(template), A="21", B=long)) == count


def test_branch_that_a_deploy_chooses() -> None:
    """If the condition depends on a per-deploy parameter, both branches are checked."""
    template = queue({"Fn::If": ["IsLong", REF, {"Ref": "C"}]}, Conditions=IS_LONG)

    assert found(schema(template, per_deploy=("B",)), A="21", C="x") == [
        f'dev.json: A: Found "21", but {TOO_MUCH}',
        f'dev.json: C: Found "x", but {WAIT} of It in app must be a whole number, written in digits only. '
        "Correct the value.",
    ]


def test_branch_that_a_wrong_value_chooses() -> None:
    """A condition that depends on a wrong value does not cause additional findings."""
    assert found(schema(queue({"Fn::If": ["IsLong", REF, 0]}, Conditions=IS_LONG)), A="21") == []


def test_value_beside_a_wrong_one_in_a_branch_that_is_not_taken() -> None:
    """Unused branches are ignored. The finding lists only the values that are used in the property."""
    text = {"Fn::Sub": ["${A}${T}", {"T": {"Fn::If": ["IsLong", "", {"Ref": "C"}]}}]}

    assert found(schema(queue(text, Conditions=IS_LONG)), A="21", B="long") == [
        f'dev.json: A: Found "21", but {TOO_MUCH}'
    ]


def test_value_from_a_mapping() -> None:
    """The value from a mapping is checked, and the finding shows it."""
    mappings = {"Times": {"dev": {"Wait": 20.5}, "prod": {"Wait": 20}}}
    one = schema(queue({"Fn::FindInMap": ["Times", REF, "Wait"]}, Mappings=mappings))

    assert found(one, A="prod") == []
    assert found(one, A="dev") == [
        f'dev.json: A: Found "dev", which makes {WAIT} of It in app "20.5", but it must be a whole number, '
        "written in digits only. Correct the value."
    ]


def test_value_of_several_parameters() -> None:
    """If one of several values is wrong by itself, the finding is about it and lists the others."""
    one = schema(resource("AWS::IAM::Role", RoleName={"Fn::Sub": "${A}-${B}"}))

    assert found(one, A="a-long-name", B="x y") == [
        'dev.json: B: Found "x y", which together with A "a-long-name" makes RoleName of It in app '
        r'"a-long-name-x y", but it must be a text that matches ^[\w+=,.@-]+$. Correct the value.'
    ]


@pytest.mark.parametrize(
    "value",
    [
        {"Fn::Sub": "${A}${Other}"},
        {"Fn::Sub": "${A}${C}"},
        {"Fn::Sub": "${A}${AWS::StackName}"},
        {"Fn::ImportValue": REF},
        {"Fn::Sub": "{{resolve:ssm:${A}}}"},
        {"Fn::Sub": "${A}${Nowhere}"},
        {"Fn::FindInMap": ["Times", REF, "Wait"]},
    ],
    ids=["resource", "per deploy", "stack name", "import", "dynamic reference", "broken", "no such key"],
)
def test_value_that_is_not_known(value: Any) -> None:
    """Values known only in a deploy, and values that the linter refuses, are not checked."""
    template = queue(value, Mappings={"Times": {"dev": {"Wait": 1}}})
    template["Resources"]["Other"] = {"Type": "AWS::SNS::Topic"}

    assert found(schema(template, per_deploy=("C",)), A="x", B="") == []


@pytest.mark.parametrize("type_name", ["Custom::Queue", "AWS::SQS::Kew"])
def test_type_that_has_no_schema(type_name: str) -> None:
    """A type without a schema has no requirements."""
    assert found(schema(resource(type_name, **{WAIT: REF})), A="x") == []


def test_list_and_nested_properties() -> None:
    """Properties in lists and objects are found, also if the schema defines them in another place."""
    rule = {"Id": "r", "Status": {"Ref": "B"}, "ExpirationInDays": REF}
    one = schema(resource("AWS::S3::Bucket", LifecycleConfiguration={"Rules": [rule]}))
    place = "LifecycleConfiguration.Rules[]"

    assert found(one, A="1.5", B="Enabled") == [
        f'dev.json: A: Found "1.5", but {place}.ExpirationInDays of It in app must be a whole number, written in '
        "digits only. Correct the value."
    ]
    assert found(one, A="1", B="On") == [
        f'dev.json: B: Found "On", but {place}.Status of It in app must be one of Enabled, Disabled. '
        "Correct the value."
    ]


def test_same_reason_once() -> None:
    """If two resources reject a value for the same reason, the message appears once."""
    template = queue(REF)
    template["Resources"]["Other"] = dict(template["Resources"]["It"])
    assert len(found(schema(template), A="21")) == 1

    template["Resources"]["Third"] = resource("AWS::SQS::Queue", DelaySeconds=REF)["Resources"]["It"]
    assert len(found(schema(template), A="901")) == 2


def test_value_with_a_mistake_already() -> None:
    """If a value already has a finding, its property does not cause another one."""
    one = schema(resource("AWS::EC2::VPC", CidrBlock=REF))

    assert found(one, A="x") == ['dev.json: A: Found "x", which is not an IPv4 network, such as 10.2.0.0/16.']


@pytest.mark.parametrize(
    ("declared", "value", "asked", "count"),
    [
        ({"MaxLength": 253}, "x" * 253, {"Fn::Sub": "${A}-${B}"}, 0),
        ({"MaxLength": 256}, "x" * 256, {"Fn::Sub": "${A}-${B}"}, 1),
        ({}, "x" * 257, REF, 1),
        ({}, "x" * 256, REF, 0),
        ({"AllowedValues": ["x" * 257, "x"]}, "x" * 257, REF, 1),
    ],
)
def test_length_of_a_tag(declared: Template, value: str, asked: Any, count: int) -> None:
    """A tag can have up to 256 characters, whether or not declarations limit it."""
    template = resource("AWS::SNS::Topic", Tags=[{"Key": "k", "Value": asked}])
    template["Parameters"] = {"A": {"Type": "String", **declared}, "B": {"Type": "String", "MaxLength": 2}}

    assert len(found(schema(template), A=value, B="b")) == count


# ---- Regions ----


def reading(region: Any) -> Template:
    """Return a template that reads an output of the stack api, from a region."""
    asked = {
        "StackName": {"Fn::Sub": "${ProjectName}-${Environment}-api"},
        "OutputName": "Id",
        "Region": region,
    }
    origin = {"Fn::Sub": ["${Id}.example.com", {"Id": {"Fn::GetStackOutput": asked}}]}
    return resource("AWS::SSM::Parameter", Value=origin)


API = schema({}, "ap-northeast-1", stack="api")


def test_region_of_an_output() -> None:
    """A value for the region of an output must be the region of its stack."""
    one = schema(reading(REF))

    assert found(API, one, A="ap-northeast-1") == []
    assert found(API, one, A="eu-west-1") == [
        'dev.json: A: Found "eu-west-1", but Region of Fn::GetStackOutput for Id in app must be ap-northeast-1, '
        "the region of stack api. Correct the value."
    ]
    assert found(one, A="eu-west-1") == []  # an unknown stack


def test_region_of_an_output_before_it_is_needed() -> None:
    """A wrong region is reported even if the environment does not read the output yet, also in outputs."""
    template = reading(REF) | {"Conditions": {"Never": {"Fn::Equals": [{"Ref": "B"}, "now"]}}}
    template["Resources"]["It"]["Condition"] = "Never"
    assert len(found(API, schema(template), A="eu-west-1", B="")) == 1

    handed_on = {"Outputs": {"Id": {"Value": reading(REF)["Resources"]["It"]["Properties"]["Value"]}}}
    assert len(found(API, schema(handed_on), A="eu-west-1")) == 1


def test_region_made_of_a_value() -> None:
    """The resulting region is compared, not the single value."""
    one = schema(reading({"Fn::Sub": "${A}-1"}))

    assert found(API, one, A="ap-northeast") == []
    assert found(API, one, A="eu-west") == [
        'dev.json: A: Found "eu-west", which makes Region of Fn::GetStackOutput for Id in app "eu-west-1", but '
        "it must be ap-northeast-1, the region of stack api. Correct the value."
    ]


def test_zone_that_is_a_plain_text() -> None:
    """The value of AvailabilityZone must be a zone of the stack's region, with any type of parameter."""
    one = schema(resource("AWS::RDS::DBInstance", AvailabilityZone=REF), "eu-west-1")

    assert found(one, A="eu-west-1b") == []
    assert found(one, A="ap-northeast-1a") == [
        'dev.json: A: Found "ap-northeast-1a", but AvailabilityZone of It in app must be an Availability Zone of '
        "eu-west-1, the region of the stack. Correct the value."
    ]


# ---- Defaults ----


def test_defaults_are_judged_like_values() -> None:
    """A default that is wrong by itself, for its property or for a stack is a problem of the template."""
    template = queue({"Ref": "Time"}) | {
        "Parameters": {
            "Time": {"Type": "Number", "Default": 20.5},
            "Memory": {"Type": "Number", "Default": 64, "MinValue": 128},
            "Zone": {"Type": "AWS::EC2::AvailabilityZone::Name", "Default": "us-east-1a"},
            "Region": {"Type": "String", "Default": "eu-west-1"},
            "Late": {"Type": "String", "Default": "", "MinLength": 1},
            "Free": {"Type": "String"},
        }
    }
    template["Resources"] |= {"Other": reading({"Ref": "Region"})["Resources"]["It"]}

    assert default_problems([API, schema(template, "eu-west-1", per_deploy=("Late",))]) == [
        "Stack app: Parameters.Memory.Default: Found 64, which is less than 128. This is a "
        "constraint in the app template.",
        'Stack app: Parameters.Zone.Default: Found "us-east-1a", which is not an Availability Zone of eu-west-1, '
        "the region of the stack, such as eu-west-1a. This is a constraint in the app template.",
        'Stack app: Parameters.Late.Default: Found "", which has the length 0, less than 1. This is a '
        "constraint in the app template.",
        f'Stack app: Parameters.Time.Default: Found "20.5", but {WAIT} of It in app must be a whole number, '
        "written in digits only. Correct the value.",
        'Stack app: Parameters.Region.Default: Found "eu-west-1", but Region of Fn::GetStackOutput for Id in app '
        "must be ap-northeast-1, the region of stack api. Correct the value.",
    ]


# ---- Versions of database engines ----

MYSQL = resource("AWS::RDS::DBCluster", Engine="aurora-mysql", EngineVersion=REF)


def test_a_version_that_can_be_created() -> None:
    """Every version that cfn-lint lists and does not list as deprecated is accepted."""
    for version in creatable_versions("AWS::RDS::DBCluster", "aurora-mysql"):
        assert found(schema(MYSQL), A=version) == []


@pytest.mark.parametrize("version", ["8.0.mysql_aurora.3.10.99", "5.7.mysql_aurora.2.07.0", "8", ""])
def test_a_version_that_cannot_be_created(version: str) -> None:
    """The message lists the three most similar versions, independent of the list of cfn-lint."""
    (message,) = found(schema(MYSQL), A=version)
    nearest = re.findall(r"[0-9][0-9a-z._]*[0-9]", message.partition("for example")[2])

    assert message == (
        f'dev.json: A: Found "{version}", but EngineVersion of It in app must be a version that '
        f"cfn-lint lists and that is not deprecated, for example {', '.join(nearest)}. Correct the value."
    )
    assert len(nearest) == 3
    assert set(nearest) <= set(creatable_versions("AWS::RDS::DBCluster", "aurora-mysql"))


def test_nearest_versions() -> None:
    """The order is: the longest common part, then the closest number, then the newest version."""
    versions = ("2.9.1", "3.9.0", "3.10.0", "3.10.1", "3.10.2", "3.12.0", "3.12.1")

    assert nearest_versions("3.10.7", versions) == ["3.10.0", "3.10.1", "3.10.2"]
    assert nearest_versions("3.11.0", versions) == ["3.10.2", "3.12.0", "3.12.1"]
    assert nearest_versions("4", versions) == ["3.10.2", "3.12.0", "3.12.1"]


def test_versions_of_other_engines_are_judged_by_their_lists() -> None:
    """An engine from a parameter, or one that cfn-lint does not list, is only checked by the linter."""
    postgres = resource("AWS::RDS::DBCluster", Engine="aurora-postgresql", EngineVersion=REF)
    unknown = resource("AWS::RDS::DBCluster", Engine={"Ref": "B"}, EngineVersion=REF)

    assert len(found(schema(postgres), A="8.0.mysql_aurora.3.10.0")) == 1
    assert found(schema(unknown), A="8.0.mysql_aurora.3.10.99", B="aurora-mysql") == []


def test_a_default_version_that_cannot_be_created() -> None:
    """The default of a template is checked as well."""
    template = MYSQL | {"Parameters": {"A": {"Type": "String", "Default": "8.0.mysql_aurora.3.10.99"}}}

    (problem,) = default_problems([schema(template)])
    assert problem.startswith(
        'Stack app: Parameters.A.Default: Found "8.0.mysql_aurora.3.10.99", but EngineVersion of It in app must be'
    )


def test_defaults_that_no_environment_uses() -> None:
    """A stack in another region needs other values, but not another template."""
    zone = {"Type": "AWS::EC2::AvailabilityZone::Name", "Default": "us-east-1a"}
    late = {"Type": "String", "Default": "", "MinLength": 1}
    stack = schema({"Parameters": {"Zone": zone, "Late": late}}, "eu-west-1", per_deploy=("Late",))
    here, there = (
        Environment(name, {"app": {"Zone": value}}, is_production=False)
        for name, value in (("here", "eu-west-1a"), ("there", "us-east-1a"))
    )

    def names(*known: Environment) -> list[str]:
        return [problem.split(".")[1] for problem in default_problems([stack], known)]

    assert names() == names(here, there) == ["Zone", "Late"]
    assert names(here) == ["Late"]  # a per-deploy parameter has no value in a file
