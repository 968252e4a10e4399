"""Recovery: the retained resources, and the templates and lists for importing them."""

import json
import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.references import uses
from cfn_analysis.model.rendering import load
from cfn_analysis.model.schemas import resource_schema, stateful_types
from cfn_analysis.updates.effects import Effect, effect_of_change
from csr_templates.assembly.files import Assembly
from csr_templates.hand_over.manifest import BEFORE_RESTORE
from csr_templates.hand_over.recovery import Step, left_out, resources_to_import, steps

from ...acceptance.drill.account import differences

ROOT = Path(__file__).resolve().parents[3]
TOKYO = "ap-northeast-1"


@pytest.fixture(scope="module")
def ours(assembly: Assembly) -> list[tuple[BuiltStack, Step, dict[str, Any]]]:
    """Stack, step, and the template of the step, loaded from YAML."""
    templates: list[tuple[BuiltStack, Step, dict[str, Any]]] = []
    for stack in assembly.stacks:
        for step in steps(stack):
            text = assembly.files[f"recovery/{step.name}.yaml"].decode("ascii")
            templates.append((stack, step, load(text)))
    return templates


def test_every_property_is_the_stacks_own(ours: list[tuple[BuiltStack, Step, dict[str, Any]]]) -> None:
    """A deploy after the import does not replace a resource, and does not generate a secret again.

    A property is different only if it refers to a deleted resource, and never if it is an identifier or
    replaces the resource.
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


def test_templates_follow_the_rules_of_an_import(
    assembly: Assembly, ours: list[tuple[BuiltStack, Step, dict[str, Any]]]
) -> None:
    """Templates have no outputs, retain imported resources, have valid references, and are small enough."""
    for _, step, template in ours:
        declared = {*template["Resources"], *template["Parameters"]}
        assert "Outputs" not in template
        assert {template["Resources"][name]["DeletionPolicy"] for name in step.imported} <= {"Retain"}
        named = {use.name for use in uses(template["Resources"]) if use.kind == "name"}
        assert {name for name in named if not name.startswith("AWS::")} <= declared
        for resource in template["Resources"].values():
            depends = resource.get("DependsOn", [])
            assert {depends} if isinstance(depends, str) else set(depends) <= template["Resources"].keys()
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
        assert len(assembly.files[f"recovery/{step.name}.yaml"]) <= 51_200


def test_steps_only_add_resources(ours: list[tuple[BuiltStack, Step, dict[str, Any]]]) -> None:
    """A later step has the resources of earlier steps unchanged, because an import cannot change them."""
    several = 0
    for (stack, _, before), (next_stack, step, after) in pairwise(ours):
        if stack.name == next_stack.name:
            several += 1
            assert before["Resources"].items() <= after["Resources"].items(), step.name

    assert several


def test_instances_are_left_to_the_deploy(
    ours: list[tuple[BuiltStack, Step, dict[str, Any]]],
) -> None:
    """No step contains an instance, or a resource that only instances need."""
    recovered: set[str] = set()
    for _, _, template in ours:
        recovered |= {resource["Type"] for resource in template["Resources"].values()}

    assert not recovered & {"AWS::RDS::DBInstance", "AWS::RDS::DBParameterGroup", "AWS::IAM::Role"}


def test_the_restored_cluster_can_be_reached(
    ours: list[tuple[BuiltStack, Step, dict[str, Any]]],
) -> None:
    """The rules between the security groups exist before the restore, after which the data is checked."""
    ((stack, template),) = [
        (stack, template) for stack, step, template in ours if step.name == f"{stack.name}-{BEFORE_RESTORE}"
    ]
    groups = {
        name
        for name, resource in stack.resources.items()
        if resource["Type"].startswith("AWS::EC2::SecurityGroup")
    }
    kinds = {stack.resources[name]["Type"] for name in groups}

    assert kinds > {"AWS::EC2::SecurityGroup"}
    assert groups <= template["Resources"].keys()


def test_all_resources_with_data_are_imported(assembly: Assembly) -> None:
    """The only exceptions are resources whose names contain the ID of a deleted one."""
    for stack in assembly.stacks:
        imported: set[str] = set()
        for step in steps(stack):
            imported.update(step.imported)
        for name, resource in stack.resources.items():
            kept = resource.get("DeletionPolicy") in ("Retain", "RetainExceptOnCreate", "Snapshot")
            if kept and resource["Type"] in stateful_types() and name not in imported:
                assert re.fullmatch(r"it belongs to \w+, which is deleted", left_out(stack)[name]), name


def test_resources_that_are_not_imported_are_listed(assembly: Assembly) -> None:
    """The comment at the start of the template lists them with the reason."""
    for stack in assembly.stacks:
        for step in steps(stack)[:1]:
            text = assembly.files[f"recovery/{step.name}.yaml"].decode()
            head = text.split("\n\n")[0].replace("\n# ", " ").replace("  ", " ")
            for name, reason in left_out(stack).items():
                assert f"Not imported: {name}, since {reason}." in head


def test_lists_contain_the_primary_identifiers(assembly: Assembly) -> None:
    """The list of each environment contains its resources, with the identifiers of CloudFormation."""
    manifest = json.loads(assembly.files["stacks.json"])
    projects = {environment.name: environment.values["ProjectName"] for environment in assembly.environments}
    for stack in manifest["stacks"]:
        for step in stack["recovery"]:
            for environment, path in step["importFiles"].items():
                for resource in json.loads(assembly.files[path])["ResourcesToImport"]:
                    schema = resource_schema(resource["ResourceType"], stack["region"])
                    identifier = resource["ResourceIdentifier"]
                    assert tuple(identifier) == schema.primary_identifier
                    assert f"{projects[environment]}-{environment}" in json.dumps(identifier)


def test_parameters_are_those_of_the_template(
    assembly: Assembly, ours: list[tuple[BuiltStack, Step, dict[str, Any]]]
) -> None:
    """Only parameters of the template are passed, including all without a default."""
    (production,) = [environment for environment in assembly.environments if environment.is_production]
    for stack, step, template in ours:
        if not step.imported:
            continue
        passed = json.loads(assembly.files[f"recovery/prod/{step.name}.json"])["Parameters"]
        names = {parameter["ParameterKey"] for parameter in passed}
        assert names <= template["Parameters"].keys()
        assert template["Parameters"].keys() - names <= {"Distribution"}
        values = production.parameters[stack.name]
        for parameter in passed:
            assert parameter["ParameterValue"] == values[parameter["ParameterKey"]]


def test_manifest_lists_the_steps_in_order(assembly: Assembly) -> None:
    """The manifest has the steps of each stack. A deploy between two imports does not have a list."""
    names = {environment.name for environment in assembly.environments}
    recovery = {
        entry["name"]: entry["recovery"] for entry in json.loads(assembly.files["stacks.json"])["stacks"]
    }

    for stack in assembly.stacks:
        expected = [
            (f"recovery/{step.name}.yaml", names if step.imported else set()) for step in steps(stack)
        ]
        listed = [(step["template"], set(step["importFiles"])) for step in recovery[stack.name]]
        assert listed == expected


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
    """Return a resource that is retained."""
    return {"Type": kind, "DeletionPolicy": "RetainExceptOnCreate", "Properties": properties, **attributes}


BUCKET = kept("AWS::S3::Bucket", {"BucketName": "files"})
TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {}}


def test_nothing_is_retained() -> None:
    """A stack without retained resources does not need recovery steps."""
    assert steps(stack(Topic=TOPIC)) == []


def test_rules_of_other_security_groups_are_left_to_the_deploy() -> None:
    """Before a restore, only the rules between security groups that the restore needs are created."""

    def group(name: str) -> dict[str, Any]:
        return {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": name}}

    def rule(source: str) -> dict[str, Any]:
        properties = {
            "GroupId": {"Fn::GetAtt": ["DatabaseGroup", "GroupId"]},
            "IpProtocol": "tcp",
            "SourceSecurityGroupId": {"Fn::GetAtt": [source, "GroupId"]},
        }
        return {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": properties}

    groups = {"VpcSecurityGroupIds": [{"Fn::GetAtt": ["DatabaseGroup", "GroupId"]}]}
    cluster = {"Type": "AWS::RDS::DBCluster", "DeletionPolicy": "Snapshot", "Properties": groups}
    _, before, _ = steps(
        stack(
            Bucket=BUCKET,
            Cluster=cluster,
            DatabaseGroup=group("database"),
            OtherGroup=group("other"),
            Own=rule("DatabaseGroup"),
            Other=rule("OtherGroup"),
        )
    )

    assert before.template["Resources"].keys() == {"Bucket", "DatabaseGroup", "Own"}


def test_names_of_what_is_deleted_become_parameters() -> None:
    """A reference to a deleted resource becomes a parameter with its name, and the name of the attribute."""
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


def test_template_contains_only_used_parts() -> None:
    """Parameters, mappings, conditions and dependencies of omitted resources are omitted too."""
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
    """Retained resources that cannot be imported are listed with the reason."""
    retaining = stack(Topic=TOPIC, Bucket=BUCKET, Left=resource)

    assert left_out(retaining) == {"Left": reason}
    assert [step.imported for step in steps(retaining)] == [("Bucket",)]


def test_parts_of_resources_that_are_not_imported() -> None:
    """The policy of a bucket is not imported if the bucket cannot be imported."""
    policy = kept("AWS::S3::BucketPolicy", {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": {}})
    bucket = kept("AWS::S3::Bucket", {})

    assert left_out(stack(Policy=policy, Bucket=bucket)) == {
        "Policy": "it belongs to Bucket, which is deleted",
        "Bucket": "it has neither a name nor a tag Name",
    }


def test_identifiers() -> None:
    """An identifier is a property of the resource or of its owner, or is found by name or tag."""
    retaining = stack(
        Bucket=kept("AWS::S3::Bucket", {"BucketName": {"Fn::Sub": "files-${AWS::AccountId}"}}),
        Policy=kept("AWS::S3::BucketPolicy", {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": {}}),
        Secret=kept("AWS::SecretsManager::Secret", {"Name": {"Fn::Sub": "${Tier}-secret"}}),
        Queue=kept("AWS::SQS::Queue", {"Tags": [{"Key": "Name", "Value": "letters"}]}),
        Off=kept("AWS::SQS::Queue", {"QueueName": "off"}, Condition="On"),
    )
    (step,) = steps(retaining)
    document = resources_to_import(retaining, step, {"Tier": "b", "Other": "x"})

    assert document["Parameters"] == [{"ParameterKey": "Tier", "ParameterValue": "b"}]
    assert [resource["ResourceIdentifier"] for resource in document["ResourcesToImport"]] == [
        {"BucketName": "files-${AWS::AccountId}"},
        {"Bucket": "files-${AWS::AccountId}"},
        {"Id": {"Name": "b-secret"}},
        {"QueueUrl": {"Tag": "letters"}},
    ]
