"""Facts as a file, and the AWS CLI commands that show them."""

import json
import shlex
from pathlib import Path

import pytest

from csr_templates.preflight import calls, database_calls, edge_calls
from csr_templates.preflight import facts as saved
from csr_templates.preflight.facts import Facts, FactsError, NoAnswerError, Query

from .conftest import Walk

GOOD = {
    "formatVersion": 1,
    "time": "2026-11-26T00:00:00Z",
    "account": "123456789012",
    "caller": "arn",
    "facts": [],
}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "does not contain facts of an account. Specify a file that --save-facts wrote."),
        ("[]", "does not contain facts of an account."),
        ('{"formatVersion": 1}', "does not contain facts of an account."),
        (json.dumps({**GOOD, "time": "yesterday"}), "does not contain facts of an account."),
        (json.dumps({**GOOD, "facts": [{"service": "ec2"}]}), "does not contain facts of an account."),
        (
            json.dumps({**GOOD, "formatVersion": 2}),
            "has the format 2, and this version of csr-templates reads format 1.",
        ),
    ],
)
def test_a_file_without_facts_is_refused(text: str, sentence: str) -> None:
    """The message contains the name of the file, and what to do."""
    with pytest.raises(FactsError) as refusal:
        saved.from_json(text, "facts.json")

    assert str(refusal.value).startswith(f"facts.json {sentence}")


def test_a_call_that_is_not_in_the_file_is_unknown() -> None:
    """The call is not made, and the result does not count as missing in the account."""
    facts = saved.from_json(json.dumps(GOOD), "facts.json")

    with pytest.raises(
        NoAnswerError, match=r"^The saved facts do not contain the answer of ec2 DescribeVpcs in eu-west-1[.]"
    ):
        facts.answer(calls.vpcs("eu-west-1"))


def test_each_fact_has_its_time_and_its_source(walk: Walk) -> None:
    """Each fact contains its call, its region and its time."""
    document = json.loads(saved.as_json(walk.states["ready"].facts))

    assert document["account"] == "123456789012"
    assert {tuple(fact)[:5] for fact in document["facts"]} == {
        ("service", "operation", "region", "parameters", "time")
    }
    assert all(saved.moment(fact["time"]) for fact in document["facts"])


@pytest.mark.parametrize(
    ("query", "command"),
    [
        (
            database_calls.cluster("eu-west-1", "db"),
            "aws rds describe-db-clusters --region eu-west-1 --db-cluster-identifier db",
        ),
        (edge_calls.web_acls(), "aws wafv2 list-web-acls --region us-east-1 --scope CLOUDFRONT"),
        (calls.bucket("eu-west-1", "b"), "aws s3api head-bucket --region eu-west-1 --bucket b"),
        (calls.regions("us-east-1"), "aws ec2 describe-regions --region us-east-1 --all-regions"),
        (
            calls.secrets("eu-west-1", "shop-"),
            "aws secretsmanager list-secrets --region eu-west-1 --include-planned-deletion --filters "
            """'[{"Key":"name","Values":["shop-"]}]'""",
        ),
        (
            edge_calls.capacity(({"Name": "x" * 200},)),
            "aws wafv2 check-capacity --region us-east-1 --scope CLOUDFRONT --rules file://rules.json",
        ),
        (
            calls.alarms("eu-west-1"),
            "aws cloudwatch describe-alarms --region eu-west-1 --alarm-types MetricAlarm",
        ),
        (
            calls.package_files("eu-west-1", "b", "k", "v"),
            "aws s3api get-object --region eu-west-1 --bucket b --key k --version-id v package.zip",
        ),
    ],
)
def test_the_command_of_a_call(query: Query, command: str) -> None:
    """Operations and options have the names of the AWS CLI."""
    assert query.command == command


def test_every_command_is_valid_in_the_aws_cli(walk: Walk) -> None:
    """When the commands of all calls are parsed as in the AWS CLI, the result is the same call."""
    from tests.docs.aws_cli import parse

    for state in walk.states.values():
        for fact in state.facts:
            words = shlex.split(fact.query.command)
            if any(word.startswith("file://") for word in words):
                continue
            if words[-1] == "package.zip":
                words.pop()  # the parser of the pages does not support arguments without an option
            read = parse(words[1:], Path())
            assert (read.operation, read.region) == (fact.query.operation, fact.query.region), words


def test_the_facts_of_a_service_can_be_removed() -> None:
    """Removed facts are collected again."""
    facts = Facts(
        "2026-11-26T00:00:00Z", "123456789012", "arn", [saved.Fact(calls.vpcs("eu-west-1"), "t", [])]
    )

    assert facts.has(calls.vpcs("eu-west-1"))
    assert not facts.without("ec2").has(calls.vpcs("eu-west-1"))
