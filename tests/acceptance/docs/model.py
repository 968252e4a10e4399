"""CloudFormation for ``csr-operate``: the drill's model of it, over what moto has of the resources.

The pages look up what a deleted stack has left, restore a cluster, and import: the lookups and the restore go
to moto, the stacks to the model, and both know the same identifiers.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, NamedTuple

from csr_templates.operating.environment import OperatedEnvironment
from tests.csr_templates.operating.stacks import AwsError, CloudFormation
from tests.docs.pages import ROOT
from tests.system import PROJECT, STACK_NAMES, readers

from ..drill.account import Changes, RefusedError, Stack, Thing
from ..drill.recovering import ACCOUNT, Drill, Files, faults, loaded
from .moto_account import PACKAGES, TOKYO, MotoAccount, default_group

# What CloudFormation answers when nothing happens to a stack.
QUIET: Final[Mapping[str, Mapping[str, Any]]] = {
    "DescribeStackDriftDetectionStatus": {
        "StackId": "stack",
        "StackDriftDetectionId": "detection",
        "DetectionStatus": "DETECTION_COMPLETE",
        "Timestamp": datetime(2026, 11, 25, 1, 30, tzinfo=UTC),
    },
    "DescribeEvents": {"OperationEvents": []},
    "DescribeStackEvents": {"StackEvents": []},
}
# The stacks with the roles of the deploys.
BOOTSTRAP: Final = {
    "StackStatus": "CREATE_COMPLETE",
    "Parameters": [{"ParameterKey": "DeletePolicies", "ParameterValue": "attached"}],
}
DELETED_AT: Final = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)
CREATED_AT: Final = datetime(2026, 11, 1, tzinfo=UTC)  # of the first stacks
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
        created: when it was created.
        updated: when its last update began; None before the first one.
        is_protected: whether it has termination protection and a stack policy.
    """

    status: str
    values: Mapping[str, str]
    created: datetime
    updated: datetime | None = None
    is_protected: bool = False


class PlannedUpdate(NamedTuple):
    """What a change set does.

    Attributes:
        operation: of the model.
        arguments: its arguments; the first are name and region of the stack.
        status: of the stack afterwards.
    """

    operation: Callable[..., Any]
    arguments: tuple[Any, ...]
    status: str


