"""What a new function, queue or stack needs in operation, besides what it needs to be created.

These requirements apply to ``STACKS``, as the house rules do, and can have exceptions. So each has a number,
and is accepted as a finding of a lint rule is: ``Metadata=findings.accepted(W9578="the reason")``, on the
resource that the message names. Rule W9500 requires the reason.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.references import in_words, uses

WITHOUT_ALARM: Final = "W9578"
WITHOUT_VERSION: Final = "W9579"

_ALARM: Final = "AWS::CloudWatch::Alarm"
_FUNCTION: Final = "AWS::Lambda::Function"
_QUEUE: Final = "AWS::SQS::Queue"
_METRICS: Final[Mapping[str, str]] = {
    _FUNCTION: 'Errors with dimensions={"FunctionName": ...}',
    _QUEUE: 'ApproximateAgeOfOldestMessage with dimensions={"QueueName": ...}',
}
"""Types of which each resource needs an alarm, and the metric to begin with."""
_NAMES: Final[Mapping[str, str]] = {_FUNCTION: "FunctionName", _QUEUE: "QueueName"}
_FAILING: Final = (
    _FUNCTION,
    _QUEUE,
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGatewayV2::Api",
    "AWS::CloudFront::Distribution",
    "AWS::DynamoDB::Table",
    "AWS::EC2::NatGateway",
    "AWS::ECS::Service",
    "AWS::Kinesis::Stream",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::StepFunctions::StateMachine",
)
"""Types that can fail or throttle while they run. A stack with one of them needs an alarm."""


def problems(stack: BuiltStack) -> list[str]:
    """Return a sentence for each requirement that a stack does not meet, unless it is accepted.

    - Each function and each queue has an alarm.
    - A stack with resources that can fail while they run has an alarm.
    - Each function names the version of its package.
    """
    sentences = (*_without_alarm(stack), *_stack_without_alarm(stack), *_without_version(stack))
    return [f"Stack {stack.name}: {sentence}" for sentence in sentences]


def _without_alarm(stack: BuiltStack) -> Iterator[str]:
    watched = _watched(stack)
    for logical_id, resource in stack.resources.items():
        metric = _METRICS.get(resource["Type"])
        if metric is None or logical_id in watched or _is_accepted(resource, WITHOUT_ALARM):
            continue
        yield (
            f"{logical_id} has no alarm, so no one learns that it fails ({WITHOUT_ALARM}). In add_alarms, "
            f"add an alarm on {metric} (alarms.alarm). {_acceptance(logical_id, WITHOUT_ALARM)}"
        )


def _watched(stack: BuiltStack) -> set[str]:
    """Return the resources that an alarm refers to, or whose name it has in a dimension."""
    watched: set[str] = set()
    names: set[str] = set()
    for resource in stack.resources.values():
        if resource["Type"] != _ALARM:
            continue
        watched |= {use.name for use in uses(resource.get("Properties", {}))}
        names |= {in_words(value) for value in _dimension_values(resource["Properties"])}
    for logical_id, resource in stack.resources.items():
        name = resource.get("Properties", {}).get(_NAMES.get(resource["Type"], ""))
        if name is not None and in_words(name) in names:
            watched.add(logical_id)
    return watched


def _dimension_values(alarm: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the values of the dimensions of an alarm, and of the metrics of its expression."""
    metrics = [query["MetricStat"]["Metric"] for query in alarm.get("Metrics", []) if "MetricStat" in query]
    for metric in (alarm, *metrics):
        for dimension in metric.get("Dimensions", []):
            yield dimension["Value"]


def _stack_without_alarm(stack: BuiltStack) -> Iterator[str]:
    failing = []
    for logical_id, resource in stack.resources.items():
        if resource["Type"] == _ALARM:
            return
        # Functions and queues have their own message.
        if resource["Type"] in _FAILING and resource["Type"] not in _METRICS:
            failing.append(logical_id)
    if failing and not _is_accepted(stack.resources[failing[0]], WITHOUT_ALARM):
        yield (
            f"The stack has {failing[0]} and no alarm, so no one learns that it fails ({WITHOUT_ALARM}). Add "
            "the alarm topics (topics.alarm_topics) and an alarm (alarms.alarm). "
            f"{_acceptance(failing[0], WITHOUT_ALARM)}"
        )


def _without_version(stack: BuiltStack) -> Iterator[str]:
    for logical_id, resource in stack.resources.items():
        if resource["Type"] != _FUNCTION or _is_accepted(resource, WITHOUT_VERSION):
            continue
        code = resource.get("Properties", {}).get("Code", {})
        if "S3Bucket" in code and "S3ObjectVersion" not in code:
            yield (
                f"Code of {logical_id} has no S3ObjectVersion ({WITHOUT_VERSION}). A new package with the "
                "same key is never deployed, because the template and the parameters stay the same. Pass the "
                f"version as a per-deploy parameter. {_acceptance(logical_id, WITHOUT_VERSION)}"
            )


def _is_accepted(resource: Mapping[str, Any], number: str) -> bool:
    """Return whether the Metadata of a resource ignores a number."""
    configuration = resource.get("Metadata", {}).get("cfn-lint", {}).get("config", {})
    return number in configuration.get("ignore_checks", [])


def _acceptance(logical_id: str, number: str) -> str:
    return f'If it is intended, write Metadata=findings.accepted({number}="the reason") on {logical_id}.'
