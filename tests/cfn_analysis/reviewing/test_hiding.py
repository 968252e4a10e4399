"""Values in reports: secrets are hidden, and references are shown."""

import json
from typing import Any

import pytest

from cfn_analysis.reviewing.hiding import HIDDEN_VALUE, shown

from .templates import reviewed

HIDDEN = HIDDEN_VALUE


@pytest.mark.parametrize(
    ("kind", "name", "value", "expected"),
    [
        ("AWS::RDS::DBCluster", "MasterUserPassword", "hush", HIDDEN),
        (
            "AWS::RDS::DBCluster",
            "MasterUserPassword",
            "{{resolve:secretsmanager:s:SecretString:p}}",
            "{{resolve:secretsmanager:s:SecretString:p}}",
        ),
        ("AWS::RDS::DBCluster", "ManageMasterUserPassword", True, True),
        ("AWS::SecretsManager::Secret", "SecretString", '{"a":"b"}', HIDDEN),
        ("AWS::SecretsManager::Secret", "GenerateSecretString.PasswordLength", 32, 32),
        ("AWS::SecretsManager::Secret", "Name", "s", "s"),
        ("AWS::ApiGateway::ApiKey", "Value", "hush", HIDDEN),
        ("AWS::ApiGateway::ApiKey", "Description", "d", "d"),
        ("AWS::ApiGateway::Method", "ApiKeyRequired", True, True),
        ("AWS::ElastiCache::ReplicationGroup", "AuthToken", "hush", HIDDEN),
        ("AWS::Lambda::Function", "Environment.Variables.DB_PASSWORD", "hush", HIDDEN),
        ("AWS::Lambda::Function", "Environment.Variables.API_TOKEN", "hush", HIDDEN),
        *(
            ("AWS::Lambda::Function", f"Environment.Variables.{name}", "hush", HIDDEN)
            for name in (
                "DB_PASS",
                "PASS",
                "dbPass",
                "MYSQL_PWD",
                "Pwd",
                "pass_db",
                "PASSCODE",
                "userPasscode",
            )
        ),
        *(
            ("AWS::Lambda::Function", f"Environment.Variables.{name}", "on", "on")
            for name in ("BYPASS", "PASSES", "PassThroughPercentage", "COMPASS_MODE", "PASS_LENGTH")
        ),
        *(
            ("AWS::Lambda::Function", "Environment.Variables.VALUE", f"{start}{'0a' * 12}", HIDDEN)
            for start in (
                *("sk_live_", "sk_test_", "rk_live_", "xoxb-", "xoxp-", "github_pat_"),
                *("ghp_", "gho_", "ghs_", "ghu_", "ghr_", "glpat-"),
            )
        ),
        ("AWS::Lambda::Function", "Environment.Variables.PREFIX", "sk_live_", "sk_live_"),
        ("AWS::Lambda::Function", "Environment.Variables.DATABASE_SECRET_ARN", "arn", "arn"),
        ("AWS::Lambda::Function", "Environment.Variables.LOG_LEVEL", "INFO", "INFO"),
        ("AWS::Lambda::Function", "Environment.Variables.URL", "mysql://user:hush@host/db", HIDDEN),
        (
            "AWS::CloudFront::Distribution",
            "DistributionConfig.Origins[api].OriginCustomHeaders[x-api-key].HeaderValue",
            "hush",
            HIDDEN,
        ),
        (
            "AWS::CloudFront::Distribution",
            "DistributionConfig.Origins[api].OriginCustomHeaders[x-trace].HeaderValue",
            "on",
            "on",
        ),
        (
            "AWS::ECS::TaskDefinition",
            "ContainerDefinitions[0].Environment",
            [{"Name": "DB_PASSWORD", "Value": "hush"}, {"Name": "A", "Value": "b"}],
            [{"Name": "DB_PASSWORD", "Value": HIDDEN}, {"Name": "A", "Value": "b"}],
        ),
        (
            "AWS::IAM::Role",
            "Policies[a].PolicyDocument.Statement[b].Action[0]",
            "secretsmanager:GetSecretValue",
            "secretsmanager:GetSecretValue",
        ),
        (
            "AWS::IAM::Role",
            "Policies[a].PolicyDocument.Statement[b].Resource",
            "arn:aws:secretsmanager:us-east-1:1:secret:x",
            "arn:aws:secretsmanager:us-east-1:1:secret:x",
        ),
        ("AWS::EC2::Instance", "UserData", "export A=AKIAABCDEFGHIJKLMNOP", HIDDEN),
        ("Custom::Thing", "Certificate", "-----BEGIN PRIVATE KEY-----\nx", HIDDEN),
        ("Custom::Thing", "Config", {"password": "hush", "user": "a"}, {"password": HIDDEN, "user": "a"}),
        ("Custom::Thing", "A", {"Fn::Hidden": "digest"}, HIDDEN),
        ("Custom::Thing", "A", {"Fn::Sub": ["x-${V}", {"V": {"Fn::Hidden": "digest"}}]}, f"x-{HIDDEN}"),
        ("Custom::Thing", "A", {"Fn::Select": [0, {"Fn::Hidden": "digest"}]}, HIDDEN),
        ("Custom::Thing", "A", {"Fn::Given": "P"}, "${P}"),
        ("Custom::Thing", "A", {"Fn::ParameterStore": "/key"}, "value of the SSM parameter /key"),
        ("Custom::Thing", "A", {"Fn::In": ["network", {"Ref": "VPC"}]}, "${VPC} of network"),
        ("Custom::Thing", "A", None, None),
        ("Custom::Thing", "A", {"Ref": "VPC"}, "${VPC}"),
        ("Custom::Thing", "A", [{"Value": "a"}], [{"Value": "a"}]),
        ("Custom::Thing", "A", {"SecretString": "hush"}, {"SecretString": HIDDEN}),
        ("Custom::Thing", "Password", 1234, HIDDEN),
        ("Custom::Thing", "Passwords", ["hush"], [HIDDEN]),
        ("Custom::Thing", "SecretArns[0]", "arn", "arn"),
        ("Custom::Thing", "Secrets.Color", "red", "red"),
        ("Custom::Thing", "Tags[api-key-name].Value", "a", "a"),
        ("Custom::Thing", "Origins[token].Headers[x-trace].HeaderValue", "on", "on"),
        ("Custom::Thing", "A", {"Fn::If": ["C", 5, [1, "a"], "{}"]}, "5 if C, otherwise 1, a"),
        (
            "Custom::Thing",
            "Password",
            {"Fn::If": ["C", "hush", {"Ref": "B"}, "{}"]},
            f"{HIDDEN} if C, otherwise ${{B}}",
        ),
        (
            "Custom::Thing",
            "Password",
            {"Fn::FindInMap": ["Sizes", {"Fn::Given": "Stage"}, "Size", "{}"]},
            "${Stage} Size of the mapping Sizes",
        ),
        ("Custom::Thing", "A", {"Fn::Unresolved": [{"Fn::Sub": "${A}-b"}, {}]}, "${A}-b"),
        ("Custom::Thing", "A", {"Fn::Unresolved": [{"Fn::Sub": "https://a:hush@${B}"}, {}]}, HIDDEN),
        ("Custom::Thing", "Password", {"Fn::Unresolved": [{"Fn::If": ["C", "hush"]}, {}]}, HIDDEN),
        ("Custom::Thing", "Password", {"Fn::Sub": "hush-${A}"}, HIDDEN),
        (
            "Custom::Thing",
            "Password",
            {"Fn::Sub": ["${Value1}-hush", {"Value1": {"Fn::Given": "A"}}]},
            HIDDEN,
        ),
        ("Custom::Thing", "Password", {"Fn::Sub": "${A}${B.C}"}, "${A}${B.C}"),
        (
            "Custom::Thing",
            "Password",
            {"Fn::Sub": "{{resolve:secretsmanager:${A}:SecretString:b}}"},
            "{{resolve:secretsmanager:${A}:SecretString:b}}",
        ),
        ("Custom::Thing", "A", {"Fn::Sub": "https://a:hush@${B}"}, HIDDEN),
        (
            "Custom::Thing",
            "Password",
            {"Fn::Sub": ["${V}", {"V": {"Fn::If": ["C", "hush", "a", "{}"]}}]},
            f"{HIDDEN} if C, otherwise {HIDDEN}",
        ),
    ],
)
def test_values(kind: str, name: str, value: Any, expected: Any) -> None:
    """Passwords, keys and tokens are hidden because of their name, their property or their format."""
    assert shown(value, name, kind) == expected


