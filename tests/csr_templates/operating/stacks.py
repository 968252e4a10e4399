"""The answers of CloudFormation about the stacks of an environment, as far as the commands need them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from csr_templates.operating.environment import OperatedEnvironment, Stack

ACCOUNT: Final = "123456789012"
CREATED: Final = datetime(2026, 11, 1, 1, 30, tzinfo=UTC)
UPDATED: Final = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)


class AwsError(Exception):
    """An error response of AWS."""

    def __init__(self, code: str, message: str = "", status: int = 400) -> None:
        super().__init__(code)
        self.code, self.message, self.status = code, message, status


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
    """

    stack: Stack
    status: str = "UPDATE_COMPLETE"
    coming: list[str] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    physical_ids: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The ARN."""
        return f"arn:aws:cloudformation:{self.stack.region}:{ACCOUNT}:stack/{self.stack.deployed}/1"

    def describe(self) -> dict[str, Any]:
        """Return the description, and let the time pass by one status."""
        description = {
            "StackName": self.stack.deployed,
            "StackId": self.id,
            "StackStatus": self.status,
            "CreationTime": CREATED,
            "LastUpdatedTime": UPDATED,
            "Parameters": [
                {"ParameterKey": name, "ParameterValue": value} for name, value in self.parameters.items()
            ],
            "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in self.outputs.items()],
        }
        if self.coming:
            self.status = self.coming.pop(0)
        return description


class CloudFormation:
    """CloudFormation of the account, without the work that it does.

    Attributes:
        stacks: name in the manifest -> the stack.
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
                return {"StackSummaries": self._summaries(region)}
            case "DeleteStack":
                self._delete(self._stack(parameters["StackName"], region))
                return {}
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
            "ResourceStatus": "CREATE_COMPLETE",
        }

    def _summaries(self, region: str) -> list[dict[str, Any]]:
        summaries = []
        for stack in self.stacks.values():
            if stack.stack.region == region:
                summary = {"StackName": stack.stack.deployed, "StackStatus": stack.status}
                deleted = {"DeletionTime": UPDATED} if stack.status == "DELETE_COMPLETE" else {}
                summaries.append({**summary, "CreationTime": CREATED, **deleted})
        return [*summaries, {"StackName": "other", "StackStatus": "X", "CreationTime": CREATED}]

    def _delete(self, stack: DeployedStack) -> None:
        """The status changes a little after the call, as in AWS."""
        stack.coming = ["DELETE_IN_PROGRESS", "DELETE_COMPLETE"]
