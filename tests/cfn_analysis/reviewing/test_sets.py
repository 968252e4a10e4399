"""Sets of stacks: exports, names, keys and removed stacks, with their messages."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.model.built_stack import BuiltStack, Policies
from cfn_analysis.model.rendering import load
from cfn_analysis.model.stack_policies import denies
from cfn_analysis.reviewing import report
from cfn_analysis.reviewing.sides import ReviewError, Side
from csr_templates.naming import PREFIX

ROWS = load(Path(__file__).with_name("sets.yaml").read_text("utf-8"))

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
            name_pattern=f"{PREFIX}{name}",
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


@pytest.mark.parametrize(
    ("change", "start"),
    [
        (
            {"Port": 3307},
            "The deploy fails: its value changes, and the export a cannot be changed while api ",
        ),
        (
            {"StorageEncrypted": True},
            "The deploy fails: its resource is replaced, and the export a cannot be changed while api ",
        ),
    ],
)
def test_an_exported_attribute(change: dict[str, Any], start: str) -> None:
    """The attribute of a resource can change with an update, without a replacement."""

    def database(**properties: Any) -> Template:
        cluster = {"Type": "AWS::RDS::DBCluster", "Properties": {"Engine": "aurora-mysql", **properties}}
        exported = exporting("a", {"Fn::GetAtt": ["Cluster", "Endpoint.Port"]})
        return {**exported, "Resources": {"Cluster": cluster}}

    before, after = database(Port=3306), database(**{"Port": 3306, **change})
    found = risks(side(database=before, api=importing("a")), side(database=after, api=importing("a")))

    assert found["export", "database", "Id"].startswith(start)


def test_an_export_that_no_stack_imports() -> None:
    """An unused export can be removed, and an export can move to another output, whose key is new.

    What reads the old key is not in the set, so it is a risk of its own.
    """
    gone = {
        ("output", "network", "Id"): (
            "The output Id is removed. Commands, pipelines and other stacks that read it will fail: change "
            "them first, or keep the output."
        )
    }
    assert risks(side(network=exporting("a")), side(network={"Resources": {}})) == gone
    before = side(network=exporting("a"), api=importing("a"))
    assert risks(before, side(network=exporting("a", key="Other"), api=importing("a"))) == gone


def test_an_output_without_an_export() -> None:
    """A removed output is reported also without an export. An added or changed one is not."""
    one = {"Resources": {}, "Outputs": {"Id": {"Value": "1"}}}

    assert set(risks(side(api=one), side(api={"Resources": {}}))) == {("output", "api", "Id")}
    assert risks(side(api={"Resources": {}}), side(api=one)) == {}
    assert risks(side(api=one), side(api={**one, "Outputs": {"Id": {"Value": "2"}}})) == {}


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


@pytest.mark.parametrize(("before", "after", "message"), ROWS["test_a_name_that_is_taken"])
def test_a_name_that_is_taken(before: dict[str, Any], after: dict[str, Any], message: str | None) -> None:
    """A name is in use if its resource is retained, deleted later, or in another stack of the region."""
    old, new = (side(**{name: {"Resources": one} for name, one in sets.items()}) for sets in (before, after))
    found = [
        text for (kind, _, name), text in risks(old, new).items() if (kind, name) == ("will-fail", "New")
    ]

    assert found == ([message] if message else [])


ENDPOINT = {"VpcId": "vpc-1", "ServiceName": "sqs", "VpcEndpointType": "Interface"}
ENTRY = {"NetworkAclId": "acl-1", "RuleNumber": 100, "Egress": False, "Protocol": 6, "RuleAction": "allow"}
RECORD = {"HostedZoneId": "Z1", "Name": "a.example.com", "Type": "A", "TTL": "60"}


@pytest.mark.parametrize(
    ("kind", "properties", "what"),
    [
        *(
            (f"AWS::CloudFront::{noun}", {f"{noun}Config": {"Name": "a"}}, f"the same {noun}Config.Name")
            for noun in (
                *("CachePolicy", "KeyGroup", "OriginAccessControl"),
                *("OriginRequestPolicy", "ResponseHeadersPolicy"),
            )
        ),
        ("AWS::WAFv2::WebACL", {"Name": "a", "Scope": "REGIONAL"}, "the name"),
        ("AWS::WAFv2::WebACL", {"Scope": "REGIONAL"}, None),
        (
            "AWS::EC2::Route",
            {"RouteTableId": "rtb-1", "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"},
            "the same RouteTableId and DestinationCidrBlock",
        ),
        ("AWS::EC2::NetworkAclEntry", ENTRY, "the same NetworkAclId, RuleNumber and Egress"),
        (
            "AWS::EC2::VPCEndpoint",
            {**ENDPOINT, "PrivateDnsEnabled": True},
            "the same VpcId and ServiceName",
        ),
        ("AWS::EC2::VPCEndpoint", {**ENDPOINT, "PrivateDnsEnabled": False}, None),
        ("AWS::EC2::VPCEndpoint", {"VpcId": "vpc-1", "ServiceName": "s3"}, None),
        ("AWS::Route53::RecordSet", RECORD, "the same HostedZoneId, Name and Type"),
        ("AWS::Lambda::Permission", {"FunctionName": "f", "Action": "lambda:InvokeFunction"}, None),
    ],
)
def test_a_renamed_resource_that_must_be_unique(
    kind: str, properties: dict[str, Any], what: str | None
) -> None:
    """The new resource is created before the old one is deleted, so AWS rejects a second equal one."""
    resource = {"Type": kind, "Properties": properties}
    old, new = (side(network={"Resources": {name: resource}}) for name in ("Old", "New"))
    found = risks(old, new)

    creates = (
        "CloudFormation creates New and then deletes the old one."
        if what is None
        else "The creation of New fails while the old one exists."
    )
    assert found["rename", "network", "Old"].startswith(
        f"Old and New differ only in the logical ID. {creates} To keep the resource, "
    )
    if what is None:
        assert ("will-fail", "network", "New") not in found
    else:
        assert found["will-fail", "network", "New"].startswith(
            f"The deploy fails: New cannot be created, because Old has {what} until it is deleted later in "
            "the deploy. Keep the logical ID, "
        )


def test_record_sets_of_a_routing_policy() -> None:
    """Record sets with different identifiers can have the same name and type."""
    one, other = (
        {"Type": "AWS::Route53::RecordSet", "Properties": {**RECORD, "SetIdentifier": name, "Weight": 1}}
        for name in ("one", "other")
    )
    before: Template = {"Resources": {"Old": one}}

    assert risks(side(network=before), side(network={"Resources": {"Old": one, "New": other}})) == {}
    message = risks(side(network=before), side(network={"Resources": {"Old": one, "New": one}}))
    assert message["will-fail", "network", "New"] == (
        "The deploy fails: New cannot be created, because Old already has the same Name, HostedZoneId, Type "
        "and SetIdentifier. Change one of them."
    )


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


def test_an_environment_that_is_removed() -> None:
    """Its stacks continue to exist, which is one risk; the environment can be reviewed by its name."""
    after = side(network=exporting("a"), api=importing("a"))
    before = after._replace(environments={**after.environments, "staging": after.environments["prod"]})

    for names in ([], ["staging"]):
        (risk,) = report.review(before, after, names).risks
        assert (risk.kind, risk.environments, risk.stack, risk.name) == (
            "orphan",
            ("staging",),
            "network",
            "",
        )
        assert risk.message == (
            "The environment staging is removed, and its stacks are no longer managed: network and api. A "
            "deploy does not delete them: they continue to run, with their data, and to incur costs, until "
            "they are deleted manually, in the reverse order. Restore the environment, unless someone "
            "deletes its stacks."
        )
    assert report.review(before, after, ["prod"]).risks == []
    with pytest.raises(ReviewError, match=r"no environment stagign in side\. Did you mean 'staging'"):
        report.review(before, after, ["stagign"])


def test_defaults_are_not_an_environment() -> None:
    """A folder without parameter files has no environment that could be removed."""
    after = side(network=exporting("a"))
    before = after._replace(environments={"": {"network": {}}})

    assert report.review(before, after).risks == []


@pytest.mark.parametrize("parameter", ["ProjectName", "Environment"])
def test_stacks_with_new_names(parameter: str) -> None:
    """A deploy under new names creates new stacks. It does not replace anything in the old ones."""

    def templates(value: str) -> dict[str, Template]:
        names = {"ProjectName": {"Default": "app"}, "Environment": {"Default": "prod"}}
        parameters = {**names, parameter: {"Default": value}}
        table = {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {"TableName": {"Fn::Sub": "${ProjectName}-${Environment}-items"}},
        }
        network = {"Parameters": parameters, **exporting("a", {"Fn::Sub": f"${{{parameter}}}"})}
        database = {"Parameters": parameters, "Resources": {**importing("a")["Resources"], "Table": table}}
        return {"network": network, "database": database}

    found = report.review(side(**templates("one")), side(**templates("two")))
    old, new = ("one-prod", "two-prod") if parameter == "ProjectName" else ("app-one", "app-two")

    assert [(one.kind, one.stack, one.name, one.message) for one in found.risks] == [
        (
            "orphan",
            "network",
            "",
            f"The names of stacks change: {old}-network becomes {new}-network and {old}-database becomes "
            f"{new}-database. The deploy creates new, empty stacks. Data is not copied: it stays in the old "
            "stacks, which continue to run and to incur costs until they are deleted manually. Revert the "
            "change, unless you want a second system.",
        )
    ]
    changes = {one.change.action for stack in found.environments[0].stacks for one in stack.resources}
    assert changes == {"add"}


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


@pytest.mark.parametrize(("statement", "denied"), ROWS["test_what_a_stack_policy_denies"])
def test_what_a_stack_policy_denies(statement: dict[str, Any], denied: bool) -> None:
    """Statements match by action, logical ID and type. Updates without an Allow statement are denied too."""
    allow = {"Effect": "Allow", "Action": "Update:*", "Resource": "*"}
    policy = {"Statement": [allow, {"Effect": "Deny", "Principal": "*", **statement}]}

    assert denies(policy, "Update:Replace", "Queue", "AWS::SQS::Queue") is denied
    assert denies({"Statement": []}, "Update:Replace", "Queue", "AWS::SQS::Queue")
    assert not denies({}, "Update:Replace", "Queue", "AWS::SQS::Queue")
