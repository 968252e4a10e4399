"""CloudFormation for the terminal: the drill's model of it, over what moto has of the resources.

The pages look up what a deleted stack has left, restore a cluster, and import: the lookups and the restore go
to moto, the stacks to the model, and both know the same identifiers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import ClientError

from csr_templates.cloudformation.rendering import load

from ..drill.account import Account, Changes, Declared, Key, RefusedError, Stack, Thing
from ..drill.recovering import ACCOUNT, READERS, Drill, Files, faults
from .aws_cli import Command, CommandError
from .pages import CHOSEN_SNAPSHOT, ROOT

TOKYO: Final = "ap-northeast-1"
# What a stack answers that nothing happens to.
QUIET: Final = {
    "DetectStackDrift": {"StackDriftDetectionId": "detection"},
    "DescribeStackDriftDetectionStatus": {"DetectionStatus": "DETECTION_COMPLETE"},
    "DescribeStackEvents": {"StackEvents": []},
}
PASSWORD: Final = "only-in-the-mock"


def files() -> Files:
    """Return what ``out/`` holds, for production."""
    folder = ROOT / "out"
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return Files({path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}, "prod")


class MotoAccount(Account):
    """An account that has in moto, too, what the pages ask for.

    Attributes:
        client: service, region -> botocore's client.
    """

    def __init__(self, client: Callable[[str, str], Any]) -> None:
        super().__init__()
        self.client = client

    def identify(self, stack: Stack, logical_id: str, declared: Declared) -> dict[str, str]:
        """Create the resource in moto, and return the identifier that it has there."""
        found = super().identify(stack, logical_id, declared)
        make = _MAKERS.get(declared.kind)
        if make is not None:
            (name,) = found
            client = self.client(declared.kind.split("::")[1].lower(), stack.region)
            found[name] = make(client, found[name], declared.properties) or found[name]
        return found

    def found(self, key: Key) -> Thing | None:
        """Return the resource with a key, be it one that was created by hand."""
        region, kind, (identifier, *_) = key
        ask = {
            "AWS::RDS::DBCluster": ("describe_db_clusters", "DBClusterIdentifier"),
            "AWS::RDS::DBInstance": ("describe_db_instances", "DBInstanceIdentifier"),
        }.get(kind)
        if known := super().found(key):
            return known
        if ask is None:
            return None
        try:
            getattr(self.client("rds", region), ask[0])(**{ask[1]: identifier})
        except ClientError:
            return None
        return Thing(kind, region, {ask[1]: identifier}, {})

    def gone(self, thing: Thing) -> None:
        """Delete the resource in moto; a cluster leaves the snapshot that the tests choose."""
        rds = self.client("rds", TOKYO)
        if thing.kind == "AWS::RDS::DBInstance":
            rds.delete_db_instance(DBInstanceIdentifier=thing.ref)
        elif thing.kind == "AWS::RDS::DBCluster":
            rds.create_db_cluster_snapshot(
                DBClusterIdentifier=thing.ref, DBClusterSnapshotIdentifier=CHOSEN_SNAPSHOT
            )
            rds.delete_db_cluster(DBClusterIdentifier=thing.ref, SkipFinalSnapshot=True)
            for snapshot in rds.describe_db_cluster_snapshots()["DBClusterSnapshots"]:
                name = snapshot["DBClusterSnapshotIdentifier"]
                if name.startswith("rds:"):  # an automatic one, which goes with its cluster
                    rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier=name)
        elif thing.kind == "AWS::EC2::SecurityGroup":
            self.client("ec2", thing.region).delete_security_group(GroupId=thing.ref)


def _key(client: Any, name: str, properties: Mapping[str, Any]) -> str:
    del name
    tags = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in properties["Tags"]]
    return str(client.create_key(Tags=tags)["KeyMetadata"]["KeyId"])


def _secret(client: Any, name: str, properties: Mapping[str, Any]) -> str:
    del name
    generator = properties["GenerateSecretString"]
    value = json.loads(generator["SecretStringTemplate"]) | {generator["GenerateStringKey"]: PASSWORD}
    return str(client.create_secret(Name=properties["Name"], SecretString=json.dumps(value))["ARN"])


def _queue(client: Any, name: str, properties: Mapping[str, Any]) -> str:
    tags = {tag["Key"]: tag["Value"] for tag in properties["Tags"]}
    return str(client.create_queue(QueueName=name, tags=tags)["QueueUrl"])


def _vpc(client: Any, name: str, properties: Mapping[str, Any]) -> str:
    del name
    return str(client.create_vpc(CidrBlock=properties["CidrBlock"])["Vpc"]["VpcId"])


def _subnet(client: Any, name: str, properties: Mapping[str, Any]) -> str:
    del name
    given = {key: properties[key] for key in ("VpcId", "CidrBlock", "AvailabilityZone")}
    return str(client.create_subnet(**given)["Subnet"]["SubnetId"])


def _security_group(client: Any, name: str, properties: Mapping[str, Any]) -> str:
    del name
    group = client.create_security_group(
        GroupName=properties["GroupName"], Description="A group", VpcId=properties["VpcId"]
    )
    return str(group["GroupId"])


def _subnet_group(client: Any, name: str, properties: Mapping[str, Any]) -> None:
    client.create_db_subnet_group(
        DBSubnetGroupName=name, DBSubnetGroupDescription="Subnets", SubnetIds=properties["SubnetIds"]
    )


def _cluster_parameters(client: Any, name: str, properties: Mapping[str, Any]) -> None:
    client.create_db_cluster_parameter_group(
        DBClusterParameterGroupName=name, DBParameterGroupFamily=properties["Family"], Description="Cluster"
    )


def _parameters(client: Any, name: str, properties: Mapping[str, Any]) -> None:
    client.create_db_parameter_group(
        DBParameterGroupName=name, DBParameterGroupFamily=properties["Family"], Description="Instance"
    )


def _bucket(client: Any, name: str, properties: Mapping[str, Any]) -> None:
    del properties
    region = client.meta.region_name
    elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": region}}
    client.create_bucket(Bucket=name, **({} if region == "us-east-1" else elsewhere))
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})


def _role(client: Any, name: str, properties: Mapping[str, Any]) -> None:
    del properties
    client.create_role(RoleName=name, AssumeRolePolicyDocument="{}")


def _cluster(client: Any, name: str, properties: Mapping[str, Any]) -> None:
    client.create_db_cluster(
        DBClusterIdentifier=name,
        Engine=properties["Engine"],
        EngineVersion=properties["EngineVersion"],
        MasterUsername="csradmin",
        MasterUserPassword=PASSWORD,
    )


def _instance(client: Any, name: str, properties: Mapping[str, Any]) -> None:
    client.create_db_instance(
        DBInstanceIdentifier=name,
        **{key: properties[key] for key in ("DBClusterIdentifier", "DBInstanceClass", "Engine", "Tags")},
    )


# Type -> what creates one, and returns its identifier if the service makes it up. The client is that of the
# service in the name of the type.
_MAKERS: Final[Mapping[str, Callable[[Any, str, Mapping[str, Any]], str | None]]] = {
    "AWS::EC2::SecurityGroup": _security_group,
    "AWS::EC2::Subnet": _subnet,
    "AWS::EC2::VPC": _vpc,
    "AWS::IAM::Role": _role,
    "AWS::KMS::Key": _key,
    "AWS::RDS::DBCluster": _cluster,
    "AWS::RDS::DBClusterParameterGroup": _cluster_parameters,
    "AWS::RDS::DBInstance": _instance,
    "AWS::RDS::DBParameterGroup": _parameters,
    "AWS::RDS::DBSubnetGroup": _subnet_group,
    "AWS::S3::Bucket": _bucket,
    "AWS::SQS::Queue": _queue,
    "AWS::SecretsManager::Secret": _secret,
}


class Model:
    """Stacks that were deployed, and of which some were deleted.

    Attributes:
        drill: the account, and what is deployed to it.
        before: the account before something was deleted.
    """

    def __init__(self, client: Callable[[str, str], Any], deleted: str) -> None:
        self.drill = Drill(files(), MotoAccount(client))
        self.drill.deploy_all()
        self.before = self.drill.account.copy()
        self.gone = (*READERS[deleted], deleted)
        for stack in self.gone:
            self.drill.delete(stack)
        self._sets: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {}

    def wrong(self) -> list[str]:
        """Return what is not as it was before the deletion."""
        there = {name for _, name in self.drill.account.stacks}
        stacks = [stack for stack in reversed(self.gone) if self.drill.files.name(stack) in there]
        missing = [f"{stack}: still missing" for stack in reversed(self.gone) if stack not in stacks]
        found = faults(self.before, self.drill, stacks, dict.fromkeys(stacks, Changes()))
        # What moto has restored has no value that the model could compare.
        return missing + [one for one in found if not one.startswith("database: DatabaseCluster ")]

    def deploy(self, command: Command, folder: Path) -> str:
        """Do what ``aws cloudformation deploy`` does, and return the ARN of its change set.

        The AWS CLI leaves out parameters that the template does not have.
        """
        (template,), (values,) = command.options["--template-file"], command.options["--parameter-overrides"]
        document = load((folder / template).read_text())
        given = json.loads((folder / values.removeprefix("file://")).read_text())["Parameters"]
        passed = {name: value for name, value in given.items() if name in document["Parameters"]}
        (name,) = command.options["--stack-name"]
        arn = f"arn:aws:cloudformation:{command.region}:{ACCOUNT}:changeSet/deploy-{len(self._sets)}/1"
        self._sets[arn] = (self.drill.account.deploy, (name, command.region, document, passed))
        if "--no-execute-changeset" not in command.options:
            self._execute(arn)
        return arn

    def answer(self, command: Command) -> Any:
        """Return what CloudFormation answers."""
        given, account = command.parameters, self.drill.account
        name, change_set = given.get("StackName", ""), given.get("ChangeSetName", "")
        if change_set == "import":
            change_set = f"{command.region}/{name}"
        stack = account.stacks.get((command.region, name))
        match command.operation:
            case "CreateChangeSet":
                arguments = (
                    name,
                    command.region,
                    load(given["TemplateBody"]),
                    {one["ParameterKey"]: one["ParameterValue"] for one in given["Parameters"]},
                    given["ResourcesToImport"],
                )
                self._try(account.copy().import_resources, arguments)
                self._sets[change_set] = (account.import_resources, arguments)
                return {"Id": f"arn:aws:cloudformation:{command.region}:{ACCOUNT}:changeSet/import/1"}
            case "DescribeChangeSet":
                return self._described(change_set)
            case "ExecuteChangeSet":
                self._execute(change_set)
                return {}
            case "ListStacks":
                return {
                    "StackSummaries": [
                        {
                            "StackName": one,
                            "StackStatus": "CREATE_COMPLETE"
                            if (region, one) in account.stacks
                            else "DELETE_COMPLETE",
                        }
                        for region, one in self.before.stacks
                        if region == command.region
                    ]
                }
        if not name:  # a detection of drift goes by its own ID
            return QUIET.get(command.operation, {})
        if stack is None and not (command.is_waiter and change_set in self._sets):
            raise CommandError(f"Stack with id {name} does not exist")
        if command.operation == "DescribeStacks" and stack is not None:
            outputs = [{"OutputKey": key, "OutputValue": value} for key, value in stack.outputs.items()]
            described = {"StackName": name, "StackStatus": "CREATE_COMPLETE", "Outputs": outputs}
            path = f"parameters/prod/{name.rpartition('-')[2]}.json"
            values = self.drill.files.json(path)["Parameters"]
            return {
                "Stacks": [{**described, "Parameters": _as_list(values), "EnableTerminationProtection": True}]
            }
        if command.operation == "DescribeStackResource" and stack is not None:
            thing = stack.things[given["LogicalResourceId"]]
            return {"StackResourceDetail": {"PhysicalResourceId": thing.ref}}
        return QUIET.get(command.operation, {})

    def _described(self, change_set: str) -> Any:
        """Return what a change set would do: of a deploy only the name of its stack."""
        _, arguments = self._sets[change_set]
        listed = arguments[4] if len(arguments) > 4 else []
        changes = [
            {"ResourceChange": {"Action": "Import", "LogicalResourceId": one["LogicalResourceId"]}}
            for one in listed
        ]
        return {
            "StackName": arguments[0],
            "Status": "CREATE_COMPLETE",
            "Changes": changes,
            "Parameters": _as_list(arguments[3]),
        }

    def _execute(self, change_set: str) -> None:
        self._try(*self._sets.pop(change_set))

    def _try(self, operation: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        try:
            operation(*arguments)
        except RefusedError as error:
            raise CommandError(str(error)) from error


def _as_list(parameters: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
