"""Policy resources that are ARNs, and are not."""

import json
from typing import Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from cfn_analysis.rules.support.documents import POLICIES
from cfn_analysis.rules.support.returns import NO_ARN

from ..harness import frame

HEAD = """
Parameters:
  Name: {Type: String, Default: name}
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  Key: {Type: AWS::KMS::Key}
  Queue: {Type: AWS::SQS::Queue}
  Topic: {Type: AWS::SNS::Topic}
  Vpc: {Type: AWS::EC2::VPC}
"""

PLACE = "Resources/Policy/Properties/PolicyDocument/Statement"

policy = frame(
    HEAD + "  Policy: {Type: AWS::IAM::ManagedPolicy, <attributes=> Properties: {PolicyDocument: "
    "{Statement: [{Effect: Allow, Action: '*', <name=Resource>: <resource>}]}}}\n"
)


def message(value: Any, fault: str, name: str = "Resource") -> str:
    """Return what the rule says about a resource."""
    return f"{name} is {json.dumps(value)}: {fault}. A policy requires an ARN or '*'."


BRANCH = "!If [Switched, '*', !Ref Key]"
BUCKET = "Ref of an AWS::S3::Bucket is its name; use Bucket.Arn"
KEY = "Ref of an AWS::KMS::Key is its ID; use Key.Arn"


def case(resource: str, path: str, value: Any, fault: str) -> tuple[str, ...]:
    """What cannot be an ARN is found where it stands."""
    return policy(resource), f"{PLACE}/0/Resource{path}", message(value, fault)


def finds_literals_where_cfn_lint_does_not(kind: str) -> tuple[str, ...]:
    """A literal text is found in the policies that cfn-lint does not look at."""
    name = "PolicyDocument" if "EC2" in kind else "ResourcePolicy"
    document = "{Statement: [{Resource: bucket/*}]}"
    text = f"Resources: {{Policy: {{Type: '{kind}', Properties: {{{name}: {document}}}}}}}"
    return (
        text,
        f"Resources/Policy/Properties/{name}/Statement/0/Resource",
        message("bucket/*", 'it begins with "bucket/*", an ARN with "arn:"'),
    )


def in_policy(place: str) -> tuple[str, ...]:
    """Each property that holds a policy is judged."""
    _, kind, _, *path = place.split("/")
    properties: Any = {"Statement": [{"Resource": {"Ref": "Bucket"}}]}
    for step in reversed(path):
        properties = [properties] if step == "*" else {step: properties}
    return (
        f"{HEAD}  Policy: {{Type: '{kind}', Properties: {json.dumps(properties)}}}\n",
        "/".join(["Resources/Policy/Properties", *path, "Statement/0/Resource"]).replace("*", "0"),
        message({"Ref": "Bucket"}, BUCKET),
    )


GOOD = {
    "GetAtt": policy("!GetAtt Bucket.Arn"),
    "star": policy("'*'"),
    "literal": policy("arn:aws:s3:::name/*"),
    "literal that cfn-lint finds itself": policy("bucket/*"),
    "list": policy("[!GetAtt Bucket.Arn, !Sub '${Bucket.Arn}/*']"),
    "Sub of an ARN": policy("!Sub '${Bucket.Arn}/*'"),
    "Sub that begins with arn": policy("!Sub 'arn:${AWS::Partition}:s3:::${Bucket}/*'"),
    "variable that is an ARN": policy("!Sub ['${A}/*', {A: !GetAtt Bucket.Arn}]"),
    "Join of an ARN": policy("!Join ['', [!GetAtt Bucket.Arn, '/*']]"),
    "Join of the parts of an ARN": policy("!Join [':', [arn, aws, s3, '', '', name]]"),
    "Ref that is an ARN": policy("!Ref Topic"),
    "parameter": policy("!Ref Name"),
    "Sub of a parameter": policy("!Sub '${Name}/*'"),
    "pseudo parameter": policy("!Sub '${AWS::Partition}'"),
    "import": policy("!ImportValue arn"),
    "both branches": policy("!If [Switched, !GetAtt Key.Arn, '*']"),
    "item in one branch": policy("[!If [Switched, !Ref Topic, !Ref AWS::NoValue]]"),
    "branch that its condition excludes": policy(BRANCH, attributes="Condition: Switched,"),
}

BAD = {
    "Ref": case("!Ref Bucket", "", {"Ref": "Bucket"}, BUCKET),
    "Ref that is a URL": case(
        "!Ref Queue", "", {"Ref": "Queue"}, "Ref of an AWS::SQS::Queue is its URL; use Queue.Arn"
    ),
    "type without ARN": case(
        "!Ref Vpc", "", {"Ref": "Vpc"}, "Ref of an AWS::EC2::VPC is its ID; write the ARN with Fn::Sub"
    ),
    "GetAtt": case(
        "!GetAtt Queue.QueueName",
        "",
        {"Fn::GetAtt": ["Queue", "QueueName"]},
        "QueueName of an AWS::SQS::Queue is not an ARN; use Queue.Arn",
    ),
    "Sub": case("!Sub '${Bucket}/*'", "", {"Fn::Sub": "${Bucket}/*"}, BUCKET),
    "Sub with a variable": case(
        "!Sub ['${B}/*', {B: !Ref Bucket}]", "", {"Fn::Sub": ["${B}/*", {"B": {"Ref": "Bucket"}}]}, BUCKET
    ),
    "Sub that begins with a text": case(
        "!Sub 'table/${Name}'",
        "",
        {"Fn::Sub": "table/${Name}"},
        'it begins with "table/", an ARN with "arn:"',
    ),
    "Join": case(
        "!Join ['', [!Ref Bucket, '/*']]", "", {"Fn::Join": ["", [{"Ref": "Bucket"}, "/*"]]}, BUCKET
    ),
    "item": case("['*', !Ref Key]", "/1", {"Ref": "Key"}, KEY),
    "first branch": case("!If [Switched, !Ref Key, '*']", "/Fn::If/1", {"Ref": "Key"}, KEY),
    "second branch": case(
        "[!If [Switched, !Ref AWS::NoValue, !Ref Key]]", "/0/Fn::If/2", {"Ref": "Key"}, KEY
    ),
    "not resource is judged like resource": (
        policy("!Ref Key", name="NotResource"),
        f"{PLACE}/0/NotResource",
        message({"Ref": "Key"}, KEY, "NotResource"),
    ),
    "a statement may stand alone": (
        policy("!Ref Key").replace("Statement: [", "Statement: ").replace("Key}]", "Key}"),
        f"{PLACE}/Resource",
        message({"Ref": "Key"}, KEY),
    ),
    "AWS::EC2::VPCEndpoint": finds_literals_where_cfn_lint_does_not("AWS::EC2::VPCEndpoint"),
    "AWS::SecretsManager::ResourcePolicy": finds_literals_where_cfn_lint_does_not(
        "AWS::SecretsManager::ResourcePolicy"
    ),
    "branch that the condition of another policy excludes": case(BRANCH, "/Fn::If/2", {"Ref": "Key"}, KEY),
    **{place: in_policy(place) for place in POLICIES},
}


@pytest.mark.parametrize("kind", NO_ARN)
def test_the_arn_that_a_message_names_exists(kind: str) -> None:
    """The attribute to use instead is one of the type."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    _, arn = NO_ARN[kind]

    if arn:
        assert f"/properties/{arn}" in schema["readOnlyProperties"]
    else:
        assert "/properties/Arn" not in schema.get("readOnlyProperties", [])