class Model(CloudFormation):
    """Stacks that were deployed, and of which some were deleted.

    Attributes:
        drill: the account, and what is deployed to it.
        before: the account before something was deleted.
        gone: the stacks that were deleted, in order: those named, and what reads from them.
        package: the version of the package that was deployed last.
    """

    def __init__(self, environment: OperatedEnvironment) -> None:
        super().__init__(environment)
        self._planned: dict[str, PlannedUpdate] = {}

    def lose(self, client: Callable[[str, str], Any], *deleted: str) -> None:
        """Deploy all stacks, and delete some, with those that read from them.

        Args:
            client: service, region -> client of moto.
            deleted: names of the stacks.
        """
        self.client = client
        self.drill = Drill(files(), MotoAccount(client))
        self.drill.deploy_all()
        self.before = self.drill.account.copy()
        lost = set(deleted)
        for stack in deleted:
            lost.update(readers(stack))
        self.gone = tuple(stack for stack in reversed(STACK_NAMES) if stack in lost)
        self.package = self._newest_package()
        self._states = {}
        for region, name in self.before.stacks:
            values = self._values(name.rpartition("-")[2])
            self._states[region, name] = State("CREATE_COMPLETE", values, CREATED_AT, is_protected=True)
        self._deleted = {}
        for stack in self.gone:
            region, name = self.drill.files.entry(stack)["region"], self.drill.files.name(stack)
            self.drill.delete(stack)
            arn = f"arn:aws:cloudformation:{region}:{ACCOUNT}:stack/{name}/deleted"
            self._deleted[arn] = self._states.pop((region, name))

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
        return str(next(version["VersionId"] for version in listed if version["IsLatest"]))

    def output(self, stack: str, key: str) -> str:
        """Return an output of a stack."""
        return self._of_name(stack).outputs[key]

    def wrong(self) -> list[str]:
        """Return what of data, names and resources is not as it was before the deletion."""
        stacks = self._back()
        missing = [f"{stack}: still missing" for stack in reversed(self.gone) if stack not in stacks]
        differences = faults(self.before, self.drill, stacks, dict.fromkeys(stacks, Changes()))
        # What moto has restored has no value that the model could compare.
        return missing + [
            difference
            for difference in differences
            if not difference.startswith("database: DatabaseCluster ")
        ]

    def unfinished(self) -> list[str]:
        """Return what an operator has still to do after the stacks are back."""
        sentences = []
        for stack in self._back():
            deployed = self._of_name(stack)
            if not self._states[deployed.region, deployed.name].is_protected:
                sentences.append(f"{stack}: termination protection or stack policy is missing")
            for logical_id, thing in deployed.things.items():
                if sentence := self._unfinished(deployed, logical_id, thing):
                    sentences.append(f"{stack}: {sentence}")
        present = {name for _, name in self.drill.account.stacks}
        if {self.drill.files.name(stack) for stack in ("api", "frontend")} <= present:
            api = self._of_name("api").outputs.get("ApiGatewayId", "")
            distribution = self._of_name("frontend").things.get("Distribution")
            if distribution is not None and f"{api}." not in str(distribution.properties):
                sentences.append(f"frontend: CloudFront does not lead to the API {api}")
        return sentences

    def _unfinished(self, stack: Stack, logical_id: str, thing: Thing) -> str:
        """Return what is still to do about a resource; empty if nothing is."""
        match thing.kind:
            case "AWS::SNS::Topic":
                listed = self.client("sns", stack.region).list_subscriptions_by_topic(TopicArn=thing.ref)
                return "" if listed["Subscriptions"] else f"{logical_id} has no subscription"
            case "AWS::RDS::DBCluster":
                return self._of_foreign_instances(stack, logical_id, thing)
            case "AWS::EC2::VPC":
                group = default_group(self.client("ec2", stack.region), thing.ref)
                if group["IpPermissions"] or group["IpPermissionsEgress"]:
                    return "the default security group of the VPC is open"
            case "AWS::Lambda::Function":
                version = thing.properties["Code"]["S3ObjectVersion"]
                if version != self.package:
                    return f"{logical_id} has package {version}, not {self.package}"
        return ""

    def _of_foreign_instances(self, stack: Stack, logical_id: str, cluster: Thing) -> str:
        """Return which instances of a cluster do not belong to its stack; empty if all do."""
        filters = [{"Name": "db-cluster-id", "Values": [cluster.ref]}]
        instances = self.client("rds", stack.region).describe_db_instances(Filters=filters)["DBInstances"]
        own = {thing.ref for thing in stack.things.values()}
        names = [instance["DBInstanceIdentifier"] for instance in instances]
        foreign = [name for name in names if name not in own]
        if not foreign:
            return ""
        return f"{', '.join(foreign)}: instances of {logical_id} that do not belong to the stack"

    def _back(self) -> list[str]:
        there = {name for _, name in self.drill.account.stacks}
        return [stack for stack in reversed(self.gone) if self.drill.files.name(stack) in there]

    def _of_name(self, name: str) -> Stack:
        region = self.drill.files.entry(name)["region"]
        return self.drill.account.stacks[region, self.drill.files.name(name)]

    # ---- CloudFormation ----

    def answer(self, operation: str, parameters: Mapping[str, Any], region: str) -> dict[str, Any]:
        """Return what CloudFormation answers.

        Raises:
            AwsError: it refuses the call.
        """
        name = parameters.get("StackName", "")
        try:
            match operation:
                case "CreateChangeSet":
                    return {"Id": self._plan(parameters, region)}
                case "DescribeChangeSet" | "ExecuteChangeSet":
                    arn = self._change_set_arn(parameters, region)
                    if operation == "DescribeChangeSet":
                        return self._described(arn)
                    self._carry_out(self._planned.pop(arn))
                    return {}
                case "ListStacks":
                    return {"StackSummaries": self._listed(region, parameters.get("StackStatusFilter"))}
                case "GetTemplateSummary":
                    declared = loaded(parameters["TemplateBody"].encode())["Parameters"]
                    return {"Parameters": [{"ParameterKey": parameter} for parameter in declared]}
                case "UpdateStack":
                    document, values = self._document(parameters, region)
                    arguments = (name, region, document, values)
                    self._carry_out(PlannedUpdate(self.drill.account.deploy, arguments, "UPDATE_COMPLETE"))
                    return {}
                case _ if operation in QUIET:
                    return dict(QUIET[operation])
            if name in self._deleted:
                return self._of_deleted(operation, name)
            if name.startswith("deploy-"):
                return {"Stacks": [{"StackName": name, "CreationTime": CREATED_AT, **BOOTSTRAP}]}
            if operation == "DescribeStacks" and self._is_only_planned(region, name):
                return {
                    "Stacks": [
                        {"StackName": name, "CreationTime": CREATED_AT, "StackStatus": "REVIEW_IN_PROGRESS"}
                    ]
                }
            stack = self.drill.account.stacks.get((region, name))
            if stack is None:
                raise AwsError("ValidationError", f"Stack with id {name} does not exist")
            return self._of_stack(operation, parameters, stack)
        except RefusedError as error:
            raise AwsError("ValidationError", str(error)) from error

    def _is_only_planned(self, region: str, name: str) -> bool:
        """Return whether a stack has a change set, and does not exist otherwise."""
        is_planned = any(planned.arguments[:2] == (name, region) for planned in self._planned.values())
        return is_planned and (region, name) not in self.drill.account.stacks

    def _document(self, parameters: Mapping[str, Any], region: str) -> tuple[Any, dict[str, str]]:
        """Return the template of a call, and its parameters with those that keep their values."""
        if "TemplateBody" in parameters:
            document = loaded(parameters["TemplateBody"].encode())
        else:
            bucket, _, key = parameters["TemplateURL"].removeprefix("https://").partition("/")
            stored = self.client("s3", region).get_object(Bucket=bucket.split(".")[0], Key=key)
            document = loaded(stored["Body"].read())
        state = self._states.get((region, parameters["StackName"]))
        values = {}
        for parameter in parameters["Parameters"]:
            key = parameter["ParameterKey"]
            if parameter.get("UsePreviousValue"):
                assert state is not None
                values[key] = state.values[key]
            else:
                values[key] = parameter["ParameterValue"]
        return document, values

    def _plan(self, parameters: Mapping[str, Any], region: str) -> str:
        """Keep a change set, and return its ARN; CloudFormation checks an import at once."""
        name, account = parameters["StackName"], self.drill.account
        document, values = self._document(parameters, region)
        arn = self._change_set_arn(parameters, region)
        if parameters["ChangeSetType"] != "IMPORT":
            arguments: tuple[Any, ...] = (name, region, document, values)
            self._planned[arn] = PlannedUpdate(account.deploy, arguments, "UPDATE_COMPLETE")
            return arn
        arguments = (name, region, document, values, parameters["ResourcesToImport"])
        account.copy().import_resources(*arguments)
        self._planned[arn] = PlannedUpdate(account.import_resources, arguments, "IMPORT_COMPLETE")
        return arn

    def _change_set_arn(self, parameters: Mapping[str, Any], region: str) -> str:
        """Return the ARN of a change set, which is named by itself or by its stack and its name."""
        change_set = parameters["ChangeSetName"]
        if change_set.startswith("arn:"):
            return str(change_set)
        stack = parameters["StackName"]
        return f"arn:aws:cloudformation:{region}:{ACCOUNT}:changeSet/{change_set}/{stack}"

    def _described(self, arn: str) -> dict[str, Any]:
        """Return what a change set would do: of a deploy only the name of its stack."""
        planned = self._planned[arn]
        name, _, _, values, *listed = planned.arguments
        changes = []
        imported = listed[0] if listed else []
        for resource in imported:
            change = {
                "Action": "Import",
                "LogicalResourceId": resource["LogicalResourceId"],
                "PhysicalResourceId": "|".join(resource["ResourceIdentifier"].values()),
            }
            changes.append({"Type": "Resource", "ResourceChange": change})
        return {
            "StackName": name,
            "ChangeSetName": arn.split("/")[1],
            "ChangeSetId": arn,
            "Status": "CREATE_COMPLETE",
            "ExecutionStatus": "AVAILABLE",
            "CreationTime": DELETED_AT,
            "Changes": changes,
            "Parameters": _as_list(values),
        }

    def _carry_out(self, planned: "PlannedUpdate") -> None:
        planned.operation(*planned.arguments)
        name, region, _, values, *_ = planned.arguments
        before = self._states.get((region, name))
        if before is None:
            self._states[region, name] = State(planned.status, values, datetime.now(UTC))
        else:
            began = datetime.now(UTC)
            self._states[region, name] = replace(before, status=planned.status, values=values, updated=began)

    def _listed(self, region: str, statuses: Sequence[str] | None) -> list[dict[str, Any]]:
        """Return the summaries of the stacks of a region, also of those that were deleted."""
        summaries: list[dict[str, Any]] = []
        for place, name in self.drill.account.stacks:
            if place == region:
                arn = f"arn:aws:cloudformation:{region}:{ACCOUNT}:stack/{name}/1"
                status = self._states[place, name].status
                summaries.append({"StackName": name, "StackId": arn, "StackStatus": status})
        for arn in self._deleted:
            if arn.split(":")[3] == region:
                summary = {"StackName": arn.split("/")[1], "StackId": arn, "StackStatus": "DELETE_COMPLETE"}
                summaries.append({**summary, "DeletionTime": DELETED_AT})
        return [
            {"CreationTime": CREATED_AT, **summary}
            for summary in summaries
            if not statuses or summary["StackStatus"] in statuses
        ]

    def _of_deleted(self, operation: str, arn: str) -> dict[str, Any]:
        name = arn.split("/")[1]
        if operation == "GetTemplate":
            entry = self.drill.files.entry(name.rpartition("-")[2])
            return {"TemplateBody": self.drill.files.files[entry["template"]].decode("ascii")}
        description = {"StackName": name, "StackId": arn, "StackStatus": "DELETE_COMPLETE"}
        times = {"CreationTime": CREATED_AT, "DeletionTime": DELETED_AT}
        return {"Stacks": [{**description, **times, "Parameters": _as_list(self._deleted[arn].values)}]}

    def _of_stack(self, operation: str, parameters: Mapping[str, Any], stack: Stack) -> dict[str, Any]:
        state = self._states[stack.region, stack.name]
        match operation:
            case "UpdateTerminationProtection" | "SetStackPolicy":
                state.is_protected = True
                return {}
            case "ListStackResources":
                return {"StackResourceSummaries": [_resource(stack, name) for name in stack.things]}
            case "DescribeStacks":
                outputs = [{"OutputKey": key, "OutputValue": value} for key, value in stack.outputs.items()]
                description = {
                    "StackName": stack.name,
                    "StackStatus": state.status,
                    "CreationTime": state.created,
                    "EnableTerminationProtection": state.is_protected,
                    "Parameters": _as_list(state.values),
                    "Outputs": outputs,
                    "Tags": TAGS,
                }
                if state.updated is not None:
                    description["LastUpdatedTime"] = state.updated
                return {"Stacks": [description]}
            case "DetectStackDrift":
                return {"StackDriftDetectionId": stack.name}
            case "DescribeStackResourceDrifts":
                return {"StackResourceDrifts": list(_drifts(stack))}
            case "DescribeStackResource":
                logical_id = parameters["LogicalResourceId"]
                if logical_id not in stack.things:
                    message = f"Resource {logical_id} does not exist for stack {stack.name}"
                    raise AwsError("ValidationError", message)
                return {"StackResourceDetail": _resource(stack, logical_id)}
        raise AssertionError(f"No answer for cloudformation:{operation}: add it here.")


