"""Recovery: the retained resources, and the templates and lists for importing them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from csr_templates.assembly.files import Assembly, assemble
from csr_templates.cloudformation.built_stack import BuiltStack
from csr_templates.cloudformation.references import uses
from csr_templates.cloudformation.rendering import load
from csr_templates.cloudformation.replacement import Effect, effect_of_change
from csr_templates.cloudformation.schemas import resource_schema, stateful_types
from csr_templates.hand_over.recovery import Step, left_out, resources_to_import, steps

from ..drill.account import differences

ROOT = Path(__file__).resolve().parents[2]
TOKYO = "ap-northeast-1"


@pytest.fixture(scope="module")
def assembly() -> Assembly:
    """Our own stacks and environments."""
    return assemble(parameters=ROOT / "parameters", lint=False)


@pytest.fixture(scope="module")
def ours(assembly: Assembly) -> list[tuple[BuiltStack, Step, dict[str, Any]]]:
    """Stack, step, and the template of the step as it is written."""
    return [
        (stack, step, load(assembly.files[f"recovery/{step.name}.yaml"].decode("ascii")))
        for stack in assembly.stacks
        for step in steps(stack)
    ]


def test_every_property_is_the_stacks_own(ours: list[tuple[BuiltStack, Step, dict[str, Any]]]) -> None:
    """A deploy after the import finds nothing to replace, and no secret to generate again.

    A property differs only where it names what is deleted, and never one that tells the resource from another
    or that replaces it.
    """
    compared = 0
    for stack, step, template in ours:
        for name, resource in template["Resources"].items():
            own = stack.resources[name]
            assert resource["Type"] == own["Type"]
            assert resource.get("Condition") == own.get("Condition")
            gone = {use.name for use in uses(own["Properties"])} - {
                *template["Resources"],
                *stack.parameters,
            }
            for place in differences(own["Properties"], resource["Properties"]):
                effect = effect_of_change(own["Type"], stack.region, place)
                assert gone, f"{step.name} {name} {place}"
                assert effect is not Effect.REPLACED, f"{step.name} {name} {place}"
            compared += len(own["Properties"])
            generator = own["Properties"].get("GenerateSecretString")
            assert resource["Properties"].get("GenerateSecretString") == generator

    assert compared > 100


def test_templates_keep_the_rules_of_an_import(
    assembly: Assembly, ours: list[tuple[BuiltStack, Step, dict[str, Any]]]
) -> None:
    """No outputs; what is imported is retained; a name in a template is in it; each fits into a request."""
    for _, step, template in ours:
        known = {*template["Resources"], *template["Parameters"]}
        assert "Outputs" not in template
        assert {template["Resources"][name]["DeletionPolicy"] for name in step.imported} <= {"Retain"}
        named = {use.name for use in uses(template["Resources"]) if use.kind == "name"}
        assert {name for name in named if not name.startswith("AWS::")} <= known
        for resource in template["Resources"].values():
            depends = resource.get("DependsOn", [])
            assert {depends} if isinstance(depends, str) else set(depends) <= template["Resources"].keys()
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
        assert len(assembly.files[f"recovery/{step.name}.yaml"]) <= 51_200


def test_steps_only_add(ours: list[tuple[BuiltStack, Step, dict[str, Any]]]) -> None:
    """A later step contains the resources of the earlier ones unchanged: an import cannot change them."""
    by_name = {step.name: template["Resources"] for _, step, template in ours}
    first, before, after = (
        by_name[name] for name in ("database", "database-before-restore", "database-after-restore")
    )

    assert first.items() <= before.items() <= after.items()
    assert after.keys() - before.keys() == {"DatabaseCluster", "DatabaseInstance1", "DatabaseInstance2"}


def test_everything_that_holds_data_comes_back(assembly: Assembly) -> None:
    """Of the retained resources with data, only the log group with the old API's ID is not imported."""
    stay = {}
    for stack in assembly.stacks:
        imported = {name for step in steps(stack) for name in step.imported}
        for name, resource in stack.resources.items():
            kept = resource.get("DeletionPolicy") in ("Retain", "RetainExceptOnCreate", "Snapshot")
            if kept and resource["Type"] in stateful_types() and name not in imported:
                stay[name] = left_out(stack)[name]

    assert stay == {"ExecutionLogGroup": "it belongs to RestApi, which is deleted"}


def test_what_stays_outside_is_said_in_the_template(assembly: Assembly) -> None:
    """The head of the import template names what it leaves out, with the reason."""
    head = assembly.files["recovery/api.yaml"].decode().split("\n\n")[0]

    assert "# Not imported: ExecutionLogGroup, since it belongs to RestApi, which is deleted." in head
    assert "# Not imported: ApiGatewayLoggingRole, since it contains no data, and the deploy creates" in head


