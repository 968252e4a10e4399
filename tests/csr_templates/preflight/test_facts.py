"""Facts as a file, and the AWS CLI commands that show them."""

import json
import shlex
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from cfnlint.jsonschema import StandardValidator

from csr_templates.account.errors import DENIED
from csr_templates.preflight import facts as saved
from csr_templates.preflight.facts import Facts, FactsError, NoAnswerError, Query
from csr_templates.preflight.services import (
    cloudformation_calls,
    cloudwatch_calls,
    ec2_calls,
    rds_calls,
    s3_calls,
    secretsmanager_calls,
    wafv2_calls,
)

from .conftest import Walk

SCHEMA = json.loads(files("csr_templates.preflight").joinpath("facts.schema.json").read_text("utf-8"))
FACT = {
    "service": "ec2",
    "operation": "DescribeVpcs",
    "region": "eu-west-1",
    "parameters": {},
    "time": "2026-11-26T00:00:01Z",
    "answer": [],
}
IDENTITY = {**FACT, "service": "sts", "operation": "GetCallerIdentity", "answer": {"Account": "123456789012"}}
GOOD = {
    "formatVersion": 2,
    "project": "shop",
    "environment": "prod",
    "account": "123456789012",
    "caller": "arn",
    "time": "2026-11-26T00:00:00Z",
    "facts": [IDENTITY, FACT],
}


def facts_of(**changes: Any) -> Facts:
    """Return the facts of a file that differs from a good one."""
    return saved.from_json(json.dumps({**GOOD, **changes}), "facts.json")


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        {key: value for key, value in GOOD.items() if key != "project"},
        {**GOOD, "time": "yesterday"},
        {**GOOD, "account": 123456789012},
        {**GOOD, "secret": "x"},
        {**GOOD, "facts": [{"service": "ec2"}]},
        {**GOOD, "facts": [{**FACT, "region": None}]},
        {**GOOD, "facts": [{**FACT, "parameters": []}]},
        {**GOOD, "facts": [{**FACT, "failure": {"code": "denied", "message": ""}}]},
        {**GOOD, "facts": [{key: value for key, value in FACT.items() if key != "answer"}]},
        {**GOOD, "facts": [{**FACT, "note": ""}]},
    ],
)
def test_a_file_without_facts_is_refused(document: Any) -> None:
    """The file is refused by the command and by its schema."""
    with pytest.raises(FactsError) as refusal:
        saved.from_json(json.dumps(document), "facts.json")

    assert str(refusal.value) == (
        "facts.json does not contain facts of an account. Specify a file that --save-facts wrote."
    )
    assert not StandardValidator(SCHEMA).is_valid(document)


def test_a_file_of_facts_has_the_schema() -> None:
    """A failed call and the answer for a resource that does not exist are facts too."""
    failed = {key: value for key, value in FACT.items() if key != "answer"}
    failed["failure"] = {"code": "denied", "message": ""}
    absent = {**FACT, "operation": "DescribeStacks", "answer": None}
    document = {**GOOD, "facts": [absent, failed, IDENTITY]}

    assert json.loads(saved.as_json(saved.from_json(json.dumps(document), "facts.json"))) == document
    # cfn-lint treats a key with the value null as missing.
    assert StandardValidator(SCHEMA).is_valid({**document, "facts": [failed, IDENTITY]})


def test_a_file_that_is_not_json_is_refused() -> None:
    """Such as one that was cut off."""
    with pytest.raises(FactsError, match=r"^facts[.]json does not contain facts of an account[.]"):
        saved.from_json('{"formatVersion": 2', "facts.json")


def test_facts_of_the_earlier_format_are_refused() -> None:
    """They do not say which environment they are about."""
    with pytest.raises(FactsError) as refusal:
        facts_of(formatVersion=1)

    assert str(refusal.value) == (
        "facts.json has the format 1, and this version of csr-templates reads format 2. Save the facts "
        "again: --save-facts FILE."
    )


@pytest.mark.parametrize(
    ("changes", "about"),
    [
        ({"environment": "dev"}, "dev of shop in account 123456789012"),
        ({"project": "blog"}, "prod of blog in account 123456789012"),
        ({"account": "210987654321", "facts": []}, "prod of shop in account 210987654321"),
    ],
)
def test_facts_of_different_environments_are_not_mixed(changes: dict[str, Any], about: str) -> None:
    """Answers of two accounts, environments or projects would make one wrong picture."""
    with pytest.raises(FactsError) as refusal:
        facts_of().joined(facts_of(**changes), "more.json")

    assert str(refusal.value) == (
        f"more.json contains facts of {about}, but the other file of prod of shop in account 123456789012. "
        "Specify files of one environment in one account."
    )


