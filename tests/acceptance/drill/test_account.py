"""The model implements the rules of CloudFormation that the drill needs."""

from collections.abc import Mapping
from typing import Any

import pytest

from .account import Account, Changes, RefusedError, Thing

REGION = "ap-northeast-1"
QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {}}
BUCKET = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "files"}}


def kept(
    resource: Mapping[str, Any], policy: str = "RetainExceptOnCreate", **properties: Any
) -> dict[str, Any]:
    """Return a resource with both policies, and more properties."""
    return {
        **resource,
        "DeletionPolicy": policy,
        "UpdateReplacePolicy": "Retain",
        "Properties": {**resource["Properties"], **properties},
    }


def deploy(
    account: Account, name: str, outputs: Mapping[str, Any] | None = None, **resources: Any
) -> Changes:
    """Deploy a stack of some resources."""
    return account.deploy(name, REGION, {"Resources": resources, "Outputs": outputs or {}}, {})


def left(account: Account) -> list[str]:
    """Return the types of resources that do not belong to a stack."""
    return sorted(thing.kind for thing in account.things.values() if not thing.stack)


@pytest.mark.parametrize(
    ("policy", "stays"),
    [("Retain", True), ("RetainExceptOnCreate", True), ("Delete", False), ("Snapshot", False)],
)
def test_deletion_follows_the_policy(policy: str, stays: bool) -> None:
    """Retained resources do not belong to a stack. With the policy Snapshot, only the snapshot remains."""
    account = Account()
    deploy(account, "site", Queue=kept(QUEUE, policy))
    account.delete("site", REGION)

    assert left(account) == ["AWS::SQS::Queue"] * stays
    assert len(account.snapshots) == (policy == "Snapshot")


def test_failed_deploy_leaves_the_account_as_it_was() -> None:
    """If a name is in use, resources that were created before are deleted."""
    account = Account()
    deploy(account, "first", Bucket=BUCKET)

    with pytest.raises(RefusedError, match="Bucket: AWS::S3::Bucket files exists already"):
        deploy(account, "second", Queue=kept(QUEUE), Bucket={**BUCKET, "DependsOn": "Queue"})
    assert [thing.stack for thing in account.things.values()] == ["first"]
    assert list(account.stacks) == [(REGION, "first")]


def test_a_named_resource_cannot_be_replaced() -> None:
    """The new resource is created first, while the name is still in use."""
    account = Account()
    cluster = {"Type": "AWS::RDS::DBCluster", "Properties": {"DBClusterIdentifier": "c", "DatabaseName": "a"}}
    deploy(account, "site", Cluster=kept(cluster))

    with pytest.raises(RefusedError, match="AWS::RDS::DBCluster c exists already"):
        deploy(account, "site", Cluster=kept(cluster, DatabaseName="b"))


def test_replaced_resource_follows_its_policy() -> None:
    """If the resource has no name, its old version is retained according to the policy."""
    account = Account()
    deploy(account, "site", Queue=kept(QUEUE))

    assert deploy(account, "site", Queue=kept(QUEUE, FifoQueue=True)).replaced == {"Queue": ["FifoQueue"]}
    assert left(account) == ["AWS::SQS::Queue"]
    assert deploy(account, "site", Queue=kept(QUEUE, FifoQueue=True, DelaySeconds=1)).updated == {
        "Queue": ["DelaySeconds"]
    }


def test_secret_is_generated_again_if_its_generator_changes() -> None:
    """Other changes of a secret do not change its value."""
    account = Account()
    secret = {"Type": "AWS::SecretsManager::Secret", "Properties": {"GenerateSecretString": {}}}
    deploy(account, "site", Secret=secret)
    thing = account.stacks[REGION, "site"].things["Secret"]
    value = thing.value

    assert deploy(account, "site", Secret=kept(secret, Description="d")).generated == []
    assert thing.value == value
    changed = kept(secret, Description="d", GenerateSecretString={"PasswordLength": 9})
    assert deploy(account, "site", Secret=changed).generated == ["Secret"]
    assert thing.value != value


