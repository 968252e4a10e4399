"""Calls as commands of the AWS CLI."""

import io
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from csr_templates.account import cli_lines

SESSION = botocore.session.get_session()
TOKYO = "ap-northeast-1"


def printed(service: str, operation: str, **parameters: Any) -> str:
    """Return the command of a call."""
    model = SESSION.get_service_model(service).operation_model(operation)
    return cli_lines.of_model(model, TOKYO, parameters)


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "expected"),
    [
        (
            "lambda",
            "UpdateAlias",
            {"FunctionName": "f", "Name": "prod", "RoutingConfig": {"AdditionalVersionWeights": {}}},
            """aws lambda update-alias --region ap-northeast-1 --function-name f --name prod """
            """--routing-config '{"AdditionalVersionWeights":{}}'""",
        ),
        (
            "rds",
            "ModifyDBCluster",
            {"DBClusterIdentifier": "c", "MasterUserPassword": "s3cret", "ApplyImmediately": True},
            "aws rds modify-db-cluster --region ap-northeast-1 --db-cluster-identifier c "
            "--master-user-password '<hidden>' --apply-immediately",
        ),
        (
            "secretsmanager",
            "PutSecretValue",
            {
                "SecretId": "s",
                "SecretString": "s3cret",
                "ClientRequestToken": "t",
                "VersionStages": ["A", "B"],
            },
            "aws secretsmanager put-secret-value --region ap-northeast-1 --secret-id s "
            "--secret-string '<hidden>' --version-stages A B",
        ),
        (
            "sns",
            "Subscribe",
            {"TopicArn": "t", "Protocol": "email", "Endpoint": "a@example.com"},
            "aws sns subscribe --region ap-northeast-1 --topic-arn t --protocol email "
            "--notification-endpoint a@example.com",
        ),
        (
            "s3",
            "PutObject",
            {"Bucket": "b", "Key": "it's", "Body": b"abc"},
            """aws s3api put-object --region ap-northeast-1 --bucket b --key 'it'"'"'s' --body FILE""",
        ),
        (
            "rds",
            "DeleteDBCluster",
            {"DBClusterIdentifier": "c", "SkipFinalSnapshot": False},
            "aws rds delete-db-cluster --region ap-northeast-1 --db-cluster-identifier c "
            "--no-skip-final-snapshot",
        ),
        ("apigateway", "GetAccount", {}, "aws apigateway get-account --region ap-northeast-1"),
    ],
)
def test_a_call_is_the_command_of_the_cli(
    service: str, operation: str, parameters: dict[str, Any], expected: str
) -> None:
    """Quoted for a shell, without secrets and tokens."""
    assert printed(service, operation, **parameters) == expected


def test_the_text_of_a_file_is_the_file(tmp_path: Path) -> None:
    """The AWS CLI reads it; the call has the text."""
    path = tmp_path / "network.yaml"
    path.write_text("Resources: {}\n", "utf-8")
    text = cli_lines.FileText(path)

    line = printed("cloudformation", "CreateStack", StackName="s", TemplateBody=text)

    assert text == "Resources: {}\n"
    assert line == (
        f"aws cloudformation create-stack --region {TOKYO} --stack-name s --template-body file://{path}"
    )


def test_a_file_has_its_name() -> None:
    """The content of an upload is not printed."""
    body = io.BytesIO(b"abc")
    body.name = "site/index.html"  # as an opened file has it

    assert printed("s3", "PutObject", Bucket="b", Key="k", Body=body).endswith("--body site/index.html")


def test_bytes_within_a_structure_are_base64() -> None:
    """As version 2 of the CLI reads them."""
    statement = {"ByteMatchStatement": {"SearchString": b"abc"}}
    line = printed("wafv2", "CheckCapacity", Scope="REGIONAL", Rules=[{"Statement": statement}])

    assert '"SearchString":"YWJj"' in line


def test_a_long_value_is_a_file() -> None:
    """For a command in a report."""
    line = cli_lines.line("sns", "Publish", TOKYO, [("Message", "x" * 30)], longest=20)

    assert line == "aws sns publish --region ap-northeast-1 --message file://message.json"
