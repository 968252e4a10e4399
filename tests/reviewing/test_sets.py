"""Sets of stacks: exports, names, keys and removed stacks, with their messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from csr_templates.cloudformation.built_stack import BuiltStack, Policies
from csr_templates.hand_over.stack_policies import denies
from csr_templates.reviewing import report
from csr_templates.reviewing.sides import Side

Template = dict[str, Any]
QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "jobs"}}
SECRET = "{{resolve:secretsmanager:%s:SecretString:apiKey}}"


def side(policy: Mapping[str, Any] | None = None, /, **templates: Template) -> Side:
    """Return a set of stacks of one environment, prod, in the given order. frontend is in us-east-1."""
    stacks = tuple(
        BuiltStack(
            name,
            f"{name}.yaml",
            "us-east-1" if name == "frontend" else "eu-west-1",
            template,
            policies=Policies(dict(policy or {})),
        )
        for name, template in templates.items()
    )
    return Side("side", stacks, {"prod": {name: {} for name in templates}})


def risks(before: Side, after: Side) -> dict[tuple[str, str, str], str]:
    """Return kind, stack and logical ID -> message."""
    return {(one.kind, one.stack, one.name): one.message for one in report.review(before, after).risks}


def exporting(name: str, value: Any = "1", key: str = "Id") -> Template:
    """Return a template with one export."""
    return {"Resources": {}, "Outputs": {key: {"Value": value, "Export": {"Name": name}}}}


def importing(name: str) -> Template:
    """Return a template that imports an export."""
    properties = {"DisplayName": {"Fn::ImportValue": name}}
    return {"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": properties}}}


@pytest.mark.parametrize(
    ("after", "start"),
    [
        (
            exporting("b"),
            "The deploy fails: the export a becomes b, but the deployed api imports it. Keep it and ",
        ),
        ({"Resources": {}}, "The deploy fails: the export a is removed, but the deployed api imports it."),
        (
            exporting("a", "2"),
            "The deploy fails: its value changes from 1 to 2, and the export a cannot be changed ",
        ),
        (
            exporting("a", {"Fn::ImportValue": "x"}),
            "The deploy may fail: perhaps its value changes from 1 to import x, ",
        ),
    ],
)
def test_an_export_in_use(after: Template, start: str) -> None:
    """An export in use cannot be removed or changed, regardless of the importing stack in the same commit."""
    before = side(network=exporting("a"), api=importing("a"))
    importers: list[Template] = [importing("a"), importing("b"), {"Resources": {}}]
    for importer in importers:
        found = risks(before, side(network=after, api=importer))
        assert found["export", "network", "Id"].startswith(start)


def test_an_export_that_no_stack_imports() -> None:
    """An unused export can be removed, and an export can move to another output."""
    assert risks(side(network=exporting("a")), side(network={"Resources": {}})) == {}
    before = side(network=exporting("a"), api=importing("a"))
    assert risks(before, side(network=exporting("a", key="Other"), api=importing("a"))) == {}


def test_an_output_that_another_region_reads() -> None:
    """CloudFormation allows its removal, but the next deploy of the reading stack fails."""

    def reading(key: str) -> Template:
        asked = {"StackName": {"Fn::Sub": "${ProjectName}-${Environment}-api"}, "OutputName": key}
        properties = {"DisplayName": {"Fn::GetStackOutput": asked}}
        return {
            "Parameters": {"ProjectName": {"Default": "p"}, "Environment": {"Default": "prod"}},
            "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": properties}},
        }

    api = {**exporting("a"), "Parameters": reading("Id")["Parameters"]}
    found = risks(
        side(api=api, frontend=reading("Id")), side(api={**api, "Outputs": {}}, frontend=reading("Id"))
    )

    assert found["export", "api", "Id"] == (
        "The output Id is removed, but the deployed frontend reads it: the next deploy of frontend fails "
        "if it still reads it."
    )


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (
            {"database": {"Old": {**QUEUE, "DeletionPolicy": "Retain"}}},
            {"database": {"New": QUEUE}},
            "The deploy fails: New cannot be created, because Old keeps the name: its policy retains it in "
            "the account. Import the existing resource under the new logical ID, or choose another name.",
        ),
        (
            {"database": {"Old": QUEUE}},
            {"database": {"New": QUEUE}},
            "The deploy fails: New cannot be created, because Old has the name until it is deleted later in "
            "the deploy. Keep the logical ID, or deploy in two steps (first remove the resource, then add "
            "the new one), or set DeletionPolicy: Retain first and import the existing resource under the "
            "new logical ID.",
        ),
        (
            {"network": {}, "database": {"Old": QUEUE}},
            {"network": {"New": QUEUE}, "database": {}},
            "The deploy fails: New cannot be created, because Old of the stack database has the name until "
            "it is deleted later in the deploy. Keep the logical ID, or deploy in two steps (first remove "
            "the resource, then add the new one), or set DeletionPolicy: Retain first and import the "
            "existing resource under the new logical ID.",
        ),
        ({"network": {"Old": QUEUE}, "database": {}}, {"network": {}, "database": {"New": QUEUE}}, None),
        (
            {"network": {"Old": QUEUE}, "database": {}},
            {"network": {"Old": QUEUE}, "database": {"New": QUEUE}},
            "The deploy fails: New cannot be created, because Old of the stack network already has the name. "
            "Choose another name.",
        ),
        (
            {"network": {"Old": QUEUE}, "frontend": {}},
            {"network": {"Old": QUEUE}, "frontend": {"New": QUEUE}},
            None,
        ),
    ],
)
def test_a_name_that_is_taken(before: dict[str, Any], after: dict[str, Any], message: str | None) -> None:
    """A name is in use if its resource is retained, deleted later, or in another stack of the region."""
    old, new = (side(**{name: {"Resources": one} for name, one in sets.items()}) for sets in (before, after))
    found = [
        text for (kind, _, name), text in risks(old, new).items() if (kind, name) == ("will-fail", "New")
    ]

    assert found == ([message] if message else [])


def api(*keys: str) -> Template:
    """Return an API that accepts some keys."""
    return {
        "Resources": {
            f"Key{key}": {"Type": "AWS::ApiGateway::ApiKey", "Properties": {"Value": SECRET % f"key-{key}"}}
            for key in keys
        }
    }


def frontend(key: str) -> Template:
    """Return a distribution that sends a key."""
    header = {"HeaderName": "x-api-key", "HeaderValue": SECRET % f"key-{key}"}
    config = {"DistributionConfig": {"Origins": [{"Id": "api", "OriginCustomHeaders": [header]}]}}
    return {"Resources": {"Site": {"Type": "AWS::CloudFront::Distribution", "Properties": config}}}


@pytest.mark.parametrize(
    ("before", "after", "failing"),
    [
        (("a", "a"), ("ab", "a"), set()),
        (("ab", "a"), ("ab", "b"), set()),
        (("ab", "b"), ("b", "b"), set()),
        (("ab", "a"), ("b", "b"), {("api", "Keya")}),
        (("a", "a"), ("b", "b"), {("api", "Keya")}),
        (("a", "a"), ("a", "b"), {("frontend", "Site")}),
    ],
)
def test_each_step_of_a_key_rotation(
    before: tuple[str, str], after: tuple[str, str], failing: set[tuple[str, str]]
) -> None:
    """At the end of each deploy, the API must accept the key that CloudFront then sends."""
    old, new = (side(api=api(*keys), frontend=frontend(key)) for keys, key in (before, after))

    assert {key[1:] for key in risks(old, new) if key[0] == "will-fail"} == failing


def test_a_new_secret_names_its_readers() -> None:
    """Dynamic references are resolved only when the resource that contains them changes."""

    def template(length: int) -> Template:
        properties = {"Name": "key-a", "GenerateSecretString": {"PasswordLength": length}}
        return {"Resources": {"Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": properties}}}

    found = risks(
        side(api=template(32), frontend=frontend("a")), side(api=template(40), frontend=frontend("a"))
    )

    assert "Site of frontend uses the old value" in found["interruption", "api", "Secret"]


@pytest.mark.parametrize(
    ("text", "stale"),
    [
        ("arn:aws:sqs:eu-west-1:1:first-jobs", True),
        ("first-jobs-2", False),
        ("my-first-jobs", False),
        ({"Fn::ImportValue": "jobs"}, False),
    ],
)
def test_the_old_name_of_a_renamed_resource(text: Any, stale: bool) -> None:
    """Resources whose texts contain the old name are reported, also in other stacks.

    Longer names do not count.
    """

    def queue(name: str) -> Template:
        return {"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name}}}}

    topic = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": text}}
    user: Template = {"Resources": {"Topic": topic}}
    found = risks(side(network=queue("first-jobs"), api=user), side(network=queue("second-jobs"), api=user))

    message = (
        "Queue is renamed, but Topic of api still has its old name first-jobs in a text. Change it there too."
    )
    assert (found.get(("interruption", "network", "Queue")) == message) is stale


def test_a_stack_that_leaves_the_set() -> None:
    """A removed stack is not deleted, and keeps its imports.

    The same applies to a stack that moves to another region.
    """
    before = side(network=exporting("a"), api=importing("a"))
    found = risks(before, side(network={"Resources": {}}))

    assert found["orphan", "api", ""].startswith(
        "The stack api is no longer in the set, or moves to another region. A deploy "
    )
    assert ("export", "network", "Id") in found


def test_the_stack_policy_is_that_of_the_deployed_stack() -> None:
    """The policy of the deployed stack applies, not the one of the change."""
    policy = {
        "Statement": [
            {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
            {
                "Effect": "Deny",
                "Action": "Update:Delete",
                "Principal": "*",
                "Resource": "LogicalResourceId/Qu*",
            },
        ]
    }
    full, empty = ({"database": {"Resources": one}} for one in ({"Queue": QUEUE}, {}))

    assert ("will-fail", "database", "Queue") in risks(side(policy, **full), side(**empty))
    assert ("will-fail", "database", "Queue") not in risks(side(**full), side(policy, **empty))


@pytest.mark.parametrize(
    ("statement", "denied"),
    [
        ({"Action": "Update:Replace", "Resource": "*"}, True),
        ({"Action": ["Update:Delete"], "Resource": "*"}, False),
        ({"Action": "Update:*", "Resource": "LogicalResourceId/Other"}, False),
        ({"Action": "Update:*", "NotResource": "LogicalResourceId/Other"}, True),
        ({"NotAction": "Update:Replace", "Resource": "*"}, False),
        ({"NotAction": "Update:Delete", "Resource": "*"}, True),
        (
            {
                "Action": "Update:*",
                "Resource": "*",
                "Condition": {"StringEquals": {"ResourceType": ["AWS::SQS::Queue"]}},
            },
            True,
        ),
        (
            {
                "Action": "Update:*",
                "Resource": "*",
                "Condition": {"StringLike": {"ResourceType": "AWS::RDS::*"}},
            },
            False,
        ),
    ],
)
def test_what_a_stack_policy_denies(statement: dict[str, Any], denied: bool) -> None:
    """Statements match by action, logical ID and type. Updates without an Allow statement are denied too."""
    allow = {"Effect": "Allow", "Action": "Update:*", "Resource": "*"}
    policy = {"Statement": [allow, {"Effect": "Deny", "Principal": "*", **statement}]}

    assert denies(policy, "Update:Replace", "Queue", "AWS::SQS::Queue") is denied
    assert denies({"Statement": []}, "Update:Replace", "Queue", "AWS::SQS::Queue")
    assert not denies({}, "Update:Replace", "Queue", "AWS::SQS::Queue")
