"""``combinations``: values that are valid separately, but not together or with the template."""

from typing import Any

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from csr_templates.environments.combinations import check_all, check_environment
from csr_templates.environments.values import Candidate, Value, value_refusals

Template = dict[str, Any]

LONG = "x" * 70  # longer than the maximum length of a bucket name


def candidate(name: str = "dev", **values: str) -> Candidate:
    """Return an environment with these values."""
    file = f"{name}.json"
    known = {key: Value(text, file, "") for key, text in values.items()}
    return Candidate(name, file, own=list(values), keys=set(values), values=known)


def schema(template: Template, *names: str, per_deploy: tuple[str, ...] = ()) -> BuiltStack:
    """Return the schema of a stack that declares these parameters."""
    declared = {name: {"Type": "String"} for name in names} | template.get("Parameters", {})
    return BuiltStack(
        "app", "app.yaml", "us-east-1", template | {"Parameters": declared}, per_deploy=per_deploy
    )


def found(one: Candidate, of: BuiltStack) -> list[str]:
    """Return the findings in an environment."""
    return list(map(str, check_environment(one, [of])))


# ---- Names ----


@pytest.mark.parametrize(
    ("project", "environment"),
    [
        ("shop", ""),
        ("shop-product", ""),  # does not end in a whole name
        ("prod", ""),
        ("shop-v2", ""),
        ("shop-prod", "prod"),
        ("shop-dev-staging", "staging"),
        ("shop-test", "test"),  # an environment with a file, but not in the template
    ],
)
def test_project_that_ends_in_an_environment(project: str, environment: str) -> None:
    """The policies for the names of an environment would also allow those of such a project."""
    allowed = {"Environment": {"Type": "String", "AllowedValues": ["dev", "staging", "prod"]}}
    of = schema({"Parameters": allowed}, "ProjectName")
    sentence = (
        f'test.json: ProjectName: Found "{project}", which ends in -{environment}: the policies for the '
        f"names of the project {project.removesuffix(f'-{environment}')} in {environment} would also allow "
        f"the names of this project. Choose a name without the ending -{environment}."
    )

    assert found(candidate("test", ProjectName=project), of) == ([sentence] if environment else [])


# ---- Single values ----


@pytest.mark.parametrize(
    ("size", "reasons"),
    [
        (4096, []),
        (
            4097,
            [
                f'Found "{"x" * 76}..., which has 4097 bytes, more than the limit of 4096. This '
                "is a constraint in the app template."
            ],
        ),
    ],
    ids=["fits", "one too many"],
)
def test_longest_value(size: int, reasons: list[str]) -> None:
    """A value can have the maximum size of CloudFormation, in bytes."""
    assert value_refusals("x" * size, "A", [schema({}, "A")]) == reasons


def test_limits_are_allowed() -> None:
    """A value may be as large and as small as its limits."""
    limited = {"Type": "Number", "MinValue": 5, "MaxValue": 5}

    assert value_refusals("5", "A", [schema({"Parameters": {"A": limited}})]) == []
    assert len(value_refusals("6", "A", [schema({"Parameters": {"A": limited}})])) == 1


# ---- Names ----


def bucket(name: Any, **attributes: Any) -> Template:
    """Return a bucket of this name."""
    return {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}, **attributes}


def too_long(parameter: str, value: str, name: str) -> str:
    """Return the sentence about a name."""
    return (
        f'dev.json: {parameter}: Found "{value}", which makes BucketName of Bucket in app {len(name)} '
        f"characters long: {name}. At most 63 are allowed: shorten the value by {len(name) - 63}."
    )


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ({"Ref": "Project"}, LONG),
        ({"Fn::Sub": "${Project}-${Part}"}, f"{LONG}-p"),
        ({"Fn::Sub": "${Part}-${Project}"}, f"p-{LONG}"),
        ({"Fn::Sub": ["${Project}-${It}", {"It": {"Ref": "Part"}}]}, f"{LONG}-p"),
        ({"Fn::Join": ["-", [{"Ref": "Part"}, {"Ref": "Project"}]]}, f"p-{LONG}"),
        ({"Fn::Sub": "${Project}-${AWS::Region}"}, f"{LONG}-us-east-1"),
    ],
    ids=["ref", "sub", "the other way round", "sub with a variable", "join", "region"],
)
def test_name_that_is_too_long(name: Any, whole: str) -> None:
    """The length of a name is computed with the region of the stack.

    The message suggests the longest value.
    """
    of = schema(
        {"Resources": {"Other": {"Type": "AWS::S3::Bucket"}, "Bucket": bucket(name)}}, "Project", "Part"
    )

    assert found(candidate(Project=LONG, Part="p"), of) == [too_long("Project", LONG, whole)]


