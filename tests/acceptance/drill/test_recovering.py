"""A deleted stack is recovered with all its data, and the drill detects errors."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from cfn_analysis.model.rendering import render
from csr_templates import STACKS
from csr_templates.assembly.files import Assembly
from tests.system import ENVIRONMENTS, PROJECT, STACK_NAMES

from .account import UNKNOWN, RefusedError
from .recovering import Drill, Files, built, drill_one, report

Change = Callable[[Any], None]


@pytest.fixture(scope="module")
def assembly() -> Assembly:
    """All files of a build."""
    return built()


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("stack", STACK_NAMES)
def test_deleted_stack_is_recovered(assembly: Assembly, environment: str, stack: str) -> None:
    """Without the import, a deploy fails.

    After it, a deploy does not replace, remove or generate anything.
    """
    lines, problems = drill_one(Files(assembly.files, environment), stack)

    assert problems == []
    assert any("a plain deploy" in line and "exists already" in line for line in lines)


def test_recovered_stack_can_be_deleted_again(assembly: Assembly) -> None:
    """Resources that remain after a first recovery do not prevent a second one."""
    drill = Drill(Files(assembly.files, "prod"))
    drill.deploy_all()
    secret = origin_secret(assembly)
    value = drill.account.stacks["ap-northeast-1", f"{PROJECT}-prod-api"].things[secret].value
    for _ in range(2):
        drill.delete("api")
        drill.take_back("api")
        drill.deploy("api")
    stack = drill.account.stacks["ap-northeast-1", f"{PROJECT}-prod-api"]

    assert stack.things[secret].value == value


def origin_secret(assembly: Assembly) -> str:
    """Return the logical ID of a secret of the api stack."""
    (api,) = [stack for stack in assembly.stacks if stack.name == "api"]
    return next(
        name for name, resource in api.resources.items() if resource["Type"] == "AWS::SecretsManager::Secret"
    )


def changed(assembly: Assembly, path: str, change: Change) -> Files:
    """Return the files of production with one changed file."""
    files = Files(dict(assembly.files), "prod")
    document = deepcopy(files.json(path) if path.endswith(".json") else files.template(path))
    change(document)
    text = json.dumps(document) if path.endswith(".json") else render(document)
    files.files[path] = text.encode("ascii")
    return files


def without(logical_id: str) -> Change:
    """Return a function that removes a resource from a template, or from a list."""

    def change(document: Any) -> None:
        if "Resources" in document:
            del document["Resources"][logical_id]
        else:
            listed = document["ResourcesToImport"]
            document["ResourcesToImport"] = [
                resource for resource in listed if resource["LogicalResourceId"] != logical_id
            ]

    return change


def setting(value: Any, *place: str) -> Change:
    """Return a function that sets the value at a path of a document."""

    def change(document: Any) -> None:
        for key in place[:-1]:
            document = document[key]
        document[place[-1]] = value

    return change


def identified(identifier: dict[str, Any], logical_id: str) -> Change:
    """Return a function that changes the identifier of an entry of a list."""

    def change(document: Any) -> None:
        for resource in document["ResourcesToImport"]:
            if resource["LogicalResourceId"] == logical_id:
                resource["ResourceIdentifier"] = identifier

    return change


def property_(value: Any, logical_id: str, *place: str) -> Change:
    """Return a function that sets a property in a template."""
    return setting(value, "Resources", logical_id, "Properties", *place)


# Fault -> the stack, the file and its change, and CloudFormation's message.
REFUSED: dict[str, tuple[str, str, Change, str]] = {
    "the list lacks a resource": (
        "network",
        "recovery/prod/network.json",
        without("AlarmsKey"),
        "AlarmsKey: an import cannot create resources.",
    ),
    "the list has one too many": (
        "network",
        "recovery/network.yaml",
        without("LambdaDeploymentsBucketPolicy"),
        "LambdaDeploymentsBucketPolicy: not a new resource of the template.",
    ),
    "there are outputs": (
        "network",
        "recovery/network.yaml",
        setting({"Bucket": {"Value": "b"}}, "Outputs"),
        "As part of the import operation, you cannot modify or add [Outputs].",
    ),
    "no policy for deleting": (
        "api",
        "recovery/api.yaml",
        lambda document: document["Resources"]["DeadLetterQueue"].pop("DeletionPolicy"),
        "DeadLetterQueue: resources to import need a DeletionPolicy.",
    ),
    "a reference leads out of the template": (
        "network",
        "recovery/network.yaml",
        property_({"Fn::GetAtt": ["FlowLogsKey", "Arn"]}, "FlowLogsLogGroup", "KmsKeyId"),
        "Template validation error: Resources.FlowLogsLogGroup.Properties.KmsKeyId.Fn::GetAtt: 'FlowLogsKey' "
        "is not a resource of this template. Did you mean 'LogsKey'?",
    ),
    "another name in the template": (
        "frontend",
        "recovery/frontend.yaml",
        property_("aws-waf-logs-other", "WAFLogGroup", "LogGroupName"),
        "WAFLogGroup: the template has another LogGroupName.",
    ),
    "another property identifies": (
        "api",
        "recovery/prod/api.json",
        identified({"QueueName": "letters"}, "DeadLetterQueue"),
        "DeadLetterQueue: the identifier is QueueUrl.",
    ),
    "a required property is missing": (
        "network",
        "recovery/network.yaml",
        lambda document: document["Resources"]["LambdaDeploymentsBucketPolicy"]["Properties"].pop(
            "PolicyDocument"
        ),
        "LambdaDeploymentsBucketPolicy: PolicyDocument is required.",
    ),
    "the resource does not exist": (
        "network",
        "recovery/prod/network.json",
        identified({"BucketName": "other"}, "LambdaDeploymentsBucket"),
        "LambdaDeploymentsBucket: the template has another BucketName.",
    ),
    "nothing has the tag": (
        "network",
        "recovery/prod/network.json",
        identified({"KeyId": {"Tag": "other"}}, "LogsKey"),
        "LogsKey: 0 resources are called {'Tag': 'other'}",
    ),
    "the second import changes what the first one took": (
        "database",
        "recovery/database-after-restore.yaml",
        property_("other", "DatabaseKey", "Description"),
        "DatabaseKey: an import cannot change Description.",
    ),
    "the deploy finds a name taken that the import left": (
        "frontend",
        "recovery/frontend.yaml",
        without("SiteBucketPolicy"),
        f"SiteBucketPolicy: AWS::S3::BucketPolicy {PROJECT}-prod-frontend-123456789012 exists already.",
    ),
    "the deploy replaces what has a name": (
        "database",
        "recovery/database-after-restore.yaml",
        property_("other", "DatabaseCluster", "DatabaseName"),
        f"DatabaseCluster: AWS::RDS::DBCluster {PROJECT}-prod-aurora-cluster exists already.",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_wrong_import_is_refused(assembly: Assembly, name: str) -> None:
    """The drill checks each rule of an import."""
    stack, path, change, message = REFUSED[name]
    files = changed(assembly, path, change)
    if name == "the deploy finds a name taken that the import left":
        listed = files.json("recovery/prod/frontend.json")
        without("SiteBucketPolicy")(listed)
        files.files["recovery/prod/frontend.json"] = json.dumps(listed).encode()

    with pytest.raises(RefusedError) as refusal:
        drill_one(files, stack)

    assert str(refusal.value) == message


def with_instance(assembly: Assembly) -> Files:
    """Return the files of production with a recovery that also imports the first instance."""
    (database,) = [stack for stack in assembly.stacks if stack.name == "database"]
    files = Files(dict(assembly.files), "prod")
    needed = ("DatabaseParameterGroup", "MonitoringRole")
    for step, names in (("before", needed), ("after", (*needed, "DatabaseInstance1"))):
        path = f"recovery/database-{step}-restore.yaml"
        document = deepcopy(files.template(path))
        document["Parameters"] = database.parameters
        document |= {key: database.template[key] for key in ("Mappings", "Conditions")}
        for name in names:
            document["Resources"][name] = {**database.resources[name], "DeletionPolicy": "Retain"}
        files.files[path] = render(document).encode("ascii")
    path = "recovery/prod/database-after-restore.json"
    document = files.json(path)
    document["Parameters"] = [
        {"ParameterKey": key, "ParameterValue": value}
        for key, value in files.values("database", {"Parameters": database.parameters}).items()
    ]
    document["ResourcesToImport"].append(
        {
            "ResourceType": "AWS::RDS::DBInstance",
            "LogicalResourceId": "DatabaseInstance1",
            "ResourceIdentifier": {"DBInstanceIdentifier": {"Tag": f"{PROJECT}-prod-aurora-instance-1"}},
        }
    )
    files.files[path] = json.dumps(document).encode()
    return files


def test_import_of_an_instance_is_refused(assembly: Assembly) -> None:
    """The class of all environments has no Performance Insights, so RDS rejects the key of the template."""
    with pytest.raises(RefusedError, match=r"^DatabaseInstance1: To enable Performance Insights, "):
        drill_one(with_instance(assembly), "database")


def test_forgotten_instance_blocks_the_next_deletion(assembly: Assembly) -> None:
    """The instance that was created to check the data must be deleted after the deploy."""
    drill = Drill(Files(assembly.files, "prod"))
    for stack in ("network", "database"):
        drill.deploy(stack)
    drill.delete("database")
    drill.take_back("database")
    drill.deploy("database")

    with pytest.raises(RefusedError, match="Cluster cannot be deleted, it still contains restored-prod"):
        drill.delete("database")
    drill.finish()
    drill.delete("database")


def test_changed_generator_loses_the_secret(assembly: Assembly) -> None:
    """If the import template generates another secret, the deploy generates it again."""
    secret = origin_secret(assembly)
    change = property_(41, secret, "GenerateSecretString", "PasswordLength")
    _, problems = drill_one(changed(assembly, "recovery/api.yaml", change), "api")

    assert problems == [
        f"api: {secret} was generated again",
        f"api: {secret} has lost what it held",
    ]


def test_changed_property_of_a_queue_replaces_it(assembly: Assembly) -> None:
    """A resource without a name has no conflict: a different create-only property replaces it."""
    change = property_(True, "DeadLetterQueue", "FifoQueue")
    _, problems = drill_one(changed(assembly, "recovery/api.yaml", change), "api")

    assert "api: DeadLetterQueue was replaced: ['FifoQueue']" in problems
    assert "api: DeadLetterQueue has lost what it held" in problems


def test_two_keys_with_one_tag_are_refused(assembly: Assembly) -> None:
    """The operator must decide which of two keys belongs to the stack."""
    drill = Drill(Files(assembly.files, "prod"))
    drill.deploy_all()
    drill.delete("frontend")
    key = next(
        thing for thing in drill.account.things.values() if thing.kind == "AWS::KMS::Key" and not thing.stack
    )
    drill.account.add(deepcopy(key))
    copy_of_key = deepcopy(key)
    copy_of_key.identifier = {"KeyId": "another"}
    drill.account.add(copy_of_key)

    with pytest.raises(RefusedError, match="FrontendKey: 2 resources are called"):
        drill.take_back("frontend")


def test_drill_prints_its_limits(assembly: Assembly, capsys: pytest.CaptureFixture[str]) -> None:
    """The printed drill lists every stack, the number of differences, and its limits."""
    report(assembly.files, [ENVIRONMENTS[0]])
    out = capsys.readouterr().out

    for stack in STACKS:
        assert f"{stack.name}; left behind:" in out
    assert "\n0 differences.\n" in out
    assert out.endswith("".join(f"- {limit}\n" for limit in UNKNOWN))
