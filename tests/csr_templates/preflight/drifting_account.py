"""A model of CloudFormation's drift detection, in an account in which properties are changed by hand.

No emulator detects drift. The rules are those of AWS's pages: only properties that the template sets are
compared; KmsKeyId never, nor the package of a function, nor what reading does not return; a type without a
read handler is not listed, and a type whose secret must not be read is UNKNOWN, which is inferred. RDS does
not return the key of an instance without Performance Insights.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_PropertyDifference.html
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cfn_analysis.model.schemas import resource_schema
from csr_templates.preflight.facts import Fact, FailedCall, Query
from csr_templates.preflight.resolved_environment import EnvironmentStack, ResolvedEnvironment

from .services.recorded_account import TIME, RecordedAccount

_NEVER: Final = ("KmsKeyId", "KMSKeyId")


class Place(NamedTuple):
    """A property of a resource, by the steps from its Properties."""

    stack: str
    logical_id: str
    steps: tuple[str | int, ...]

    @property
    def path(self) -> str:
        """The path as CloudFormation writes it."""
        return "/" + "/".join(str(step) for step in self.steps)


class DriftingAccount(RecordedAccount):
    """An account with a drift detection.

    Attributes:
        actual: stack and logical ID -> the properties that the resource has; None if it was deleted.
        status: deployed name -> status of the stack, if it is not a complete one.
        pending: deployed name -> how often the detection is still in progress.
        busy: deployed name -> how often another detection is in progress.
        failed: deployed name -> why its detection failed.
        unread: logical ID -> why the resource could not be read.
    """

    def __init__(
        self,
        environment: ResolvedEnvironment,
        change: Callable[[Query, Any], Any] = lambda query, answer: answer,
    ) -> None:
        super().__init__(environment, change)
        self.actual: dict[tuple[str, str], Any] = {}
        self.status: dict[str, str] = {}
        self.pending: dict[str, int] = {}
        self.busy: dict[str, int] = {}
        self.failed: dict[str, str] = {}
        self.unread: dict[str, str] = {}

    def properties(self, stack: EnvironmentStack, logical_id: str) -> Any:
        """Return a copy of the properties that a deploy gives a resource."""
        return _in_account(stack.resources[logical_id].get("Properties", {}))

    def _describe_stacks(self, parameters: Mapping[str, Any], region: str) -> Any:
        answer = super()._describe_stacks(parameters, region)
        for stack in answer["Stacks"]:
            stack["StackStatus"] = self.status.get(stack["StackName"], stack["StackStatus"])
        return answer

    def ask(self, query: Query) -> Fact:
        """Return the fact for a call; one detection of a stack at a time."""
        name = dict(query.parameters).get("StackName", "")
        if query.operation == "DetectStackDrift" and self.busy.get(name, 0):
            self.busy[name] -= 1
            message = f"Drift detection is already in progress for stack [{name}]"
            return Fact(query, TIME, failure=FailedCall("ValidationError", message))
        return super().ask(query)

    def _detect_stack_drift(self, parameters: Mapping[str, Any], _: str) -> Any:
        return {"StackDriftDetectionId": parameters["StackName"]}

    def _describe_stack_drift_detection_status(self, parameters: Mapping[str, Any], _: str) -> Any:
        name = parameters["StackDriftDetectionId"]
        if self.pending.get(name, 0):
            self.pending[name] -= 1
            return {"DetectionStatus": "DETECTION_IN_PROGRESS", "Timestamp": TIME}
        if name in self.failed:
            return {"DetectionStatus": "DETECTION_FAILED", "DetectionStatusReason": self.failed[name]}
        return {"DetectionStatus": "DETECTION_COMPLETE", "Timestamp": TIME}

    def _describe_stack_resource_drifts(self, parameters: Mapping[str, Any], _: str) -> Any:
        stack = self._stack(parameters["StackName"])
        drifts = [
            self._drift(stack, logical_id) for logical_id in stack.resources if _is_read(stack, logical_id)
        ]
        return {"StackResourceDrifts": drifts}

    def _drift(self, stack: EnvironmentStack, logical_id: str) -> dict[str, Any]:
        type_name = stack.resources[logical_id]["Type"]
        drift = {
            "StackId": "-",
            "LogicalResourceId": logical_id,
            "ResourceType": type_name,
            "StackResourceDriftStatus": "IN_SYNC",
        }
        reads = resource_schema(type_name, stack.region).handlers["read"]
        if "secretsmanager:GetSecretValue" in reads:
            return {**drift, "StackResourceDriftStatus": "UNKNOWN", "DriftStatusReason": "Access denied"}
        if logical_id in self.unread:
            reason = self.unread[logical_id]
            return {**drift, "StackResourceDriftStatus": "UNKNOWN", "DriftStatusReason": reason}
        expected = self.properties(stack, logical_id)
        returned = dict(expected)
        if type_name == "AWS::RDS::DBInstance" and not expected["EnablePerformanceInsights"]:
            returned.pop("PerformanceInsightsKMSKeyId", None)
        actual = self.actual.get((stack.name, logical_id), returned)
        if actual is None:
            return {**drift, "StackResourceDriftStatus": "DELETED"}
        differences = [
            _difference(*different)
            for different in _different(expected, actual, ())
            if _is_compared(type_name, stack.region, different[0])
        ]
        if differences:
            drift["StackResourceDriftStatus"] = "MODIFIED"
        return {**drift, "PropertyDifferences": differences}


def _is_read(stack: EnvironmentStack, logical_id: str) -> bool:
    return "read" in resource_schema(stack.resources[logical_id]["Type"], stack.region).handlers


def _in_account(value: Any) -> Any:
    """Return a value of a template as a deploy resolves it: functions become made-up texts."""
    if isinstance(value, list):
        return [_in_account(member) for member in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((name, argument),) = value.items()
        if name == "Ref" or name.startswith("Fn::"):
            return f"made-up-{json.dumps(argument)}".replace('"', "").replace("{", "").replace("[", "")
    return {name: _in_account(member) for name, member in value.items()}


def _is_compared(type_name: str, region: str, steps: Sequence[str | int]) -> bool:
    names = "/".join("*" if isinstance(step, int) else step for step in steps)
    if any(step in _NEVER for step in steps) or (type_name, steps[0]) == ("AWS::Lambda::Function", "Code"):
        return False
    write_only = resource_schema(type_name, region).write_only
    return not any(names == name or names.startswith(f"{name}/") for name in write_only)


def _different(expected: Any, actual: Any, steps: tuple[str | int, ...]) -> Iterator[tuple[Any, Any, Any]]:
    """Yield steps, expected and actual value of each difference in what the template sets."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name, value in expected.items():
            yield from _different(value, actual.get(name), (*steps, name))
    elif isinstance(expected, list) and isinstance(actual, list):
        for index in range(max(len(expected), len(actual))):
            yield from _different(_member(expected, index), _member(actual, index), (*steps, index))
    elif expected != actual:
        yield steps, expected, actual


def _member(members: Sequence[Any], index: int) -> Any:
    if index < len(members):
        return members[index]
    return None


def _difference(steps: Sequence[str | int], expected: Any, actual: Any) -> dict[str, str]:
    kind = "NOT_EQUAL"
    if expected is None:
        kind = "ADD"
    elif actual is None:
        kind = "REMOVE"
    return {
        "PropertyPath": "/" + "/".join(str(step) for step in steps),
        "ExpectedValue": _text(expected),
        "ActualValue": _text(actual),
        "DifferenceType": kind,
    }


def _text(value: Any) -> str:
    """Return a value as CloudFormation shows it: objects and lists as JSON, and no text for none."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"))


def changed(properties: Any, steps: Sequence[str | int], value: Any) -> Any:
    """Return properties with another value at a place; None removes it."""
    properties = copy.deepcopy(properties)
    container = properties
    for step in steps[:-1]:
        container = container[step]
    if value is None:
        del container[steps[-1]]
    else:
        container[steps[-1]] = value
    return properties
