"""The rules for the stacks of this project, each with its message."""

from __future__ import annotations

from typing import Any

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from csr_templates.assembly import house_rules
from csr_templates.naming import PREFIX

TAGS = [
    {"Key": "Environment", "Value": {"Ref": "Environment"}},
    {"Key": "Name", "Value": {"Fn::Sub": f"{PREFIX}letters"}},
    {"Key": "Project", "Value": {"Ref": "ProjectName"}},
]
KEPT = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
SNAPSHOT = {"DeletionPolicy": "Snapshot", "UpdateReplacePolicy": "Snapshot"}
SIZE = {
    "Type": "Number",
    "Default": 0,
    "MinValue": 0,
    "Description": "How many.",
    "ConstraintDescription": "must be a number",
}


def said(**template: Any) -> list[str]:
    """Return the messages for a template, without the name of the stack."""
    sentences = house_rules.problems(BuiltStack("site", "site.yaml", "us-east-1", template))
    assert all(sentence.startswith("Stack site: ") for sentence in sentences)
    return [sentence.removeprefix("Stack site: ") for sentence in sentences]


def interface(*groups: list[str], labels: tuple[str, ...] = ("Size",)) -> dict[str, Any]:
    """Return the metadata of a template."""
    return {
        "AWS::CloudFormation::Interface": {
            "ParameterGroups": [{"Label": {"default": "Size"}, "Parameters": group} for group in groups],
            "ParameterLabels": {label: {"default": label} for label in labels},
        }
    }


def with_size(**changes: Any) -> list[str]:
    """Return the messages for a parameter with other attributes. None removes one."""
    declared = {key: value for key, value in {**SIZE, **changes}.items() if value is not None}
    return said(Parameters={"Size": declared}, Metadata=interface(["Size"]))


def queue(tags: Any, **properties: Any) -> dict[str, Any]:
    """Return a queue with tags."""
    return {"Type": "AWS::SQS::Queue", **KEPT, "Properties": {"Tags": tags, **properties}}


# ---- Parameters ----


def test_a_complete_parameter_passes() -> None:
    """Zero and an empty string are valid defaults."""
    assert with_size() == []
    assert with_size(Type="String", Default="", MinValue=None, AllowedPattern="[a-z]*") == []
    assert with_size(Type="AWS::EC2::AvailabilityZone::Name", MinValue=None) == []


