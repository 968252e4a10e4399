"""E9086 on dynamic references that are resolved, and are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import UnresolvedDynamicReference

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

SECRET = "{{resolve:secretsmanager:name}}"
SECURE = "{{resolve:ssm-secure:/name:1}}"
PLAIN = "{{resolve:ssm:/name}}"
SUB = "!Sub '{{resolve:secretsmanager:${AWS::StackName}}}'"
SECURE_SUB = "!Sub '{{resolve:ssm-secure:/${AWS::StackName}:1}}'"
JOIN = "!Join ['', ['{{resolve:secretsmanager:', !Ref AWS::StackName, '}}']]"


def resource(kind: str, properties: str, metadata: str = "") -> str:
    """Return a template with one resource."""
    return f"Resources: {{One: {{Type: '{kind}', Metadata: {{{metadata}}}, Properties: {{{properties}}}}}}}"


def output(value: str) -> str:
    """Return a template with one output."""
    return f"Resources: {{}}\nOutputs: {{Out: {{Value: {value}}}}}"


TABLE = "AWS::SSM::Parameter"
CUSTOM = "Custom::Thing"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(resource(TABLE, f"Value: '{SECRET}'"), id="secret in a property"),
        pytest.param(resource(TABLE, f"Value: {SUB}"), id="secret by Sub in a property"),
        pytest.param(resource(TABLE, f"Value: '{PLAIN}'"), id="parameter in a property"),
        pytest.param(resource("AWS::RDS::DBCluster", f"MasterUserPassword: {SECURE_SUB}"), id="ssm-secure"),
        pytest.param(
            resource("AWS::IAM::User", f"LoginProfile: {{Password: {SECURE_SUB}}}"), id="ssm-secure, deeper"
        ),
        pytest.param(
            resource("AWS::RDS::DBCluster", f"MasterUserPassword: !If [A, {SECURE_SUB}, {SECURE_SUB}]"),
            id="ssm-secure in branches",
        ),
        pytest.param(resource(TABLE, f"Value: '{SECURE}'"), id="ssm-secure that cfn-lint finds itself"),
        pytest.param(resource(CUSTOM, f"Value: '{PLAIN}'"), id="parameter in a custom resource"),
        pytest.param(resource(CUSTOM, f"Value: '{SECURE}'"), id="custom resource that cfn-lint finds itself"),
        pytest.param(
            resource(TABLE, "Value: x", f"Note: '{SECRET}'"), id="metadata that cfn-lint finds itself"
        ),
        pytest.param(resource(TABLE, "Value: x", f"Note: '{PLAIN}'"), id="parameter in metadata"),
        pytest.param(output(f"'{SECRET}'"), id="output that cfn-lint finds itself"),
        pytest.param(output("!Sub '{{resolve:ssm:/${AWS::StackName}}}'"), id="parameter in an output"),
        pytest.param(f"Description: '{SECRET}'\nResources: {{}}", id="description"),
        pytest.param(
            "Resources: {One: {Type: A::B::C, UpdatePolicy: {A: '{{resolve:ssm:/a}}'}}}", id="policy"
        ),
        pytest.param(resource("AWS::EC2::Instance", "UserData: echo"), id="no reference"),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """What CloudFormation resolves, and what cfn-lint finds itself, passes."""
    assert judge(UnresolvedDynamicReference, text) == []


USER_DATA = "UserData, where it stays a text. Let the script on the instance read the value."
INIT = "AWS::CloudFormation::Init, where it stays a text. Let a command on the instance read the value."
NO_SECRETS = "a custom resource, which gets no secrets. Pass the name and let its function read the value."
OUTPUT = "an output, which may not show a secret. Output the name or ARN of the secret instead."
METADATA = "Metadata, which may not hold a secret. Remove it, or refer to the secret by its name."


@pytest.mark.parametrize(
    ("text", "path", "kind", "problem"),
    [
        pytest.param(
            resource("AWS::EC2::Instance", f"UserData: '{PLAIN}'"),
            "Resources/One/Properties/UserData",
            "ssm",
            USER_DATA,
            id="user data",
        ),
        pytest.param(
            resource("AWS::EC2::LaunchTemplate", f"LaunchTemplateData: {{UserData: {{Fn::Base64: {SUB}}}}}"),
            "Resources/One/Properties/LaunchTemplateData/UserData/Fn::Base64/Fn::Sub",
            "secretsmanager",
            USER_DATA,
            id="user data of a launch template",
        ),
        pytest.param(
            resource("A::B::C", "A: x", f"AWS::CloudFormation::Init: {{config: {{a: '{PLAIN}'}}}}"),
            "Resources/One/Metadata/AWS::CloudFormation::Init/config/a",
            "ssm",
            INIT,
            id="init",
        ),
        pytest.param(
            resource("A::B::C", "A: x", f"AWS::CloudFormation::Init: {{config: {{a: {SUB}}}}}"),
            "Resources/One/Metadata/AWS::CloudFormation::Init/config/a/Fn::Sub",
            "secretsmanager",
            INIT,
            id="init by Sub",
        ),
        pytest.param(
            resource("A::B::C", "A: x", f"Note: {JOIN}"),
            "Resources/One/Metadata/Note/Fn::Join/1/0",
            "secretsmanager",
            METADATA,
            id="metadata by Join",
        ),
        pytest.param(output(SUB), "Outputs/Out/Value/Fn::Sub", "secretsmanager", OUTPUT, id="output by Sub"),
        pytest.param(
            output(JOIN), "Outputs/Out/Value/Fn::Join/1/0", "secretsmanager", OUTPUT, id="output by Join"
        ),
        pytest.param(
            output(SECURE_SUB),
            "Outputs/Out/Value/Fn::Sub",
            "ssm-secure",
            OUTPUT,
            id="ssm-secure in an output",
        ),
        pytest.param(
            resource(CUSTOM, f"A: [!If [C, '{SECRET}', x]]"),
            "Resources/One/Properties/A/0/Fn::If/1",
            "secretsmanager",
            NO_SECRETS,
            id="custom resource, in one branch",
        ),
        pytest.param(
            resource("AWS::CloudFormation::CustomResource", f"A: {SECURE_SUB}"),
            "Resources/One/Properties/A/Fn::Sub",
            "ssm-secure",
            NO_SECRETS,
            id="custom resource, ssm-secure by Sub",
        ),
        pytest.param(
            resource(TABLE, f"Value: {SECURE_SUB}"),
            "Resources/One/Properties/Value/Fn::Sub",
            "ssm-secure",
            "Value, which does not take it. Use {{resolve:secretsmanager:...}}, or let the service read the "
            "parameter itself.",
            id="ssm-secure by Sub in any property",
        ),
    ],
)
def test_refuses(judge: Judge, text: str, path: str, kind: str, problem: str) -> None:
    """A reference that stays a text, or is refused, is found where it stands."""
    assert judge(UnresolvedDynamicReference, text) == [
        (path, f"The dynamic reference {{{{resolve:{kind}:...}}}} stands in {problem}")
    ]


def test_each_kind_in_a_text_is_one_finding(judge: Judge) -> None:
    """Two references of one kind are one finding, of two kinds two."""
    text = resource("AWS::EC2::Instance", f"UserData: '{PLAIN} {PLAIN} {SECRET}'")

    assert [message for _, message in judge(UnresolvedDynamicReference, text)] == [
        f"The dynamic reference {{{{resolve:ssm:...}}}} stands in {USER_DATA}",
        f"The dynamic reference {{{{resolve:secretsmanager:...}}}} stands in {USER_DATA}",
    ]
