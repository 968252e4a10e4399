"""Secrets in answers of CloudFormation do not become facts."""

import hashlib
import json
from pathlib import Path
from typing import Final

import pytest

from csr_templates.preflight import hidden
from csr_templates.preflight.checked_account import _kept
from csr_templates.preflight.services import cloudformation_calls

OUT: Final = Path(__file__).resolve().parents[3] / "out"
TEMPLATE: Final = """\
Parameters:
  Login: {Type: String, NoEcho: true, Default: swordfish}
  Other: {Type: String, NoEcho: true, Default: ""}
  Size: {Type: Number, Default: 30}
Conditions:
  HasPassword: !Equals [a, b]
Resources:
  Cluster:
    Type: AWS::RDS::DBCluster
    Properties:
      MasterUserPassword: !If [HasPassword, !Ref Login, swordfish]
      MasterUsername: admin
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties:
      SecretString: !Sub "{{resolve:ssm-secure:${Size}}}"
      GenerateSecretString: {SecretStringTemplate: '{"username": "admin"}'}
  Key:
    Type: AWS::ApiGateway::ApiKey
    Properties: {Value: swordfish}
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      Origins: [{OriginCustomHeaders: [{HeaderName: x-api-key, HeaderValue: swordfish}]}]
  Function:
    Type: AWS::Lambda::Function
    Properties:
      Environment: {Variables: {DB_PASSWORD: swordfish, SECRET_ARN: "arn:aws:secretsmanager:r:1:secret:x"}}
"""


def test_secrets_in_parameters_and_outputs_are_hidden() -> None:
    """By the name of the parameter or output, or by the form of the value."""
    stack = {
        "StackName": "shop-prod-api",
        "Parameters": [
            {"ParameterKey": "DbPassword", "ParameterValue": "swordfish"},
            {"ParameterKey": "Token", "ParameterValue": "/name", "ResolvedValue": "swordfish"},
            {"ParameterKey": "Hidden", "ParameterValue": "****"},
            {"ParameterKey": "LogLevel", "ParameterValue": "INFO"},
        ],
        "Outputs": [
            {"OutputKey": "Url", "OutputValue": "mysql://user:swordfish@db/shop"},
            {"OutputKey": "SecretArn", "OutputValue": "arn:aws:secretsmanager:eu-west-1:1:secret:x"},
        ],
        "NotificationARNs": ["not kept"],
    }

    (fact,) = _kept(cloudformation_calls.stack.query("eu-west-1", "shop-prod-api"), {"Stacks": [stack]})

    assert "swordfish" not in str(fact)
    assert [entry["ParameterValue"] for entry in fact["Parameters"]] == [
        "(hidden)",
        "(hidden)",
        "****",
        "INFO",
    ]
    assert fact["Outputs"][1]["OutputValue"].startswith("arn:aws:")
    assert "NotificationARNs" not in fact
    assert {"****", "(hidden)"} == hidden.MASKS


def test_secrets_in_a_template_are_hidden() -> None:
    """Literals, and defaults of NoEcho parameters; names, references and dynamic references remain."""
    text = hidden.in_template(TEMPLATE)
    template = json.loads(text)

    assert "swordfish" not in text
    assert text.count("(hidden)") == 5
    password = template["Resources"]["Cluster"]["Properties"]["MasterUserPassword"]
    assert password == {"Fn::If": ["HasPassword", {"Ref": "Login"}, "(hidden)"]}
    assert template["Parameters"]["Other"]["Default"] == ""
    assert template["Resources"]["Secret"]["Properties"] == {
        "SecretString": {"Fn::Sub": "{{resolve:ssm-secure:${Size}}}"},
        "GenerateSecretString": {"SecretStringTemplate": '{"username": "admin"}'},
    }


@pytest.mark.parametrize("file", sorted(path.name for path in OUT.glob("*.yaml")))
def test_a_template_without_secrets_is_kept_as_it_is(file: str) -> None:
    """Only then it can be compared with the commits."""
    text = (OUT / file).read_text("utf-8")

    assert hidden.in_template(text) == text


@pytest.mark.parametrize("body", ["", "- a", "Transform: AWS::Include\nResources: {}\n", "Resources: ["])
def test_a_template_that_cannot_be_compared_is_not_kept(body: str) -> None:
    """Its secrets are not recognised."""
    assert hidden.in_template(body) == ""


def test_a_template_in_json_is_kept_as_text() -> None:
    """boto3 returns it decoded."""
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}

    assert json.loads(hidden.in_template(template)) == template


def test_a_digest_only_shows_equality() -> None:
    """Equal values have equal digests, and a digest does not contain the value or its plain hash."""
    assert hidden.digest("key") == hidden.digest("key") != hidden.digest("kez")
    assert hidden.digest("key") not in (hashlib.sha256(b"key").hexdigest(), "key")