def test_a_file_with_answers_of_two_accounts_is_refused() -> None:
    """The header must have the account of the answer of GetCallerIdentity."""
    with pytest.raises(
        FactsError, match=r"^facts[.]json contains facts of the accounts 2 and 123456789012[.]"
    ):
        facts_of(account="2")


def test_facts_of_another_environment_are_refused() -> None:
    """The command names both environments."""
    facts = facts_of()
    facts.require("shop", "prod")

    with pytest.raises(FactsError) as refusal:
        facts.require("shop", "dev")

    assert str(refusal.value) == (
        "The facts are of prod of shop in account 123456789012, but dev of shop was requested. Save facts of "
        "that environment: --save-facts FILE."
    )


def test_two_files_of_one_environment_are_joined() -> None:
    """Of two answers of one call, the later one counts; ages are relative to the first call."""
    vpcs = ec2_calls.vpcs.query("eu-west-1")
    later = facts_of(
        time="2026-11-26T01:00:00Z",
        facts=[{**FACT, "time": "2026-11-26T01:00:01Z", "answer": [{"VpcId": "vpc-1"}]}],
    )

    for both in (facts_of().joined(later, "b.json"), later.joined(facts_of(), "a.json")):
        assert both.answer(vpcs) == [{"VpcId": "vpc-1"}]
        assert both.time == "2026-11-26T00:00:00Z"
        assert len(list(both)) == 2


def test_a_denied_call_names_the_policy_of_the_command() -> None:
    """The same call can be in several policies."""
    failed = saved.Fact(
        cloudformation_calls.exports.query("eu-west-1"), "t", failure=saved.FailedCall(DENIED, "")
    )
    for policy in ("preflight", "deployed"):
        with pytest.raises(NoAnswerError) as refusal:
            Facts(facts_of().header, [failed], policy).answer(failed.query)

        assert str(refusal.value) == "cloudformation:ListExports is not permitted in eu-west-1."
        assert refusal.value.remedy == (
            f"Attach operator-policies/{policy}.json of the output folder to the role of the caller."
        )


def test_a_call_that_is_not_in_the_file_is_unknown() -> None:
    """The call is not made, and the result does not count as missing in the account."""
    facts = facts_of(facts=[])

    with pytest.raises(
        NoAnswerError, match=r"^The saved facts do not contain the answer of ec2 DescribeVpcs in eu-west-1[.]"
    ) as caught:
        facts.answer(ec2_calls.vpcs.query("eu-west-1"))
    assert caught.value.remedy.startswith("Save them again with csr-templates preflight --save-facts")


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
            rds_calls.cluster.query("eu-west-1", "db"),
            "aws rds describe-db-clusters --region eu-west-1 --db-cluster-identifier db",
        ),
        (wafv2_calls.web_acls.query(), "aws wafv2 list-web-acls --region us-east-1 --scope CLOUDFRONT"),
        (s3_calls.bucket.query("eu-west-1", "b"), "aws s3api head-bucket --region eu-west-1 --bucket b"),
        (ec2_calls.regions.query("us-east-1"), "aws ec2 describe-regions --region us-east-1 --all-regions"),
        (
            secretsmanager_calls.secrets("eu-west-1", "shop-"),
            "aws secretsmanager list-secrets --region eu-west-1 --include-planned-deletion --filters "
            """'[{"Key":"name","Values":["shop-"]}]'""",
        ),
        (
            wafv2_calls.capacity(({"Name": "x" * 200},)),
            "aws wafv2 check-capacity --region us-east-1 --scope CLOUDFRONT --rules file://rules.json",
        ),
        (
            cloudwatch_calls.alarms.query("eu-west-1"),
            "aws cloudwatch describe-alarms --region eu-west-1 --alarm-types MetricAlarm",
        ),
        (
            s3_calls.package_files("eu-west-1", "b", "k", "v"),
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
            read = parse(words[1:], Path())
            assert (read.operation, read.region) == (fact.query.operation, fact.query.region), words


def test_the_facts_of_a_service_can_be_removed() -> None:
    """Removed facts are collected again."""
    facts = facts_of()

    assert facts.has(ec2_calls.vpcs.query("eu-west-1"))
    assert not facts.without("ec2").has(ec2_calls.vpcs.query("eu-west-1"))
