"""CloudFormation for the terminal: the drill's model of it, over what moto has of the resources.

The pages look up what a deleted stack has left, restore a cluster, and import: the lookups and the restore go
to moto, the stacks to the model, and both know the same identifiers.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from tests.docs.aws_cli import Command, CommandError
from tests.docs.pages import CHOICES, ROOT
from tests.system import PROJECT, STACK_NAMES, readers

from ..drill.account import Changes, RefusedError, Stack
from ..drill.recovering import ACCOUNT, Drill, Files, faults, loaded
from .moto_account import PACKAGES, TOKYO, MotoAccount, default_group

# What a stack answers that nothing happens to.
QUIET: Final = {
    "DetectStackDrift": {"StackDriftDetectionId": "detection"},
    "DescribeStackDriftDetectionStatus": {"DetectionStatus": "DETECTION_COMPLETE"},
    "DescribeEvents": {"OperationEvents": []},
    "DescribeStackResourceDrifts": {"StackResourceDrifts": []},
    "ListChangeSets": {
        "Summaries": [
            {
                "ChangeSetId": CHOICES["CHANGE_SET"],
                "Status": "FAILED",
                "CreationTime": "2026-11-25T01:30:00+00:00",
            }
        ]
    },
}
# What the bootstrap stacks of the hand-over were given.
BOOTSTRAP: Final = {
    "StackStatus": "CREATE_COMPLETE",
    "Parameters": [{"ParameterKey": "DeletePolicies", "ParameterValue": "attached"}],
}
DELETED_AT: Final = "2026-11-25T01:30:00+00:00"
CREATED_AT: Final = "2020-01-01T00:00:00+00:00"  # of the stacks: moto restores a cluster now
TAGS: Final = [{"Key": "Project", "Value": PROJECT}, {"Key": "Environment", "Value": "prod"}]


@cache
def files() -> Files:
    """Return the content of ``out/`` for production."""
    folder = ROOT / "out"
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return Files({path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}, "prod")


@dataclass
class State:
    """The state of a stack in CloudFormation besides its resources.

    Attributes:
        status: ``CREATE_COMPLETE``, ``UPDATE_COMPLETE`` or ``IMPORT_COMPLETE``.
        values: its parameters.
        is_protected: whether it has termination protection and a stack policy.
    """

    status: str
    values: Mapping[str, str]
    is_protected: bool = False


class Model:
    """Stacks that were deployed, and of which some were deleted.

    Attributes:
        drill: the account, and what is deployed to it.
        before: the account before something was deleted.
        gone: the stacks that were deleted, in order: those named, and what reads from them.
        package: the version of the package that was deployed last.
    """

    def __init__(self, client: Callable[[str, str], Any], *deleted: str) -> None:
        self.client = client
        self.drill = Drill(files(), MotoAccount(client))
        self.drill.deploy_all()
        self.before = self.drill.account.copy()
        closed = {one for stack in deleted for one in (*readers(stack), stack)}
        self.gone = tuple(stack for stack in reversed(STACK_NAMES) if stack in closed)
        self.package = self._newest_package()
        self._states = {
            key: State("CREATE_COMPLETE", self._values(name), is_protected=True)
            for key in self.before.stacks
            for name in [key[1].rpartition("-")[2]]
        }
        self._deleted = {}
        for stack in self.gone:
            region, name = self.drill.files.entry(stack)["region"], self.drill.files.name(stack)
            self.drill.delete(stack)
            arn = f"arn:aws:cloudformation:{region}:{ACCOUNT}:stack/{name}/deleted"
            self._deleted[arn] = self._states.pop((region, name))
        self._sets: dict[str, tuple[Callable[..., Any], tuple[Any, ...], str]] = {}

    def _values(self, stack: str) -> dict[str, str]:
        template = self.drill.files.template(self.drill.files.entry(stack)["template"])
        values = self.drill.files.values(stack, template)
        return values | {name: self.package for name in ("LambdaCodeS3ObjectVersion",) if name in values}

    def _newest_package(self) -> str:
        (bucket,) = [
            name
            for _, kind, (name, *_) in self.before.things
            if kind == "AWS::S3::Bucket" and PACKAGES in name
        ]
        listed = self.client("s3", TOKYO).list_object_versions(Bucket=bucket)["Versions"]
        return str(next(one["VersionId"] for one in listed if one["IsLatest"]))

    def wrong(self) -> list[str]:
        """Return what of data, names and resources is not as it was before the deletion."""
        stacks = self._back()
        missing = [f"{stack}: still missing" for stack in reversed(self.gone) if stack not in stacks]
        found = faults(self.before, self.drill, stacks, dict.fromkeys(stacks, Changes()))
        # What moto has restored has no value that the model could compare.
        return missing + [one for one in found if not one.startswith("database: DatabaseCluster ")]

    def unfinished(self) -> list[str]:
        """Return what an operator has still to do after the stacks are back."""
        found = []
        for stack in self._back():
            region = self.drill.files.entry(stack)["region"]
            deployed = self._stack(stack)
            if not self._states[region, deployed.name].is_protected:
                found.append(f"{stack}: termination protection or stack policy is missing")
            for logical_id, thing in deployed.things.items():
                if thing.kind == "AWS::SNS::Topic":
                    listed = self.client("sns", region).list_subscriptions_by_topic(TopicArn=thing.ref)
                    if not listed["Subscriptions"]:
                        found.append(f"{stack}: {logical_id} has no subscription")
                elif thing.kind == "AWS::RDS::DBCluster":
                    asked = [{"Name": "db-cluster-id", "Values": [thing.ref]}]
                    listed = self.client("rds", region).describe_db_instances(Filters=asked)
                    own = {other.ref for other in deployed.things.values()}
                    found += [
                        f"{stack}: {name} is an instance of {logical_id}, and does not belong to the stack"
                        for instance in listed["DBInstances"]
                        if (name := instance["DBInstanceIdentifier"]) not in own
                    ]
                elif thing.kind == "AWS::EC2::VPC":
                    group = default_group(self.client("ec2", region), thing.ref)
                    if group["IpPermissions"] or group["IpPermissionsEgress"]:
                        found.append(f"{stack}: the default security group of the VPC is open")
                elif thing.kind == "AWS::Lambda::Function":
                    version = thing.properties["Code"]["S3ObjectVersion"]
                    if version != self.package:
                        found.append(f"{stack}: {logical_id} has package {version}, not {self.package}")
        there = {name for _, name in self.drill.account.stacks}
        if {self.drill.files.name(stack) for stack in ("api", "frontend")} <= there:
            api = self._stack("api").outputs.get("ApiGatewayId", "")
            distribution = self._stack("frontend").things.get("Distribution")
            if distribution is not None and f"{api}." not in str(distribution.properties):
                found.append(f"frontend: CloudFront does not lead to the API {api}")
        return found

    def _back(self) -> list[str]:
        there = {name for _, name in self.drill.account.stacks}
        return [stack for stack in reversed(self.gone) if self.drill.files.name(stack) in there]

    def _stack(self, name: str) -> Stack:
        region = self.drill.files.entry(name)["region"]
        return self.drill.account.stacks[region, self.drill.files.name(name)]

    def deploy(self, command: Command, folder: Path) -> str:
        """Do what ``aws cloudformation deploy`` does, and return the ARN of its change set.

        The AWS CLI leaves out parameters that the template does not have.
        """
        (template,), (values,) = command.options["--template-file"], command.options["--parameter-overrides"]
        document = loaded((folder / template).read_bytes())
        given = json.loads((folder / values.removeprefix("file://")).read_text())["Parameters"]
        passed = {name: value for name, value in given.items() if name in document["Parameters"]}
        (name,) = command.options["--stack-name"]
        arn = self._planned(name, command.region, document, passed)
        if "--no-execute-changeset" not in command.options:
            self._execute(arn)
        return arn

    def _planned(self, name: str, region: str, document: Mapping[str, Any], values: dict[str, str]) -> str:
        """Keep a change set that updates a stack, and return its ARN."""
        arn = f"arn:aws:cloudformation:{region}:{ACCOUNT}:changeSet/{name}/1"
        arguments = (name, region, document, values)
        self._sets[arn] = (self.drill.account.deploy, arguments, "UPDATE_COMPLETE")
        return arn

    def answer(self, command: Command) -> Any:
        """Return what CloudFormation answers."""
        given, account = command.parameters, self.drill.account
        name, change_set = given.get("StackName", ""), given.get("ChangeSetName", "")
        if change_set == "import":
            change_set = f"{command.region}/{name}"
        stack = account.stacks.get((command.region, name))
        match command.operation:
            case "CreateChangeSet" if given["ChangeSetType"] == "UPDATE":
                bucket, _, key = given["TemplateURL"].removeprefix("https://").partition("/")
                found = self.client("s3", command.region).get_object(Bucket=bucket.split(".")[0], Key=key)
                values = {one["ParameterKey"]: one["ParameterValue"] for one in given["Parameters"]}
                return {"Id": self._planned(name, command.region, loaded(found["Body"].read()), values)}
            case "CreateChangeSet":
                arguments = (
                    name,
                    command.region,
                    loaded(given["TemplateBody"].encode()),
                    {one["ParameterKey"]: one["ParameterValue"] for one in given["Parameters"]},
                    given["ResourcesToImport"],
                )
                self._try(account.copy().import_resources, arguments)
                self._sets[change_set] = (account.import_resources, arguments, "IMPORT_COMPLETE")
                return {"Id": f"arn:aws:cloudformation:{command.region}:{ACCOUNT}:changeSet/import/1"}
            case "DescribeChangeSet":
                return self._described(change_set)
            case "ExecuteChangeSet":
                self._execute(change_set)
                return {}
            case "ListStacks":
                return {"StackSummaries": self._listed(command.region, given.get("StackStatusFilter"))}
        if not name:  # a drift detection has its own ID
            return QUIET.get(command.operation, {})
        if name in self._deleted:
            return self._of_deleted(command.operation, name)
        if name.startswith("deploy-"):
            return {"Stacks": [BOOTSTRAP]}
        if (
            stack is None
            and command.operation == "DescribeStacks"
            and f"{command.region}/{name}" in self._sets
        ):
            return {"Stacks": [{"StackName": name, "StackStatus": "REVIEW_IN_PROGRESS"}]}
        if stack is None and not (command.is_waiter and change_set in self._sets):
            raise CommandError(f"Stack with id {name} does not exist")
        return QUIET.get(command.operation, {}) if stack is None else self._of_stack(command, stack)

    def _listed(self, region: str, statuses: Sequence[str] | None) -> list[dict[str, str]]:
        """Return the summaries of the stacks of a region, also of those that were deleted."""
        present = [
            (f"arn:aws:cloudformation:{region}:{ACCOUNT}:stack/{name}/1", self._states[place, name].status)
            for place, name in self.drill.account.stacks
            if place == region
        ]
        gone = [(arn, "DELETE_COMPLETE") for arn in self._deleted if arn.split(":")[3] == region]
        return [
            {"StackName": arn.split("/")[1], "StackId": arn, "StackStatus": status}
            | ({"DeletionTime": DELETED_AT} if status == "DELETE_COMPLETE" else {})
            for arn, status in [*present, *gone]
            if not statuses or status in statuses
        ]

    def _of_deleted(self, operation: str, arn: str) -> Any:
        name, state = arn.split("/")[1], self._deleted[arn]
        if operation == "GetTemplate":
            entry = self.drill.files.entry(name.rpartition("-")[2])
            return {"TemplateBody": self.drill.files.files[entry["template"]].decode("ascii")}
        described = {"StackName": name, "StackId": arn, "StackStatus": "DELETE_COMPLETE"}
        return {"Stacks": [described | {"DeletionTime": DELETED_AT, "Parameters": _as_list(state.values)}]}

    def _of_stack(self, command: Command, stack: Stack) -> Any:
        state = self._states[stack.region, stack.name]
        match command.operation:
            case "UpdateTerminationProtection" | "SetStackPolicy":
                state.is_protected = True
            case "ListStackResources":
                return {
                    "StackResourceSummaries": [
                        {
                            "LogicalResourceId": name,
                            "PhysicalResourceId": thing.ref,
                            "ResourceType": thing.kind,
                        }
                        for name, thing in stack.things.items()
                    ]
                }
            case "DescribeStacks":
                described = {
                    "StackName": stack.name,
                    "StackStatus": state.status,
                    "CreationTime": CREATED_AT,
                    "EnableTerminationProtection": state.is_protected,
                    "Parameters": _as_list(state.values),
                    "Outputs": [
                        {"OutputKey": key, "OutputValue": value} for key, value in stack.outputs.items()
                    ],
                    "Tags": TAGS,
                }
                return {"Stacks": [described]}
            case "DescribeStackResourceDrifts":
                return {"StackResourceDrifts": list(_drifts(stack))}
            case "DescribeStackResource":
                logical_id = command.parameters["LogicalResourceId"]
                if logical_id not in stack.things:
                    raise CommandError(f"Resource {logical_id} does not exist for stack {stack.name}")
                return {"StackResourceDetail": {"PhysicalResourceId": stack.things[logical_id].ref}}
        return QUIET.get(command.operation, {})

    def _described(self, change_set: str) -> Any:
        """Return what a change set would do: of a deploy only the name of its stack."""
        _, arguments, _ = self._sets[change_set]
        listed = arguments[4] if len(arguments) > 4 else []
        changes = [
            {
                "ResourceChange": {
                    "Action": "Import",
                    "LogicalResourceId": one["LogicalResourceId"],
                    "PhysicalResourceId": "|".join(one["ResourceIdentifier"].values()),
                }
            }
            for one in listed
        ]
        return {
            "StackName": arguments[0],
            "Status": "CREATE_COMPLETE",
            "ChangeSetId": change_set,
            "CreationTime": DELETED_AT,
            "Changes": changes,
            "Parameters": _as_list(arguments[3]),
        }

    def _execute(self, change_set: str) -> None:
        operation, arguments, status = self._sets[change_set]
        self._try(operation, arguments)
        name, region, _, values, *_ = arguments
        before = self._states.get((region, name))
        self._states[region, name] = State(status, values, before is not None and before.is_protected)

    def _try(self, operation: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        try:
            operation(*arguments)
        except RefusedError as error:
            raise CommandError(str(error)) from error


def _drifts(stack: Stack) -> Iterator[dict[str, Any]]:
    """Yield the drift of instances without Performance Insights, whose key RDS does not return.

    https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-rds (aws-rds-dbinstance:
    ReadHandler, Translator.translateDbInstanceFromSdkBuilder)
    """
    for logical_id, declared in stack.declared.items():
        key = declared.properties.get("PerformanceInsightsKMSKeyId")
        if key and not declared.properties["EnablePerformanceInsights"]:
            removed = {
                "PropertyPath": "/PerformanceInsightsKMSKeyId",
                "ExpectedValue": key,
                "ActualValue": "null",
                "DifferenceType": "REMOVE",
            }
            yield {
                "LogicalResourceId": logical_id,
                "StackResourceDriftStatus": "MODIFIED",
                "PropertyDifferences": [removed],
            }


def _as_list(parameters: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
