"""E9084 on policy resources that are ARNs, and are not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from csr_templates.rules import PolicyResourceWithoutArn
from csr_templates.rules.iam.policy_resource_without_arn import NO_ARN, POLICIES

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Name: {Type: String, Default: name}
  Switch: {Type: String, Default: "true", AllowedValues: ["true", "false"]}
Conditions:
  Switched: !Equals [!Ref Switch, "true"]
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  Key: {Type: AWS::KMS::Key}
  Queue: {Type: AWS::SQS::Queue}
  Topic: {Type: AWS::SNS::Topic}
  Vpc: {Type: AWS::EC2::VPC}
"""
PLACE = "Resources/Policy/Properties/PolicyDocument/Statement"


def policy(resource: str, *, name: str = "Resource", attributes: str = "") -> str:
    """Return a template with a policy of one statement."""
    return (
        f"{HEAD}  Policy: {{Type: AWS::IAM::ManagedPolicy, {attributes} Properties: {{PolicyDocument: "
        f"{{Statement: [{{Effect: Allow, Action: '*', {name}: {resource}}}]}}}}}}\n"
    )


def message(value: Any, fault: str, name: str = "Resource") -> str:
    """Return what the rule says about a resource."""
    return f"{name} is {json.dumps(value)}: {fault}. A policy takes an ARN or '*'."


@pytest.mark.parametrize(
    "resource",
    [
        pytest.param("'*'", id="star"),
        pytest.param("arn:aws:s3:::name/*", id="literal"),
        pytest.param("bucket/*", id="literal that cfn-lint finds itself"),
        pytest.param("!GetAtt Bucket.Arn", id="GetAtt"),
        pytest.param("[!GetAtt Bucket.Arn, !Sub '${Bucket.Arn}/*']", id="list"),
        pytest.param("!Sub '${Bucket.Arn}/*'", id="Sub of an ARN"),
        pytest.param("!Sub 'arn:${AWS::Partition}:s3:::${Bucket}/*'", id="Sub that begins with arn"),
        pytest.param("!Sub ['${A}/*', {A: !GetAtt Bucket.Arn}]", id="variable that is an ARN"),
        pytest.param("!Join ['', [!GetAtt Bucket.Arn, '/*']]", id="Join of an ARN"),
        pytest.param("!Join [':', [arn, aws, s3, '', '', name]]", id="Join of the parts of an ARN"),
        pytest.param("!Ref Topic", id="Ref that is an ARN"),
        pytest.param("!Ref Name", id="parameter"),
        pytest.param("!Sub '${Name}/*'", id="Sub of a parameter"),
        pytest.param("!Sub '${AWS::Partition}'", id="pseudo parameter"),
        pytest.param("!ImportValue arn", id="import"),
        pytest.param("!If [Switched, !GetAtt Key.Arn, '*']", id="both branches"),
        pytest.param("[!If [Switched, !Ref Topic, !Ref AWS::NoValue]]", id="item in one branch"),
    ],
)
def test_accepts(judge: Judge, resource: str) -> None:
    """An ARN, a star, and what may be an ARN, pass."""
    assert judge(PolicyResourceWithoutArn, policy(resource)) == []


BUCKET = "Ref of an AWS::S3::Bucket is its name; use Bucket.Arn"
KEY = "Ref of an AWS::KMS::Key is its ID; use Key.Arn"