def test_export_in_use_prevents_changes() -> None:
    """While another stack imports an export, its stack cannot be deleted and the export cannot change."""
    account = Account()
    export = {"Queue": {"Value": {"Ref": "Queue"}, "Export": {"Name": "queue"}}}
    deploy(account, "first", export, Queue=QUEUE)
    deploy(account, "second", Queue=kept(QUEUE, QueueName={"Fn::ImportValue": "queue"}))

    with pytest.raises(RefusedError, match="first: export queue is in use by second"):
        account.delete("first", REGION)
    with pytest.raises(RefusedError, match="first: export queue is in use by second"):
        deploy(account, "first", export, Queue=kept(QUEUE, FifoQueue=True))
    account.delete("second", REGION)
    account.delete("first", REGION)
    with pytest.raises(RefusedError, match="No export named queue found"):
        deploy(account, "second", Queue=kept(QUEUE, QueueName={"Fn::ImportValue": "queue"}))


def instance(*, insights: bool, **properties: Any) -> dict[str, Any]:
    """Return an instance of the cluster ``c``, with or without Performance Insights."""
    own = {"DBInstanceIdentifier": "i", "DBClusterIdentifier": "c", "EnablePerformanceInsights": insights}
    return kept({"Type": "AWS::RDS::DBInstance", "Properties": own}, "Retain", **properties)


def imported_instance(account: Account, declared: Mapping[str, Any]) -> list[str]:
    """Import the instance into a stack, and return its drift."""
    entry = {
        "ResourceType": "AWS::RDS::DBInstance",
        "LogicalResourceId": "Instance",
        "ResourceIdentifier": {"DBInstanceIdentifier": "i"},
    }
    return account.import_resources("again", REGION, {"Resources": {"Instance": declared}}, {}, [entry])


@pytest.mark.parametrize("insights", [True, False])
def test_key_without_performance_insights_is_left_out_once(insights: bool) -> None:
    """A creation omits the key if Performance Insights is disabled. An import sends it, and fails."""
    account = Account()
    declared = instance(insights=insights, PerformanceInsightsKMSKeyId="key")
    deploy(account, "site", Instance=declared)
    created = account.stacks[REGION, "site"].things["Instance"]
    assert created.properties.get("PerformanceInsightsKMSKeyId") == ("key" if insights else None)

    account.delete("site", REGION)
    if insights:
        assert imported_instance(account, declared) == []
        return
    with pytest.raises(RefusedError, match="Instance: To enable Performance Insights, EnablePerform"):
        imported_instance(account, declared)
    assert imported_instance(account, instance(insights=False)) == []
    with pytest.raises(RefusedError, match="Instance: To enable Performance Insights, EnablePerform"):
        deploy(account, "again", Instance=declared)


def test_cluster_with_an_instance_of_another_owner_is_not_deleted() -> None:
    """RDS does not delete a cluster that has an instance. The stack deletes only its own ones."""
    account = Account()
    cluster = {"Type": "AWS::RDS::DBCluster", "Properties": {"DBClusterIdentifier": "c"}}
    deploy(account, "site", Cluster=cluster, Instance=kept(instance(insights=False), "Delete"))
    by_hand = Thing(
        "AWS::RDS::DBInstance", REGION, {"DBInstanceIdentifier": "other"}, {"DBClusterIdentifier": "c"}
    )
    account.add(by_hand)

    with pytest.raises(RefusedError, match="Cluster cannot be deleted, it still contains other"):
        account.delete("site", REGION)
    account.remove(by_hand)
    account.delete("site", REGION)
    assert account.things == {}


