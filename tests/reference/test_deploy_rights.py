"""The page for reviewers describes the complete deploy policies."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from csr_templates.cloudformation.built_stack import BuiltStack, Document, Policies
from csr_templates.hand_over.deploy_policies import iam_policies
from csr_templates.hand_over.pipeline_policies import pipeline_policies
from csr_templates.reference.deploy_rights import lines
from csr_templates.reference.markers import PageError
from csr_templates.reference.statement_words import listed, sentences, shortened
from csr_templates.reference.words import Words

JAPANESE = Path(__file__).resolve().parents[2] / "docs" / "words.ja.json"
PREFIX = "${aws:PrincipalTag/Project}-${aws:PrincipalTag/Environment}-"
OURS = {"aws:ResourceTag/Project": "${aws:PrincipalTag/Project}", "aws:ResourceTag/Name": ["a", "b"]}
READ = {
    "Sid": "Read",
    "Effect": "Allow",
    "Action": ["s3:GetObject"],
    "Resource": f"arn:aws:s3:::{PREFIX}site-${{aws:PrincipalAccount}}/*",
    "Condition": {"StringEqualsIfExists": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}},
}
RDS = {
    "Sid": "Rds",
    "Effect": "Allow",
    "Action": ["rds:CreateDBInstance", "rds:DescribeDBInstances", "rds:ModifyDBCluster"],
    "Resource": [f"arn:aws:rds:eu-west-1:*:cluster:{PREFIX}main", "arn:aws:rds:eu-west-1:*:db:a-*"],
    "Condition": {"StringEquals": OURS},
}
NEVER = {"Sid": "Never", "Effect": "Deny", "Action": ["s3:DeleteObject", "s3:PutObject"], "Resource": "*"}
LISTS = {"Sid": "Lists", "Effect": "Allow", "Action": ["ec2:DescribeVpcs"], "Resource": "*"}


def documents(*statements: Document) -> list[Document]:
    """Return a policy of some statements."""
    return [{"Version": "2012-10-17", "Statement": list(statements)}] if statements else []


def site(**policies: list[Document]) -> BuiltStack:
    """Return a stack with policies."""
    return BuiltStack("site", "site.yaml", "eu-west-1", {}, policies=Policies({}, **policies))


def japanese() -> Words:
    """Return the words of the Japanese page."""
    return Words(json.loads(JAPANESE.read_text(encoding="utf-8")), JAPANESE.name)


@pytest.fixture(scope="module")
def statements(built: dict[str, BuiltStack]) -> list[Document]:
    """All statements of the deploy policies of all stacks."""
    return [
        statement
        for stack in built.values()
        for kind in (*iam_policies(stack), *pipeline_policies(stack))
        for document in kind
        for statement in document["Statement"]
    ]


def test_lists_of_a_stack() -> None:
    """Permissions are listed by role and service: conditions, allowed resources, and actions."""
    stack = site(
        pipeline=documents(READ, {**READ, "Sid": "Again", "Resource": "arn:aws:s3:::b/*"}),
        service=documents(RDS, NEVER),
        service_delete=documents(LISTS),
    )

    assert lines([stack], Words()) == [
        "### `site` in `eu-west-1`: pipeline role",
        "",
        "**`s3`**",
        "",
        "- `Read`, `Again`: Only in the account `<account>`.",
        "  - Reads the objects `<project>-<environment>-site-<account>/*`.",
        "  - Reads the objects `b/*`.",
        "",
        "<details>",
        "<summary>Actions of each statement</summary>",
        "",
        "- `Read`: `s3:GetObject`",
        "- `Again`: `s3:GetObject`",
        "",
        "</details>",
        "",
        "### `site` in `eu-west-1`: service role",
        "",
        "**`rds`**",
        "",
        "- `Rds`: Only resources with the tags `Project=<project>`, `Name=a` / `Name=b`.",
        "  - Changes and uses the DB cluster `<project>-<environment>-main`.",
        "  - Creates and describes the DB instances `a-*`.",
        "",
        "**`s3`**",
        "",
        "- `Never`: No condition.",
        "  - Denies on any resource: `s3:DeleteObject`, `s3:PutObject`.",
        "",
        "Additional permissions while `DeletePolicies` is `attached`:",
        "",
        "**`ec2`**",
        "",
        "- `Lists`: No condition.",
        "  - Describes without specifying a resource: `ec2:DescribeVpcs`.",
        "",
        "<details>",
        "<summary>Actions of each statement</summary>",
        "",
        "- `Rds`: `rds:CreateDBInstance`, `rds:DescribeDBInstances`, `rds:ModifyDBCluster`",
        "- `Never`: `s3:DeleteObject`, `s3:PutObject`",
        "",
        "Additional permissions while `DeletePolicies` is `attached`:",
        "",
        "- `Lists`: `ec2:DescribeVpcs`",
        "",
        "</details>",
    ]


def test_sentences_in_japanese() -> None:
    """Sentences are translated as a whole. Plurals and capital letters are only used in English."""
    assert sentences(RDS, japanese(), "site", "eu-west-1") == (
        ["タグ `Project=<project>`, `Name=a` / `Name=b` が付いたリソースに限ります。"],
        [
            "DB クラスター `<project>-<environment>-main` の変更、使用。",
            "DB インスタンス `a-*` の作成、設定の参照。",
        ],
    )


def test_every_statement_has_sentences_in_both_languages(statements: list[Document]) -> None:
    """All statements have sentences and words in both languages, and the kind of every resource is known."""
    words = japanese()
    for statement in statements:
        bounds, done = sentences(statement, Words(), "here", "eu-west-1")

        assert done, statement
        assert len(bounds) == len({one.split(".")[0] for one in bounds})
        assert not any("the resource" in one for one in done), statement
        assert [len(found) for found in sentences(statement, words, "here", "eu-west-1")] == [
            len(bounds),
            len(done),
        ]
    assert not words.missing


def test_nothing_is_left_unsaid(statements: list[Document]) -> None:
    """The item of a statement contains every action, resource, region, tag and other value."""
    assert len(statements) > 100
    for statement in statements:
        text = " ".join(lines([site(service=documents(statement))], Words()))
        said = {word for span in re.findall(r"`([^`]+)`", text) for word in (span, span.partition("=")[2])}

        assert {statement["Sid"], *listed(statement["Action"])} <= said
        for arn in listed(statement["Resource"]):
            assert name(shortened(arn)) in text, statement
        for operator, keys in statement.get("Condition", {}).items():
            if operator != "Null":
                assert {shortened(one) for values in keys.values() for one in listed(values)} <= said


def name(arn: str) -> str:
    """Return the name in an ARN of a policy, without its type and the suffix of AWS."""
    rest = arn.split(":", 5)[-1]
    if rest.startswith("/"):  # API Gateway
        return rest if rest.count("/") > 2 else ""
    without_kind = re.sub(r"^(global/)?[\w-]+[:/]", "", rest)
    return re.sub(r"(:\*|/\*|-\?{6}|^\*)$", "", without_kind)


def changes(statement: Document) -> Iterator[Document]:
    """Yield copies of a statement, each with one change."""
    for action in statement["Action"]:
        yield {**statement, "Action": [one for one in statement["Action"] if one != action]}
    yield {**statement, "Action": [*statement["Action"], f"{statement['Action'][0]}Other"]}
    yield {**statement, "Effect": "Deny" if statement["Effect"] == "Allow" else "Allow"}
    arns = listed(statement["Resource"])
    for arn in arns:
        others = [one for one in arns if one != arn]
        yield {**statement, "Resource": [*others, f"{arn}-other" if arn != "*" else "arn:aws:iam::*:role/x"]}
        if arn != "*":
            _, _, service, region, _, rest = arn.split(":", 5)
            for elsewhere in (f"{service}:{region}:444455556666", f"{service}:eu-north-1:*"):
                yield {**statement, "Resource": [*others, f"arn:aws:{elsewhere}:{rest}"]}
    if arns != ["*"]:
        yield {**statement, "Resource": [*arns, "arn:aws:s3:::other/*"]}
    condition = statement.get("Condition", {})
    for operator, keys in condition.items():
        for key, values in keys.items():
            fewer = {one: value for one, value in keys.items() if one != key}
            yield {**statement, "Condition": {**condition, operator: fewer}}
            if operator != "Null":
                more = {**keys, key: [*listed(values), "other"]}
                yield {**statement, "Condition": {**condition, operator: more}}


def test_a_changed_policy_changes_the_page(statements: list[Document]) -> None:
    """A changed or removed action, resource, effect or condition changes the text, or is rejected."""

    def text(statement: Document) -> list[str]:
        try:
            return lines([site(service=documents(statement))], Words())
        except PageError as error:
            return [str(error)]

    tried = 0
    for statement in statements:
        before = text(statement)
        for changed in changes(statement):
            tried += 1
            if changed["Action"]:
                assert text(changed) != before, changed
    assert tried > 1_000


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
            "the condition Bool aws:SecureTransport, with Effect Allow, has no sentence. Add one to "
            "_BOUNDS in reference/statement_words.py.",
        ),
        (
            {"Condition": {"Null": {"kms:ResourceAliases": "false"}}},
            "the condition Null false kms:ResourceAliases, with Effect Allow, has no sentence. Add one to "
            "_BOUNDS in reference/statement_words.py.",
        ),
        (
            {"Effect": "Deny"},
            "the condition StringEqualsIfExists aws:ResourceAccount, with Effect Deny, has no sentence. Add "
            "one to _BOUNDS in reference/statement_words.py.",
        ),
        (
            {"NotAction": ["iam:*"]},
            "NotAction has no sentence. Write the statement with Action and Resource.",
        ),
    ],
)
def test_what_has_no_sentence_is_refused(change: dict[str, Any], message: str) -> None:
    """A condition or an element without a sentence is rejected, with stack, role and statement."""
    with pytest.raises(PageError) as error:
        lines([site(service=documents({**READ, **change}))], Words())

    assert str(error.value) == f"The deploy policies of site, role service, statement Read: {message}"


@pytest.mark.parametrize(
    ("action", "arn", "expected"),
    [
        ("rds:DeleteDBInstance", "arn:aws:rds:eu-west-1:*:db:x", "Deletes the DB instance `x`."),
        ("sns:SetTopicAttributes", f"arn:aws:sns:eu-west-1:*:{PREFIX}x-*", "Changes the SNS topics "),
        ("rds:AddTagsToResource", "arn:aws:rds:eu-west-1:*:subgrp:x", "Tags the DB subnet group `x`."),
        ("logs:DeleteLogGroup", "arn:aws:logs:eu-west-1:*:log-group:x:*", "Deletes the log group `x`."),
        ("ec2:AllocateAddress", "arn:aws:ec2:eu-west-1:*:ipv4pool-ec2/*", "Uses address pools."),
        ("ec2:AllocateAddress", "arn:aws:ec2:eu-west-1:*:elastic-ip/*", "Creates Elastic IP addresses."),
        ("cloudfront:UpdateCachePolicy", "arn:aws:cloudfront::*:cache-policy/*", "Changes cache policies."),
        ("route53:ChangeTagsForResource", "arn:aws:route53:::healthcheck/*", "Tags health checks."),
        ("sqs:TagQueue", "arn:aws:sqs:us-east-1:*:x", "Tags the SQS queue `x` in `us-east-1`."),
        ("sqs:GetQueueUrl", "arn:aws:sqs:*:*:x", "Describes the SQS queue `x` in any region."),
        ("sqs:TagQueue", "arn:aws:sqs:eu-west-1:1:x", "Tags the SQS queue `arn:aws:sqs:eu-west-1:1:x`."),
        # of an unknown service
        ("new:PutThing", "arn:aws:new:eu-west-1:*:thing/x", "Changes the resource `x`."),
        ("new:GET", "arn:aws:new:eu-west-1:*:thing/*", "Changes resources."),
    ],
)
def test_other_sentences(action: str, arn: str, expected: str) -> None:
    """New types have a sentence automatically. Types that AWS calls differently have the name of AWS."""
    statement = {"Sid": "New", "Effect": "Allow", "Action": action, "Resource": arn}

    (done,) = sentences(statement, Words(), "here", "eu-west-1")[1]

    assert done.startswith(expected)