@pytest.mark.parametrize(
    ("resource", "path", "value", "fault"),
    [
        pytest.param("!Ref Bucket", "", {"Ref": "Bucket"}, BUCKET, id="Ref"),
        pytest.param(
            "!Ref Queue",
            "",
            {"Ref": "Queue"},
            "Ref of an AWS::SQS::Queue is its URL; use Queue.Arn",
            id="Ref that is a URL",
        ),
        pytest.param(
            "!Ref Vpc",
            "",
            {"Ref": "Vpc"},
            "Ref of an AWS::EC2::VPC is its ID; write the ARN with Fn::Sub",
            id="type without ARN",
        ),
        pytest.param(
            "!GetAtt Queue.QueueName",
            "",
            {"Fn::GetAtt": ["Queue", "QueueName"]},
            "QueueName of an AWS::SQS::Queue is no ARN; use Queue.Arn",
            id="GetAtt",
        ),
        pytest.param("!Sub '${Bucket}/*'", "", {"Fn::Sub": "${Bucket}/*"}, BUCKET, id="Sub"),
        pytest.param(
            "!Sub ['${B}/*', {B: !Ref Bucket}]",
            "",
            {"Fn::Sub": ["${B}/*", {"B": {"Ref": "Bucket"}}]},
            BUCKET,
            id="Sub with a variable",
        ),
        pytest.param(
            "!Sub 'table/${Name}'",
            "",
            {"Fn::Sub": "table/${Name}"},
            'it begins with "table/", an ARN with "arn:"',
            id="Sub that begins with a text",
        ),
        pytest.param(
            "!Join ['', [!Ref Bucket, '/*']]",
            "",
            {"Fn::Join": ["", [{"Ref": "Bucket"}, "/*"]]},
            BUCKET,
            id="Join",
        ),
        pytest.param("['*', !Ref Key]", "/1", {"Ref": "Key"}, KEY, id="item"),
        pytest.param("!If [Switched, !Ref Key, '*']", "/Fn::If/1", {"Ref": "Key"}, KEY, id="first branch"),
        pytest.param(
            "[!If [Switched, !Ref AWS::NoValue, !Ref Key]]",
            "/0/Fn::If/2",
            {"Ref": "Key"},
            KEY,
            id="second branch",
        ),
    ],
)
def test_refuses(judge: Judge, resource: str, path: str, value: Any, fault: str) -> None:
    """What can be no ARN is found where it stands."""
    assert judge(PolicyResourceWithoutArn, policy(resource)) == [
        (f"{PLACE}/0/Resource{path}", message(value, fault))
    ]


def test_the_condition_of_the_policy_counts(judge: Judge) -> None:
    """A branch that the policy's own condition excludes is not looked at."""
    resource = "!If [Switched, '*', !Ref Key]"

    assert judge(PolicyResourceWithoutArn, policy(resource, attributes="Condition: Switched,")) == []
    assert judge(PolicyResourceWithoutArn, policy(resource)) == [
        (f"{PLACE}/0/Resource/Fn::If/2", message({"Ref": "Key"}, KEY))
    ]


def test_not_resource_is_judged_like_resource(judge: Judge) -> None:
    """NotResource takes ARNs too."""
    assert judge(PolicyResourceWithoutArn, policy("!Ref Key", name="NotResource")) == [
        (f"{PLACE}/0/NotResource", message({"Ref": "Key"}, KEY, "NotResource"))
    ]


def test_a_statement_may_stand_alone(judge: Judge) -> None:
    """IAM takes one statement for a list of one."""
    text = policy("!Ref Key").replace("Statement: [", "Statement: ").replace("Key}]", "Key}")

    assert judge(PolicyResourceWithoutArn, text) == [(f"{PLACE}/Resource", message({"Ref": "Key"}, KEY))]


@pytest.mark.parametrize("place", POLICIES)
def test_looks_at_every_policy(judge: Judge, place: str) -> None:
    """Each property that holds a policy is judged."""
    _, kind, _, *path = place.split("/")
    properties: Any = {"Statement": [{"Resource": {"Ref": "Bucket"}}]}
    for step in reversed(path):
        properties = [properties] if step == "*" else {step: properties}
    text = f"{HEAD}  Policy: {{Type: '{kind}', Properties: {json.dumps(properties)}}}\n"

    assert judge(PolicyResourceWithoutArn, text) == [
        (
            "/".join(["Resources/Policy/Properties", *path, "Statement/0/Resource"]).replace("*", "0"),
            message({"Ref": "Bucket"}, BUCKET),
        )
    ]


@pytest.mark.parametrize("kind", ["AWS::EC2::VPCEndpoint", "AWS::SecretsManager::ResourcePolicy"])
def test_finds_literals_where_cfn_lint_does_not(judge: Judge, kind: str) -> None:
    """A literal text is found in the policies that cfn-lint does not look at."""
    name = "PolicyDocument" if "EC2" in kind else "ResourcePolicy"
    document = "{Statement: [{Resource: bucket/*}]}"
    text = f"Resources: {{Policy: {{Type: '{kind}', Properties: {{{name}: {document}}}}}}}"

    assert judge(PolicyResourceWithoutArn, text) == [
        (
            f"Resources/Policy/Properties/{name}/Statement/0/Resource",
            message("bucket/*", 'it begins with "bucket/*", an ARN with "arn:"'),
        )
    ]


@pytest.mark.parametrize("kind", NO_ARN)
def test_the_arn_that_a_message_names_exists(kind: str) -> None:
    """The attribute to use instead is one of the type."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    _, arn = NO_ARN[kind]

    if arn:
        assert f"/properties/{arn}" in schema["readOnlyProperties"]
    else:
        assert "/properties/Arn" not in schema.get("readOnlyProperties", [])