def test_lists_are_told_by_the_primary_identifier(assembly: Assembly) -> None:
    """Each environment's list contains its resources, with CloudFormation's identifiers."""
    manifest = json.loads(assembly.files["stacks.json"])
    for stack in manifest["stacks"]:
        for step in stack["recovery"]:
            for environment, path in step["importFiles"].items():
                for one in json.loads(assembly.files[path])["ResourcesToImport"]:
                    schema = resource_schema(one["ResourceType"], stack["region"])
                    assert tuple(one["ResourceIdentifier"]) == schema.primary_identifier
                    assert f"csr-lambda-api-{environment}" in json.dumps(one["ResourceIdentifier"])

    dev = json.loads(assembly.files["recovery/dev/database-after-restore.json"])
    assert [one["LogicalResourceId"] for one in dev["ResourcesToImport"]] == [
        "DatabaseCluster",
        "DatabaseInstance1",
    ]


def test_parameters_are_those_of_the_template(
    assembly: Assembly, ours: list[tuple[BuiltStack, Step, dict[str, Any]]]
) -> None:
    """CloudFormation refuses a parameter that the template does not have; one without a default is passed."""
    production = next(one for one in assembly.environments if one.is_production)
    for stack, step, template in ours:
        if not step.imported:
            continue
        given = json.loads(assembly.files[f"recovery/prod/{step.name}.json"])["Parameters"]
        names = {one["ParameterKey"] for one in given}
        assert names <= template["Parameters"].keys()
        assert template["Parameters"].keys() - names <= {"Distribution"}
        for one in given:
            assert one["ParameterValue"] == production.parameters[stack.name][one["ParameterKey"]]


def test_manifest_lists_the_steps_in_order(assembly: Assembly) -> None:
    """The manifest has the way back of each stack; the deploy between two imports has no list."""
    recovery = {one["name"]: one["recovery"] for one in json.loads(assembly.files["stacks.json"])["stacks"]}

    assert [step["template"] for step in recovery["database"]] == [
        "recovery/database.yaml",
        "recovery/database-before-restore.yaml",
        "recovery/database-after-restore.yaml",
    ]
    assert [sorted(step["importFiles"]) for step in recovery["database"]] == [
        ["dev", "prod", "staging"],
        [],
        ["dev", "prod", "staging"],
    ]
    assert [step["template"] for step in recovery["frontend"]] == ["recovery/frontend.yaml"]


def stack(**resources: Any) -> BuiltStack:
    """Return a stack of some resources."""
    template = {
        "Parameters": {"Tier": {"Type": "String"}, "Other": {"Type": "String"}},
        "Mappings": {"Used": {"a": {"b": "c"}}, "Unused": {"a": {"b": "c"}}},
        "Conditions": {
            "On": {"Fn::And": [{"Condition": "Inner"}, {"Condition": "Inner"}]},
            "Inner": {"Fn::Equals": [{"Ref": "Tier"}, "a"]},
            "Unused": {"Fn::Equals": [{"Ref": "Other"}, "a"]},
        },
        "Resources": resources,
        "Outputs": {"Out": {"Value": "v"}},
    }
    return BuiltStack("site", "site.yaml", TOKYO, template)


def kept(kind: str, properties: Mapping[str, Any], **attributes: Any) -> dict[str, Any]:
    """Return a resource that survives."""
    return {"Type": kind, "DeletionPolicy": "RetainExceptOnCreate", "Properties": properties, **attributes}


BUCKET = kept("AWS::S3::Bucket", {"BucketName": "files"})
TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {}}


def test_nothing_survives() -> None:
    """A stack that keeps nothing needs no way back: deploy it."""
    assert steps(stack(Topic=TOPIC)) == []


