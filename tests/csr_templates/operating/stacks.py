"""The answers of CloudFormation about the stacks of an environment, as far as the commands need them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from csr_templates.operating.environment import OperatedEnvironment, Stack
from tests.system import PROJECT

ACCOUNT: Final = "123456789012"
PREFIX: Final = f"{PROJECT}-prod"
"""What the names of production begin with."""
CREATED: Final = datetime(2026, 11, 1, 1, 30, tzinfo=UTC)
UPDATED: Final = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)
PLANNED: Final = datetime(2026, 11, 26, 1, 30, tzinfo=UTC)


TYPES: Final = {
    "ApiFunctionVersion": "AWS::Lambda::Version",
    "FrontendKey": "AWS::KMS::Key",
    "FunctionKey": "AWS::KMS::Key",
    "LogsKey": "AWS::KMS::Key",
}
"""Logical ID -> type, as far as anything reads it; of other resources, it is that of a function."""


AS_IN_TEMPLATE: Final = {
    "StackId": "arn",
    "LogicalResourceId": "Resource",
    "ResourceType": "AWS::SNS::Topic",
    "StackResourceDriftStatus": "IN_SYNC",
    "Timestamp": UPDATED,
}
"""A resource that does not differ, in the answer of DescribeStackResourceDrifts."""


class AwsError(Exception):
    """An error response of AWS."""

    def __init__(self, code: str, message: str = "", status: int = 400) -> None:
        super().__init__(code)
        self.code, self.message, self.status = code, message, status


@dataclass
class ChangeSet:
    """A change set.

    Attributes:
        stack: name of its stack in the manifest.
        request: the parameters of CreateChangeSet.
        coming: the statuses that the next descriptions show.
        status: its status now.
        reason: of a failure.
        execution: whether it can be executed.
        changes: pairs of action and logical ID.
        events: what DescribeEvents returns of it.
        parameters: name -> value, after the update.
    """

    stack: str
    request: Mapping[str, Any]
    coming: list[str] = field(default_factory=list)
    status: str = "CREATE_COMPLETE"
    reason: str = ""
    execution: str = "AVAILABLE"
    changes: list[tuple[str, str]] = field(default_factory=lambda: [("Modify", "ApiFunction")])
    events: list[dict[str, Any]] = field(default_factory=list)
    parameters: dict[str, str] = field(default_factory=dict)

    def describe(self, arn: str, deployed: str) -> dict[str, Any]:
        """Return the description, and let the time pass by one status."""
        description = {
            "ChangeSetId": arn,
            "ChangeSetName": self.request["ChangeSetName"],
            "StackName": deployed,
            "CreationTime": PLANNED,
            "Status": self.status,
            "StatusReason": self.reason,
            "ExecutionStatus": self.execution,
            "Parameters": _parameters(self.parameters),
            "Changes": [
                {
                    "Type": "Resource",
                    "ResourceChange": {
                        "Action": action,
                        "LogicalResourceId": logical_id,
                        "ResourceType": "AWS::Lambda::Function",
                        "Replacement": "False",
                    },
                }
                for action, logical_id in self.changes
            ],
        }
        if self.coming:
            self.status = self.coming.pop(0)
        return description


@dataclass
class DeployedStack:
    """A stack.

    Attributes:
        stack: what the output folder says.
        status: its status now.
        coming: the statuses that the next descriptions show, before the status is the last of them.
        outputs: key -> value.
        parameters: name -> value.
        physical_ids: logical ID -> physical ID.
        resource_statuses: logical ID -> status of the resource, if it is not that of a success.
        triggers: names of the alarms that roll back an update.
        ends: the status after the next operation, if not that of a success.
        events: what DescribeStackEvents returns, the newest first.
        failures: what DescribeEvents returns of the failed events.
        drifts: the pages of what DescribeStackResourceDrifts returns.
        detection: status of the drift detection, and its reason.
        earlier_detections: the same, for the first questions.
        template: the deployed template.
        policy: its stack policy.
        is_protected: whether it has termination protection.
        created: when it was created.
        updated: when its last update began.
        change_set: ARN of the change set that was executed last; empty without one.
    """

    stack: Stack
    status: str = "UPDATE_COMPLETE"
    coming: list[str] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    physical_ids: dict[str, str] = field(default_factory=dict)
    resource_statuses: dict[str, str] = field(default_factory=dict)
    triggers: Sequence[str] = ()
    ends: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)
    failures: list[dict[str, Any]] = field(default_factory=list)
    drifts: list[list[dict[str, Any]]] = field(default_factory=lambda: [[dict(AS_IN_TEMPLATE)]])
    detection: tuple[str, str] = ("DETECTION_COMPLETE", "")
    earlier_detections: list[tuple[str, str]] = field(default_factory=list)
    template: str = ""
    policy: str = ""
    is_protected: bool = False
    created: datetime = CREATED
    updated: datetime = UPDATED
    change_set: str = ""

    @property
    def id(self) -> str:
        """The ARN."""
        return f"arn:aws:cloudformation:{self.stack.region}:{ACCOUNT}:stack/{self.stack.deployed}/1"

    def resources(self) -> list[dict[str, Any]]:
        """Return the resources, as a list of CloudFormation has them."""
        return [
            {
                "LogicalResourceId": logical_id,
                "PhysicalResourceId": physical_id,
                "ResourceType": TYPES.get(logical_id, "AWS::Lambda::Function"),
                "ResourceStatus": self.resource_statuses.get(logical_id, "CREATE_COMPLETE"),
            }
            for logical_id, physical_id in self.physical_ids.items()
        ]

    def describe(self) -> dict[str, Any]:
        """Return the description, and let the time pass by one status."""
        description = {
            "StackName": self.stack.deployed,
            "StackId": self.id,
            "StackStatus": self.status,
            "CreationTime": self.created,
            "LastUpdatedTime": self.updated,
            "EnableTerminationProtection": self.is_protected,
            "Parameters": _parameters(self.parameters),
            "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in self.outputs.items()],
            "RollbackConfiguration": {
                "RollbackTriggers": [
                    {
                        "Arn": f"arn:aws:cloudwatch:{self.stack.region}:{ACCOUNT}:alarm:{name}",
                        "Type": "AWS::CloudWatch::Alarm",
                    }
                    for name in self.triggers
                ]
            },
        }
        if self.status == "DELETE_COMPLETE":
            description["DeletionTime"] = UPDATED
        if self.change_set:
            description["ChangeSetId"] = self.change_set
        if self.coming:
            self.status = self.coming.pop(0)
        return description


class CloudFormation:
    """CloudFormation of the account, without the work that it does.

    Attributes:
        stacks: name in the manifest -> the stack.
        change_sets: ARN -> the change set.
        refusal: why the next change sets fail; empty if they do not.
        validations: what DescribeEvents returns of them then.
    """

    def __init__(self, environment: OperatedEnvironment) -> None:
        self.environment = environment
        self.reset()

    def reset(self) -> None:
        """Deploy all stacks, without their resources."""
        self.stacks = {
            stack.name: DeployedStack(stack, parameters=dict(stack.parameters))
            for stack in self.environment.stacks
        }
        self.change_sets: dict[str, ChangeSet] = {}
        self.refusal = ""
        self.validations: list[dict[str, Any]] = []

    def answer(self, operation: str, parameters: Mapping[str, Any], region: str) -> dict[str, Any]:
        """Return the answer to a call.

        Raises:
            AwsError: the stack does not exist.
        """
        match operation:
            case "DescribeStacks":
                return {"Stacks": [self._stack(parameters["StackName"], region).describe()]}
            case "DescribeStackResource":
                return {"StackResourceDetail": self._resource(parameters, region)}
            case "ListStacks":
                listed = self._summaries(region)
                statuses = parameters.get("StackStatusFilter") or {each["StackStatus"] for each in listed}
                return {"StackSummaries": [each for each in listed if each["StackStatus"] in statuses]}
            case "DeleteStack":
                self._delete(self._stack(parameters["StackName"], region))
                return {}
            case "GetTemplate":
                return {"TemplateBody": self._stack(parameters["StackName"], region).template}
            case "UpdateTerminationProtection":
                stack = self._stack(parameters["StackName"], region)
                stack.is_protected = parameters["EnableTerminationProtection"]
                return {"StackId": stack.id}
            case "SetStackPolicy":
                self._stack(parameters["StackName"], region).policy = parameters["StackPolicyBody"]
                return {}
            case "CancelUpdateStack":
                self._begin(self._stack(parameters["StackName"], region), "UPDATE_ROLLBACK")
                return {}
            case "ContinueUpdateRollback":
                self._begin(self._stack(parameters["StackName"], region), "UPDATE_ROLLBACK")
                return {}
            case "DescribeStackEvents":
                return {"StackEvents": self._stack(parameters["StackName"], region).events}
            case "DescribeEvents":
                return {"OperationEvents": self._events(parameters, region)}
            case "DescribeStackResources" | "ListStackResources" | "GetTemplateSummary" | "UpdateStack":
                return self._of_recovery(operation, parameters, region)
            case (
                "CreateChangeSet"
                | "ListChangeSets"
                | "DescribeChangeSet"
                | "ExecuteChangeSet"
                | "DeleteChangeSet"
            ):
                return self._of_change_sets(operation, parameters, region)
            case _:
                return self._of_drift(operation, parameters, region)

    def _of_change_sets(self, operation: str, parameters: Mapping[str, Any], region: str) -> dict[str, Any]:
        """Return the answer to a call about change sets."""
        if operation == "CreateChangeSet":
            return {"Id": self._create_change_set(parameters, region)}
        if operation == "ListChangeSets":
            return {"Summaries": self._change_sets_of(self._stack(parameters["StackName"], region))}
        arn = parameters["ChangeSetName"]
        if "StackName" in parameters:
            stack = self._stack(parameters["StackName"], region).stack
            arn = f"arn:aws:cloudformation:{region}:{ACCOUNT}:changeSet/{arn}/{stack.name}"
        if arn not in self.change_sets:
            raise AwsError("ChangeSetNotFound", f"ChangeSet [{arn}] does not exist", 404)
        change_set = self.change_sets[arn]
        if operation == "DescribeChangeSet":
            return change_set.describe(arn, self.stacks[change_set.stack].stack.deployed)
        if operation == "DeleteChangeSet":
            del self.change_sets[arn]
        else:
            self._execute(change_set, arn)
        return {}

    def _of_recovery(self, operation: str, parameters: Mapping[str, Any], region: str) -> dict[str, Any]:
        """Return the answer to a call of a recovery or of the end of a failed create."""
        if operation == "GetTemplateSummary":
            declared = re.findall(
                r"^  (\w+):$", parameters["TemplateBody"].partition("\nResources:")[0], re.M
            )
            return {"Parameters": [{"ParameterKey": name} for name in declared]}
        stack = self._stack(parameters["StackName"], region)
        if operation == "UpdateStack":
            self._update(stack, parameters)
            return {"StackId": stack.id}
        times = [{**resource, "Timestamp": UPDATED} for resource in stack.resources()]
        if operation == "DescribeStackResources":
            return {"StackResources": times}
        summaries = [{**resource, "LastUpdatedTimestamp": UPDATED} for resource in stack.resources()]
        return {"StackResourceSummaries": summaries}

    def _of_drift(self, operation: str, parameters: Mapping[str, Any], region: str) -> dict[str, Any]:
        """Return the answer to a call about drift; the ID of a detection is the name of the stack."""
        match operation:
            case "DetectStackDrift":
                return {"StackDriftDetectionId": self._stack(parameters["StackName"], region).stack.deployed}
            case "DescribeStackDriftDetectionStatus":
                stack = self._stack(parameters["StackDriftDetectionId"], region)
                status, reason = stack.detection
                if stack.earlier_detections:
                    status, reason = stack.earlier_detections.pop(0)
                return {
                    "StackId": stack.id,
                    "StackDriftDetectionId": parameters["StackDriftDetectionId"],
                    "DetectionStatus": status,
                    "DetectionStatusReason": reason,
                    "Timestamp": UPDATED,
                }
            case "DescribeStackResourceDrifts":
                pages = self._stack(parameters["StackName"], region).drifts
                page = int(parameters.get("NextToken", "0"))
                more = {"NextToken": str(page + 1)} if page + 1 < len(pages) else {}
                return {"StackResourceDrifts": pages[page], **more}
        raise AssertionError(f"No answer for cloudformation:{operation}: add it here.")

    def _stack(self, name: str, region: str) -> DeployedStack:
        for stack in self.stacks.values():
            is_named = name in (stack.stack.deployed, stack.id)
            is_deleted = stack.status == "DELETE_COMPLETE" and name != stack.id
            if is_named and not is_deleted and stack.stack.region == region:
                return stack
        raise AwsError("ValidationError", f"Stack with id {name} does not exist")

    def _resource(self, parameters: Mapping[str, Any], region: str) -> dict[str, Any]:
        stack = self._stack(parameters["StackName"], region)
        logical_id = parameters["LogicalResourceId"]
        if logical_id not in stack.physical_ids:
            raise AwsError(
                "ValidationError", f"Resource {logical_id} does not exist for stack {stack.stack.deployed}"
            )
        return {
            "LogicalResourceId": logical_id,
            "PhysicalResourceId": stack.physical_ids[logical_id],
            "ResourceType": "AWS::Lambda::Function",
            "ResourceStatus": stack.resource_statuses.get(logical_id, "CREATE_COMPLETE"),
            "LastUpdatedTimestamp": UPDATED,
        }

    def _summaries(self, region: str) -> list[dict[str, Any]]:
        summaries = []
        for stack in self.stacks.values():
            if stack.stack.region == region:
                summary = {
                    "StackId": stack.id,
                    "StackName": stack.stack.deployed,
                    "StackStatus": stack.status,
                }
                deleted = {"DeletionTime": UPDATED} if stack.status == "DELETE_COMPLETE" else {}
                summaries.append({**summary, "CreationTime": CREATED, **deleted})
        return [*summaries, {"StackName": "other", "StackStatus": "X", "CreationTime": CREATED}]

    def _create_change_set(self, request: Mapping[str, Any], region: str) -> str:
        names = {stack.deployed: stack for stack in self.environment.stacks}
        stack = names[request["StackName"]]
        is_import = request["ChangeSetType"] == "IMPORT"
        if is_import or request["ChangeSetType"] == "CREATE":
            self.stacks.setdefault(stack.name, DeployedStack(stack, "REVIEW_IN_PROGRESS"))
        deployed = self._stack(request["StackName"], region)
        is_create = request["ChangeSetType"] == "CREATE"
        if not is_import and is_create != (deployed.status == "REVIEW_IN_PROGRESS"):
            raise AwsError("ValidationError", f"Stack [{stack.deployed}] has another status")
        values = {}
        for parameter in request["Parameters"]:
            name = parameter["ParameterKey"]
            if parameter.get("UsePreviousValue") and name not in deployed.parameters:
                raise AwsError("ValidationError", f"Invalid input for parameter key {name}")
            values[name] = parameter.get("ParameterValue") or deployed.parameters.get(name, "")
        arn = f"arn:aws:cloudformation:{region}:{ACCOUNT}:changeSet/{request['ChangeSetName']}/{stack.name}"
        end = "FAILED" if self.refusal else "CREATE_COMPLETE"
        self.change_sets[arn] = ChangeSet(
            stack.name,
            request,
            [end],
            "CREATE_IN_PROGRESS",
            self.refusal,
            events=self.validations,
            parameters=values,
        )
        if is_import:
            imported = [resource["LogicalResourceId"] for resource in request["ResourcesToImport"]]
            self.change_sets[arn].changes = [("Import", logical_id) for logical_id in imported]
        return arn

    def create_change_set(self, name: str, request: Mapping[str, Any], status: str) -> None:
        """Create a change set of a stack, which has a status at once."""
        stack = self.environment.stack(name)
        arn = f"arn:aws:cloudformation:{stack.region}:{ACCOUNT}:changeSet/{request['ChangeSetName']}/{name}"
        self.change_sets[arn] = ChangeSet(name, request, status=status)

    def _change_sets_of(self, stack: DeployedStack) -> list[dict[str, Any]]:
        return [
            {
                "ChangeSetId": arn,
                "ChangeSetName": change_set.request["ChangeSetName"],
                "Status": change_set.status,
                "StatusReason": change_set.reason,
                "CreationTime": PLANNED,
            }
            for arn, change_set in self.change_sets.items()
            if change_set.stack == stack.stack.name
        ]

    def _execute(self, change_set: ChangeSet, arn: str) -> None:
        if change_set.execution != "AVAILABLE":
            raise AwsError("InvalidChangeSetStatus", f"It is {change_set.execution}")
        stack = self.stacks[change_set.stack]
        operation = "CREATE" if stack.status == "REVIEW_IN_PROGRESS" else "UPDATE"
        if change_set.request.get("ChangeSetType") == "IMPORT":
            operation = "IMPORT"
        self._begin(stack, operation)
        stack.change_set = arn
        stack.parameters = dict(change_set.parameters)
        change_set.execution = "EXECUTE_COMPLETE"

    def _events(self, parameters: Mapping[str, Any], region: str) -> list[dict[str, Any]]:
        if "ChangeSetName" in parameters:
            return self.change_sets[parameters["ChangeSetName"]].events
        return self._stack(parameters["StackName"], region).failures

    def _begin(self, stack: DeployedStack, operation: str) -> None:
        """The status changes a little after the call, as in AWS."""
        stack.updated += timedelta(hours=1)
        stack.coming = [f"{operation}_IN_PROGRESS", stack.ends or f"{operation}_COMPLETE"]

    def _update(self, stack: DeployedStack, request: Mapping[str, Any]) -> None:
        """Update a stack; the second time, nothing changes."""
        if stack.template == request["TemplateURL"]:
            raise AwsError("ValidationError", "No updates are to be performed.")
        stack.template = request["TemplateURL"]
        self._begin(stack, "UPDATE")

    def _delete(self, stack: DeployedStack) -> None:
        """The status changes a little after the call; what stores data stays, but for the cluster."""
        stack.coming = ["DELETE_IN_PROGRESS", stack.ends or "DELETE_COMPLETE"]
        for logical_id in stack.physical_ids:
            is_kept = logical_id in self.environment.names and logical_id != "DatabaseCluster"
            stack.resource_statuses[logical_id] = "DELETE_SKIPPED" if is_kept else "DELETE_COMPLETE"


def _parameters(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()]


def stack_event(logical_id: str, status: str, reason: str = "", **values: Any) -> dict[str, Any]:
    """Return an event of the stack api: of a resource, or of the stack itself if the logical ID is empty."""
    name = f"{PREFIX}-api"
    return {
        "EventId": f"{logical_id}-{status}",
        "StackId": "arn",
        "StackName": name,
        "Timestamp": values.get("time", UPDATED),
        "OperationId": values.get("operation", "1"),
        "LogicalResourceId": logical_id or name,
        "PhysicalResourceId": values.get("physical_id", ""),
        "ResourceType": "AWS::Lambda::Version" if logical_id else "AWS::CloudFormation::Stack",
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
    }