def test_missing_attributes_of_a_parameter() -> None:
    """All missing attributes are reported together."""
    assert said(Parameters={"Size": {"Type": "Number"}}) == [
        "Parameters.Size does not have Default (the value of production), Description (its effect), "
        "ConstraintDescription (the message for a rejected value, which starts with 'must'), a constraint "
        "(AllowedValues, AllowedPattern, MinValue, ...), a label (label= of add_parameter), a group (group= "
        "of add_parameter). Add what is missing."
    ]


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"Default": None}, "Default (the value of production)"),
        ({"Description": ""}, "Description (its effect)"),
        (
            {"ConstraintDescription": None},
            "ConstraintDescription (the message for a rejected value, which starts with 'must')",
        ),
        ({"MinValue": None}, "a constraint (AllowedValues, AllowedPattern, MinValue, ...)"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_each_missing_attribute(changes: dict[str, Any], missing: str) -> None:
    """A single missing attribute is reported alone."""
    assert with_size(**changes) == [f"Parameters.Size does not have {missing}. Add what is missing."]


def test_groups() -> None:
    """A parameter is in one group, and a group contains only existing parameters."""
    parameters = {"Size": SIZE}

    assert said(Parameters=parameters, Metadata=interface(["Size"], ["Size"])) == [
        "Parameters.Size is 2 times in the parameter groups. List it once."
    ]
    assert said(Parameters=parameters, Metadata=interface(["Size", "Weight"], labels=("Size", "Height"))) == [
        "Metadata: A group or label names the parameter Weight, which the template does not have. Correct "
        "the name, or remove it.",
        "Metadata: A group or label names the parameter Height, which the template does not have. Correct "
        "the name, or remove it.",
    ]


def test_parameters_cannot_be_secrets() -> None:
    """A parameter with NoEcho is rejected."""
    assert with_size(NoEcho=True) == [
        "Parameters.Size is a secret (NoEcho), which parameter files and pipelines would contain in plain "
        "text. Generate it in Secrets Manager, and refer to it."
    ]


# ---- Resources ----


@pytest.mark.parametrize(
    ("tags", "lacks"),
    [
        (None, "tags Project, Environment, Name"),
        (TAGS[1:], "tag Environment"),
        ([*TAGS[:2], {"Key": "Project", "Value": "csr"}], "tag Project"),
        ([TAGS[0], TAGS[2]], "tag Name"),
        ([TAGS[0], {"Key": "Name", "Value": "letters"}, TAGS[2]], "tag Name"),
        ({"Ref": "Tags"}, "tags Project, Environment, Name"),
    ],
    ids=["none", "missing", "fixed text", "no name", "name without prefix", "no list"],
)
def test_tags(tags: Any, lacks: str) -> None:
    """Resources that support tags have those of the project, with values from the parameters."""
    assert said(Resources={"Letters": queue(tags)}) == [
        f"Letters does not have the required {lacks}, which deploy policies, cost reports and operators use "
        "to find it. Write Tags=names.tags(...), with a word for the resource."
    ]


def test_tags_that_pass() -> None:
    """A resource with a name needs no Name tag. Types without tags pass, and tags can be a map or a list."""
    nameless = [TAGS[0], TAGS[2]]
    named = queue(nameless, QueueName={"Fn::Sub": f"{PREFIX}letters"})
    policy = {"Type": "AWS::SQS::QueuePolicy", "Properties": {}}
    as_map = {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Tags": {t["Key"]: t["Value"] for t in TAGS}}}
    check = {"Type": "AWS::Route53::HealthCheck", "Properties": {"HealthCheckTags": TAGS}}
    unknown = {"Type": "My::Own::Type", "Properties": {}}

    assert said(Resources={"A": named, "B": policy, "C": as_map, "D": check, "E": queue(TAGS)}) == []
    assert said(Resources={"A": unknown}) == []


def test_the_same_name_tag_twice() -> None:
    """Two resources cannot have the same Name tag, because the console shows it."""
    assert said(Resources={"Letters": queue(TAGS), "Answers": queue(TAGS)}) == [
        f"Answers has the same tag Name as Letters, {PREFIX}letters, so the console does not distinguish "
        "them. Use another text in names.tags(...)."
    ]


ROOT = {
    "Effect": "Allow",
    "Principal": {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}},
    "Action": "kms:*",
    "Resource": "*",
}
OTHER_ROOT = {"AWS": "arn:aws:iam::444455556666:root"}
DENY_USE = {"Effect": "Deny", "Principal": "*", "Action": ["kms:Decrypt"], "Resource": "*"}


def with_key(policy: Any) -> list[str]:
    """Return the messages for a key with a policy."""
    retained = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
    properties = {"Tags": TAGS, "KeyPolicy": policy}
    return said(Resources={"Key": {"Type": "AWS::KMS::Key", **retained, "Properties": properties}})


@pytest.mark.parametrize(
    "statements",
    [
        ROOT,
        [{**ROOT, "Sid": "Account", "Action": ["kms:*"], "Resource": ["*"]}],
        [DENY_USE, ROOT],
        [ROOT, {**DENY_USE, "Action": "kms:*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}],
    ],
    ids=["one statement", "lists", "deny use", "deny with a condition"],
)
def test_keys_that_the_account_manages(statements: Any) -> None:
    """The root of the account is allowed all actions, and no statement overrides this."""
    assert with_key({"Statement": statements}) == []


@pytest.mark.parametrize(
    "policy",
    [
        {"Statement": []},
        {"Statement": [{**ROOT, "Effect": "Deny", "Action": "kms:Decrypt"}]},
        {"Statement": [{**ROOT, "Principal": OTHER_ROOT}]},
        {"Statement": [{**ROOT, "Action": ["kms:Decrypt", "kms:PutKeyPolicy"]}]},
        {"Statement": [{**ROOT, "Resource": "arn:aws:kms:us-east-1:123456789012:key/1"}]},
        {"Statement": [{**ROOT, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}]},
        {"Statement": [{"Fn::If": ["HasAdmin", ROOT, {"Ref": "AWS::NoValue"}]}]},
        {"Fn::If": ["HasAdmin", {"Statement": [ROOT]}, {"Statement": []}]},
        None,
    ],
    ids=[
        "none",
        "deny",
        "other account",
        "some actions",
        "other resource",
        "condition",
        "statement with If",
        "If",
        "no policy",
    ],
)
def test_keys_that_the_account_does_not_manage(policy: Any) -> None:
    """KMS does not reject these policies, because the keys bypass its check."""
    assert with_key(policy) == [
        "Key has no statement in KeyPolicy that allows the root of the account kms:* without a condition. "
        "With BypassPolicyLockoutSafetyCheck, KMS accepts a key policy that no one can change. Create the "
        'key with keys.key(...), or add {"Effect": "Allow", "Principal": {"AWS": {"Fn::Sub": '
        '"arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}, "Action": "kms:*", "Resource": "*"}.'
    ]


@pytest.mark.parametrize(
    "actions",
    [{"Action": "kms:*"}, {"Action": ["kms:Decrypt", "kms:Put*"]}, {"NotAction": "kms:Decrypt"}],
    ids=["all", "pattern", "NotAction"],
)
def test_keys_that_deny_changes(actions: dict[str, Any]) -> None:
    """A denial overrides what the root of the account is allowed."""
    denying = {key: value for key, value in DENY_USE.items() if key != "Action"} | actions

    assert with_key({"Statement": [ROOT, denying]}) == [
        "Key denies kms:PutKeyPolicy in statement 2 of KeyPolicy, which overrides what the root of the "
        "account is allowed. No one could change the key policy. Deny other actions, or remove the statement."
    ]


@pytest.mark.parametrize(
    ("resource", "policies", "message"),
    [
        ("AWS::SQS::Queue", KEPT, None),
        ("AWS::RDS::DBCluster", SNAPSHOT, None),
        ("AWS::RDS::DBInstance", {}, None),  # of an Aurora cluster, which contains the data
        ("AWS::SNS::Topic", {}, None),
        (
            "AWS::SQS::Queue",
            {**KEPT, "DeletionPolicy": "Delete"},
            "DeletionPolicy is Delete: the data would be deleted. Write "
            'DeletionPolicy="RetainExceptOnCreate".',
        ),
        (
            "AWS::SQS::Queue",
            {"DeletionPolicy": "RetainExceptOnCreate"},
            'UpdateReplacePolicy is missing: the data would be deleted. Write UpdateReplacePolicy="Retain".',
        ),
        (
            "AWS::SQS::Queue",
            {**KEPT, "DeletionPolicy": "Retain"},
            "DeletionPolicy is Retain: more would be retained than needed. Write "
            'DeletionPolicy="RetainExceptOnCreate".',
        ),
        (
            "AWS::RDS::DBCluster",
            {**SNAPSHOT, "UpdateReplacePolicy": "Retain"},
            "UpdateReplacePolicy is Retain: more would be retained than needed. Write "
            'UpdateReplacePolicy="Snapshot".',
        ),
    ],
)
def test_resources_with_data(resource: str, policies: dict[str, str], message: str | None) -> None:
    """Resources with data are retained; a cluster is deleted after a snapshot."""
    found = said(Resources={"A": {"Type": resource, "Properties": {"Tags": TAGS}, **policies}})

    assert found == ([f"A contains data, but its {message}"] if message else [])


@pytest.mark.parametrize(
    ("name", "found"),
    [({}, "no AlarmName"), ({"AlarmName": "cpu"}, "the AlarmName cpu")],
    ids=["none", "other"],
)
def test_alarms(name: dict[str, str], found: str) -> None:
    """An alarm is rejected if its name does not match the pattern in the policies of keys and topics."""
    alarm = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Tags": TAGS, **name}}

    assert said(Resources={"Alarm": alarm}) == [
        f"Alarm has {found}, but keys and topics allow only alarms whose names start with {PREFIX}. Its "
        "notifications would fail. Write AlarmName=names.name(...)."
    ]


def test_exports() -> None:
    """Export names are unique in an account, which can contain two environments."""
    outputs = {
        "Id": {"Value": "1", "Export": {"Name": "id"}},
        "Name": {"Value": "1", "Export": {"Name": {"Fn::Sub": f"{PREFIX}name"}}},
    }

    assert said(Outputs=outputs) == [
        "Outputs.Id exports id, which a second environment in the account would export too. Start the name "
        f"with {PREFIX}, as contract.output does."
    ]