def test_names_of_what_is_deleted_become_parameters() -> None:
    """A reference to a deleted resource becomes a parameter of its name; an attribute one of both names."""
    policy = {
        "Bucket": {"Ref": "Bucket"},
        "PolicyDocument": {
            "Statement": [
                {"Fn::GetAtt": ["Topic", "TopicName"]},
                {"Fn::Sub": "${Topic.TopicArn}/${Bucket.Arn}/${Tier}"},
                {"Fn::Sub": ["${One}/${Topic.TopicArn}", {"One": {"Ref": "Topic"}}]},
            ]
        },
    }
    (step,) = steps(stack(Topic=TOPIC, Bucket=BUCKET, Policy=kept("AWS::S3::BucketPolicy", policy)))
    document = step.template["Resources"]["Policy"]["Properties"]["PolicyDocument"]

    assert document["Statement"] == [
        {"Ref": "TopicTopicName"},
        {"Fn::Sub": "${TopicTopicArn}/${Bucket.Arn}/${Tier}"},
        {"Fn::Sub": ["${One}/${TopicTopicArn}", {"One": {"Ref": "Topic"}}]},
    ]
    assert list(step.template["Parameters"]) == ["Tier", "Topic", "TopicTopicArn", "TopicTopicName"]
    assert step.template["Parameters"]["TopicTopicArn"] == {
        "Description": "Placeholder for Topic.TopicArn, which is deleted; the next deploy sets the new "
        "value.",
        "Type": "String",
        "Default": "none",
    }


def test_template_holds_what_is_used_and_no_more() -> None:
    """Parameters, mappings, conditions and dependencies of what is left out go with it."""
    bucket = kept(
        "AWS::S3::Bucket",
        {"BucketName": {"Fn::FindInMap": ["Used", "a", "b"]}},
        Condition="On",
        DependsOn=["Topic", "Log"],
    )
    log = kept("AWS::Logs::LogGroup", {"LogGroupName": "log"}, DependsOn="Topic")
    (step,) = steps(stack(Topic=TOPIC, Log=log, Bucket=bucket))

    assert list(step.template) == [
        "AWSTemplateFormatVersion",
        "Description",
        "Parameters",
        "Mappings",
        "Conditions",
        "Resources",
    ]
    assert list(step.template["Parameters"]) == ["Tier"]
    assert list(step.template["Mappings"]) == ["Used"]
    assert list(step.template["Conditions"]) == ["On", "Inner"]
    assert step.template["Resources"]["Bucket"]["DependsOn"] == ["Log"]
    assert "DependsOn" not in step.template["Resources"]["Log"]


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        (
            kept("AWS::SNS::Topic", {"TopicName": "t"}),
            "it contains no data, and the deploy creates a new one",
        ),
        (kept("AWS::KMS::Key", {}), "it has neither a name nor a tag Name"),
        (
            kept("AWS::Logs::LogGroup", {"LogGroupName": {"Ref": "Topic"}}),
            "it belongs to Topic, which is deleted",
        ),
        (kept("AWS::Elasticsearch::Domain", {}), "CloudFormation cannot import AWS::Elasticsearch::Domain"),
    ],
    ids=["no-data", "not-found", "belongs", "no-import"],
)
def test_reasons(resource: dict[str, Any], reason: str) -> None:
    """What survives and cannot come back is named with the reason."""
    one = stack(Topic=TOPIC, Bucket=BUCKET, Left=resource)

    assert left_out(one) == {"Left": reason}
    assert [step.imported for step in steps(one)] == [("Bucket",)]


def test_what_belongs_to_what_stays_outside_stays_outside() -> None:
    """A policy of a bucket that cannot come back cannot come back either."""
    policy = kept("AWS::S3::BucketPolicy", {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": {}})
    bucket = kept("AWS::S3::Bucket", {})

    assert left_out(stack(Policy=policy, Bucket=bucket)) == {
        "Policy": "it belongs to Bucket, which is deleted",
        "Bucket": "it has neither a name nor a tag Name",
    }


def test_identifiers() -> None:
    """An identifier is the property, that of the owner, or a name or tag to look it up by."""
    one = stack(
        Bucket=kept("AWS::S3::Bucket", {"BucketName": {"Fn::Sub": "files-${AWS::AccountId}"}}),
        Policy=kept("AWS::S3::BucketPolicy", {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": {}}),
        Secret=kept("AWS::SecretsManager::Secret", {"Name": {"Fn::Sub": "${Tier}-secret"}}),
        Queue=kept("AWS::SQS::Queue", {"Tags": [{"Key": "Name", "Value": "letters"}]}),
        Off=kept("AWS::SQS::Queue", {"QueueName": "off"}, Condition="On"),
    )
    (step,) = steps(one)
    document = resources_to_import(one, step, {"Tier": "b", "Other": "x"})

    assert document["Parameters"] == [{"ParameterKey": "Tier", "ParameterValue": "b"}]
    assert [one["ResourceIdentifier"] for one in document["ResourcesToImport"]] == [
        {"BucketName": "files-${AWS::AccountId}"},
        {"Bucket": "files-${AWS::AccountId}"},
        {"Id": {"Name": "b-secret"}},
        {"QueueUrl": {"Tag": "letters"}},
    ]