def test_versions_are_deleted_with_their_function() -> None:
    """A retained version is deleted together with its function."""
    account = Account()
    function = {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "f"}}
    version = {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Function"}}}
    deploy(account, "site", Function=function, Version=kept(version))
    account.delete("site", REGION)

    assert account.things == {}


def test_new_copy_of_a_rolled_back_replacement_follows_its_replace_policy() -> None:
    """UpdateReplacePolicy retains the new copy too. The next update with the same name meets it."""
    account = Account()
    bucket = {**BUCKET, "DeletionPolicy": "Delete", "UpdateReplacePolicy": "Retain"}
    renamed = {**bucket, "Properties": {"BucketName": "renamed"}}
    deploy(account, "site", Bucket=bucket)
    with pytest.raises(RefusedError, match="errors is in ALARM"):
        account.deploy("site", REGION, {"Resources": {"Bucket": renamed}, "Outputs": {}}, {}, "errors")

    assert account.stacks[REGION, "site"].things["Bucket"].ref == "files"
    assert [thing.ref for thing in account.things.values() if not thing.stack] == ["renamed"]
    with pytest.raises(RefusedError, match="Bucket: AWS::S3::Bucket renamed exists already"):
        deploy(account, "site", Bucket=renamed)
    account.remove(account.things["global", "AWS::S3::Bucket", ("renamed",)])
    assert deploy(account, "site", Bucket=renamed).replaced == {"Bucket": ["BucketName"]}


@pytest.mark.parametrize("policy", ["Delete", "none"])
def test_new_copy_without_a_retaining_replace_policy_is_deleted(policy: str) -> None:
    """The DeletionPolicy has no effect on it. A resource that the update created is deleted too."""
    account = Account()
    bucket = {**BUCKET, "DeletionPolicy": "Retain", "UpdateReplacePolicy": policy}
    renamed = {**bucket, "Properties": {"BucketName": "renamed"}}
    deploy(account, "site", Bucket=bucket)
    resources = {"Bucket": renamed, "Queue": kept(QUEUE)}
    with pytest.raises(RefusedError, match="errors is in ALARM"):
        account.deploy("site", REGION, {"Resources": resources, "Outputs": {}}, {}, "errors")

    assert [thing.ref for thing in account.things.values()] == ["files"]


def function_and_version(memory: int, description: str) -> dict[str, Any]:
    """Return a function with this memory, and a version of it with a description."""
    properties = {"FunctionName": "f", "MemorySize": memory}
    function = {"Type": "AWS::Lambda::Function", "Properties": properties}
    named = {"FunctionName": {"Ref": "Function"}, "Description": description}
    version = {"Type": "AWS::Lambda::Version", "Properties": named, "UpdateReplacePolicy": "Retain"}
    return {"Function": function, "Version": version}


def test_unchanged_function_publishes_no_version() -> None:
    """The newest version counts, also if a rolled-back update has left it."""
    account = Account()
    deploy(account, "site", **function_and_version(128, "one"))
    with pytest.raises(RefusedError, match=r"A version for this Lambda function exists \( 1 \)"):
        deploy(account, "site", **function_and_version(128, "two"))
    template = {"Resources": function_and_version(256, "two"), "Outputs": {}}
    with pytest.raises(RefusedError, match="errors is in ALARM"):
        account.deploy("site", REGION, template, {}, "errors")

    with pytest.raises(RefusedError, match=r"A version for this Lambda function exists \( 2 \)"):
        deploy(account, "site", **function_and_version(256, "two"))
    deploy(account, "site", **function_and_version(512, "three"))
    deploy(account, "site", **function_and_version(256, "two"))
    assert [version.number for version in account.versions("f")] == [1, 2, 3, 4]
    assert account.stacks[REGION, "site"].things["Version"].attribute("Version") == "4"


def test_resource_of_a_stack_is_not_imported() -> None:
    """A resource can belong to only one stack."""
    account = Account()
    deploy(account, "first", Bucket=kept(BUCKET))
    entry = {
        "ResourceType": "AWS::S3::Bucket",
        "LogicalResourceId": "Bucket",
        "ResourceIdentifier": {"BucketName": "files"},
    }
    template = {"Resources": {"Bucket": kept(BUCKET)}}

    with pytest.raises(RefusedError, match="Bucket: files belongs to the stack first"):
        account.import_resources("second", REGION, template, {}, [entry])
    account.delete("first", REGION)
    assert account.import_resources("second", REGION, template, {}, [entry]) == []
    assert deploy(account, "second", Bucket=kept(BUCKET)) == Changes()
    with pytest.raises(RefusedError, match="Bucket: an import cannot remove resources"):
        account.import_resources("second", REGION, {"Resources": {}}, {}, [])
    with pytest.raises(RefusedError, match=r"Parameters: \[Tier\] do not exist in the template"):
        account.import_resources("second", REGION, template, {"Tier": "a"}, [])