def _resource(stack: Stack, logical_id: str) -> dict[str, Any]:
    thing = stack.things[logical_id]
    return {
        "LogicalResourceId": logical_id,
        "PhysicalResourceId": thing.ref,
        "ResourceType": thing.kind,
        "ResourceStatus": "CREATE_COMPLETE",
        "LastUpdatedTimestamp": CREATED_AT,
    }


def _drifts(stack: Stack) -> Iterator[dict[str, Any]]:
    """Yield each resource; of instances without Performance Insights, RDS does not return the key.

    https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-rds (aws-rds-dbinstance:
    ReadHandler, Translator.translateDbInstanceFromSdkBuilder)
    """
    for logical_id, declared in stack.declared.items():
        drift = {
            "StackId": stack.name,
            "LogicalResourceId": logical_id,
            "ResourceType": declared.kind,
            "Timestamp": DELETED_AT,
            "StackResourceDriftStatus": "IN_SYNC",
        }
        key = declared.properties.get("PerformanceInsightsKMSKeyId")
        if key and not declared.properties["EnablePerformanceInsights"]:
            removed = {
                "PropertyPath": "/PerformanceInsightsKMSKeyId",
                "ExpectedValue": key,
                "ActualValue": "null",
                "DifferenceType": "REMOVE",
            }
            drift = {**drift, "StackResourceDriftStatus": "MODIFIED", "PropertyDifferences": [removed]}
        yield drift


def _as_list(parameters: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