def test_longest_value_of_a_name_is_to_be_shortened() -> None:
    """The finding is reported for the longest value, even if it is not the first or last parameter."""
    of = schema({"Resources": {"Bucket": bucket({"Fn::Sub": "${B}-${A}-${C}"})}}, "A", "B", "C")

    assert found(candidate(A=LONG, B="b", C="c"), of) == [too_long("A", LONG, f"b-{LONG}-c")]


@pytest.mark.parametrize(("switch", "count"), [("on", 1), ("off", 0)])
def test_name_of_what_does_not_exist(switch: str, count: int) -> None:
    """A resource whose condition is false does not have a name."""
    template = {
        "Conditions": {"IsOn": {"Fn::Equals": [{"Ref": "Switch"}, "on"]}},
        "Resources": {"Bucket": bucket({"Ref": "Project"}, Condition="IsOn")},
    }

    assert len(found(candidate(Project=LONG, Switch=switch), schema(template, "Project", "Switch"))) == count


@pytest.mark.parametrize(
    ("declaration", "value"), [({"Default": "on"}, "on"), ({}, "")], ids=["default", "without default"]
)
def test_name_while_a_deploy_decides(declaration: Template, value: str) -> None:
    """A per-deploy parameter has its default, or is empty without one."""
    template = {
        "Parameters": {"Switch": {"Type": "String", **declaration}},
        "Conditions": {"IsOn": {"Fn::Equals": [{"Ref": "Switch"}, value]}},
        "Resources": {"Bucket": bucket({"Ref": "Project"}, Condition="IsOn")},
    }

    of = schema(template, "Project", per_deploy=("Switch",))
    assert found(candidate(Project=LONG), of) == [too_long("Project", LONG, LONG)]


def test_name_that_a_wrong_value_is_part_of() -> None:
    """If a value of a name is wrong, the length of the name is not reported in addition."""
    of = schema({"Resources": {"Bucket": bucket({"Fn::Sub": "${Project}-${Part}"})}}, "Project", "Part")

    assert found(candidate(Project=LONG), of) == []


def test_name_beside_what_the_linter_will_refuse() -> None:
    """Invalid references in other properties and in outputs do not prevent the check of a name."""
    broken = bucket({"Ref": "Project"})
    broken["Properties"]["Tags"] = [{"Key": "a", "Value": {"Ref": "Nowhere"}}]
    template = {"Resources": {"Bucket": broken}, "Outputs": {"A": {"Value": {"Ref": "Nowhere"}}}}

    assert found(candidate(Project=LONG), schema(template, "Project")) == [too_long("Project", LONG, LONG)]


# ---- Origin keys ----


@pytest.mark.parametrize(
    ("sent", "accepted", "fits"),
    [
        ("a", "a", True),
        ("a", "both", True),
        ("b", "b", True),
        ("b", "both", True),
        ("a", "b", False),
        ("b", "a", False),
    ],
)
def test_key_that_the_api_does_not_accept(sent: str, accepted: str, fits: bool) -> None:
    """After all stacks are deployed, the API must accept the key that CloudFront sends."""
    fitting = f'"{sent}" or to "both"'
    finding = (
        f'dev.json: OriginKey: Found "{sent}", which OriginKeys {accepted} does not include: the API would '
        f"reject every request. Set OriginKeys to {fitting}."
    )

    one = candidate(OriginKey=sent, OriginKeys=accepted)
    assert keys_found(one) == ([] if fits else [finding])