def test_a_report_does_not_contain_a_secret() -> None:
    """A NoEcho value in a property, output, name or condition does not appear in the report."""

    def template(size: int) -> dict[str, Any]:
        return {
            "Parameters": {"Password": {"Type": "String", "NoEcho": True, "Default": "first-hush"}},
            "Conditions": {"IsSecond": {"Fn::Equals": [{"Ref": "Password"}, "second-hush"]}},
            "Resources": {
                "Queue": {
                    "Type": "AWS::SQS::Queue",
                    "Properties": {"QueueName": {"Fn::Sub": "q-${Password}"}, "VisibilityTimeout": size},
                },
                "Topic": {"Type": "AWS::SNS::Topic", "Condition": "IsSecond"},
            },
            "Outputs": {
                "P": {"Value": {"Ref": "Password"}, "Export": {"Name": {"Fn::Sub": "e-${Password}"}}}
            },
        }

    found = reviewed(template(1), template(2), given=({}, {"Password": "second-hush"}))
    (stack,) = found["environments"][0]["stacks"]

    assert "hush" not in json.dumps(found)
    assert {one["logicalId"]: one["change"] for one in stack["resources"]} == {
        "Queue": "replace",
        "Topic": "add",
    }
    assert [(one["before"], one["after"]) for one in stack["parameters"]] == [(HIDDEN, HIDDEN)]
    assert [one["key"] for one in stack["outputs"]] == ["P"]