def test_key_that_no_value_includes() -> None:
    """If the API cannot accept the key, the message does not suggest a value."""
    one = candidate(OriginKey="c", OriginKeys="a")

    assert keys_found(one) == [
        'dev.json: OriginKey: Found "c", which OriginKeys a does not include: the API would reject every '
        "request. No value of OriginKeys includes it."
    ]


def keys_found(one: Candidate) -> list[str]:
    """Return the findings in an environment whose api and site declare their keys."""
    accepts = {"a": ["key-a"], "b": ["key-b"], "both": ["key-a", "key-b"]}
    sends = {"a": ["key-a"], "b": ["key-b"], "c": ["key-c"]}
    declared = {
        "OriginKeys": {"Accepts": {"Parameter": "OriginKeys", "Secrets": accepts}},
        "OriginKey": {"Sends": {"Parameter": "OriginKey", "Secrets": sends}},
    }
    stacks = [schema({"Metadata": {"ApiKeys": keys}}, name) for name, keys in declared.items()]
    return list(map(str, check_environment(one, stacks)))


# ---- Rules ----


def refused(*conditions: Any) -> Template:
    """Return a template with a rule that asserts these."""
    assertions = [
        {"Assert": condition, "AssertDescription": f"Reason {number}."}
        for number, condition in enumerate(conditions, 1)
    ]
    return {"Rules": {"Rule": {"Assertions": assertions}}}


def test_rule_names_all_its_parameters() -> None:
    """The message is about the first parameter of the rule, and lists the others."""
    names = {"Fn::Join": ["", [{"Ref": "A"}, {"Ref": "B"}, {"Ref": "C"}]]}
    of = schema(refused({"Fn::Equals": [{"Ref": "A"}, "x"]}, {"Fn::Equals": ["", names]}), "A", "B", "C")

    assert found(candidate(A="x", B="2", C="3"), of) == []  # Join is not allowed in rules: for the linter

    either = {"Fn::Or": [{"Fn::Equals": [{"Ref": name}, ""]} for name in ("A", "B", "C")]}
    assert found(candidate(A="1", B="2", C="3"), schema(refused(either), "A", "B", "C")) == [
        'dev.json: A: Found "1", together with B "2", C "3". Rule in the app template: "Reason 1".'
    ]


def test_rule_after_one_that_is_not_judged() -> None:
    """An assertion about a value that is wrong is not evaluated. The next assertion is."""
    of = schema(refused({"Fn::Equals": [{"Ref": "A"}, ""]}, {"Fn::Equals": [{"Ref": "B"}, ""]}), "A", "B")

    assert found(candidate(B="2"), of) == [
        'dev.json: B: Found "2", which a rule of the template does not allow. Rule in the app template: '
        '"Reason 2".'
    ]


@pytest.mark.parametrize(("region", "count"), [("us-east-1", 0), ("ap-northeast-1", 1)])
def test_rule_about_the_region(region: str, count: int) -> None:
    """A rule is evaluated with the region of the stack."""
    here = {"Fn::Equals": [{"Ref": "AWS::Region"}, region]}
    of = schema(refused({"Fn::Or": [here, {"Fn::Equals": [{"Ref": "A"}, ""]}]}), "A")

    assert len(found(candidate(A="1"), of)) == count


# ---- Networks ----


def subnet(parameter: str, vpc: Any = None) -> Template:
    """Return a subnet whose addresses are a parameter."""
    network = {"CidrBlock": {"Ref": parameter}, "VpcId": vpc or {"Ref": "Vpc"}}
    return {"Type": "AWS::EC2::Subnet", "Properties": network}


VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": {"Ref": "VpcCidr"}}}


def test_one_subnet_outside() -> None:
    """A single subnet must be inside its VPC."""
    of = schema({"Resources": {"Vpc": VPC, "One": subnet("Cidr1")}}, "VpcCidr", "Cidr1")

    assert found(candidate(VpcCidr="10.2.0.0/16", Cidr1="10.3.0.0/24"), of) == [
        'dev.json: Cidr1: Found "10.3.0.0/24", which is not inside VpcCidr 10.2.0.0/16.'
    ]


def test_subnet_after_one_that_is_wrong_by_itself() -> None:
    """If one subnet has an invalid value, the others are still compared with their VPC."""
    resources = {"Vpc": VPC, "One": subnet("Cidr1"), "Two": subnet("Cidr2")}
    of = schema({"Resources": resources}, "VpcCidr", "Cidr1", "Cidr2")

    assert found(candidate(VpcCidr="10.2.0.0/16", Cidr2="10.3.0.0/24"), of) == [
        'dev.json: Cidr2: Found "10.3.0.0/24", which is not inside VpcCidr 10.2.0.0/16.'
    ]


IMPORTED = {"Fn::ImportValue": "vpc-id"}
ELSEWHERE = {"Ref": "Elsewhere"}


@pytest.mark.parametrize(
    ("one", "two"),
    [("vpc-1", "vpc-1"), (IMPORTED, IMPORTED), (ELSEWHERE, ELSEWHERE), ("vpc-1", IMPORTED)],
    ids=["literal", "import", "ref", "literal and import"],
)
def test_subnets_of_a_vpc_elsewhere(one: Any, two: Any) -> None:
    """Two subnets must not overlap in any VPC, even if its addresses are not known."""
    resources = {"Bare": {"Type": "AWS::EC2::VPC"}, "One": subnet("Cidr1", one), "Two": subnet("Cidr2", two)}
    of = schema({"Resources": resources}, "Cidr1", "Cidr2")

    assert found(candidate(Cidr1="10.3.0.0/24", Cidr2="10.3.0.128/25"), of) == [
        'dev.json: Cidr2: Found "10.3.0.128/25", which overlaps Cidr1 10.3.0.0/24. Specify a separate '
        "range for each subnet."
    ]


def test_vpcs_of_two_environments() -> None:
    """The message for the second environment contains the network of the first one."""
    of = schema({"Resources": {"Vpc": VPC}}, "VpcCidr")
    environments = [candidate("dev", VpcCidr="10.0.0.0/16"), candidate("staging", VpcCidr="10.0.128.0/17")]

    assert list(map(str, check_all(environments, [of], None))) == [
        'staging.json: VpcCidr: Found "10.0.128.0/17", which overlaps 10.0.0.0/16 of dev. Networks '
        "of environments must not overlap."
    ]


# ---- Keys ----


def test_key_that_two_others_give() -> None:
    """Who gives the key is named, and production is not asked."""
    environments = [
        candidate("dev", A="1"),
        candidate("test", A="1"),
        candidate("staging"),
        candidate("prod"),
    ]

    assert list(map(str, check_all(environments, [schema({}, "A")], "prod"))) == [
        "staging.json: A: The key is missing, but dev.json and test.json have it, so staging would have the "
        "value of production. Add it to each of these files, or remove it from all."
    ]


def test_concurrency_that_fits() -> None:
    """All that is reserved can be provisioned."""
    one = candidate(LambdaProvisionedConcurrency="2", LambdaReservedConcurrency="2")

    assert found(one, schema({}, "LambdaProvisionedConcurrency", "LambdaReservedConcurrency")) == []


def test_an_origin_key_that_is_not_correct_by_itself() -> None:
    """It is reported by itself, and not compared."""
    assert keys_found(candidate(OriginKeys="a")) == []
    assert keys_found(candidate(OriginKey="b")) == []


def test_concurrency_of_one() -> None:
    """No more can be provisioned than is reserved, be that as little as one."""
    one = candidate(LambdaProvisionedConcurrency="2", LambdaReservedConcurrency="1")

    assert found(one, schema({}, "LambdaProvisionedConcurrency", "LambdaReservedConcurrency")) == [
        'dev.json: LambdaProvisionedConcurrency: Found "2", more than LambdaReservedConcurrency 1. Lower the '
        "first, or raise the second."
    ]
