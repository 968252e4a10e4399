"""Why a change set or an operation on a stack has failed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final, NamedTuple

from csr_templates.operating import words
from csr_templates.operating.aws import Aws, Unknown
from csr_templates.operating.environment import Stack

_STACK_TYPE: Final = "AWS::CloudFormation::Stack"
_HEADER: Final = ("", "time", "status", "resource", "property", "reason")
_NONE: Final = "-"
_UNCHANGED: Final = ("didn't contain changes", "No updates are to be performed")
"""Parts of the reasons of a change set that changes nothing; the AWS CLI recognizes it by the same ones.

https://github.com/aws/aws-cli/blob/v2/awscli/customizations/cloudformation/deployer.py
"""


class Event(NamedTuple):
    """Something that has failed, or the beginning of a rollback.

    Attributes:
        time: when.
        operation: ID of the operation of the stack.
        status: of the resource; of a validation or a hook, its kind.
        resource: the logical ID; empty for the stack itself.
        path: of the property, if a validation names it.
        reason: why.
    """

    time: datetime
    operation: str
    status: str
    resource: str
    path: str
    reason: str


def why_failed(aws: Aws, stack: str) -> None:
    """Show why operations on a stack, or its newest failed change set, have failed.

    The newest operation comes first. Its cause is marked with !: the alarm that a rollback names, or the
    oldest failure. Later failures are mostly cancellations.

    Args:
        stack: name of the stack, such as api.

    Example: why-failed api
    Calls: cloudformation:ListChangeSets, cloudformation:DescribeStackEvents, cloudformation:DescribeEvents.
    Takes: seconds.
    """
    failed = aws.environment.stack(stack)
    aws.require_stack(failed)
    _show_change_set(aws, failed)
    answers = aws.in_parallel(
        {
            "rollbacks": partial(rollbacks, aws, failed),
            "failures": partial(failures, aws, failed, "StackName", failed.deployed),
        }
    )
    events: list[Event] = []
    for title, answer in answers.items():
        if isinstance(answer, Unknown):
            words.say(f"{words.WRONG} {title}: {answer}")
        else:
            events += answer
    if not events and not aws.unknown:
        words.say(f"{failed.deployed} has no failed operation.")
    show(events)


def is_unchanged(reason: str) -> bool:
    """Return whether a change set has failed for this reason because it changes nothing."""
    return any(part in reason for part in _UNCHANGED)


def rollbacks(aws: Aws, stack: Stack) -> list[Event]:
    """Return the beginnings of the rollbacks of a stack, whose reason may be an alarm."""
    client = aws.client("cloudformation", stack.region)
    answer = aws.all_pages(client, "DescribeStackEvents", StackName=stack.deployed)
    return [
        _event(event, resource="")
        for event in answer["StackEvents"]
        if event.get("ResourceType") == _STACK_TYPE
        and event.get("ResourceStatus", "").endswith("ROLLBACK_IN_PROGRESS")
    ]


def failures(aws: Aws, stack: Stack, option: str, name: str) -> list[Event]:
    """Return what has failed in a stack or a change set.

    Args:
        aws: the account.
        stack: the stack.
        option: ``StackName`` or ``ChangeSetName``.
        name: its value.
    """
    client = aws.client("cloudformation", stack.region)
    answer = aws.all_pages(client, "DescribeEvents", Filters={"FailedEvents": True}, **{option: name})
    return [_event(event) for event in answer["OperationEvents"]]


def show(events: Iterable[Event]) -> None:
    """Print events by operation: the newest operation first, in each the oldest event first."""
    operations: dict[str, list[Event]] = {}
    for event in sorted(events, key=lambda event: event.time):
        operations.setdefault(event.operation, []).append(event)
    newest_first = sorted(operations.items(), key=lambda operation: operation[1][-1].time, reverse=True)
    for operation, of_operation in newest_first:
        words.say(f"Operation {operation}:")
        words.table(_HEADER, _rows(of_operation))


def tell_reasons(aws: Aws, stack: Stack, since: datetime) -> None:
    """Print why the operation that has begun at a time has failed, as far as AWS says it."""
    events: list[Event] = []
    for read in (
        partial(rollbacks, aws, stack),
        partial(failures, aws, stack, "StackName", stack.deployed),
    ):
        answer = aws.ask(read)
        if isinstance(answer, Unknown):
            words.tell(answer.why)
        else:
            events += [event for event in answer if event.time >= since]
    show(events)


def _show_change_set(aws: Aws, stack: Stack) -> None:
    client = aws.client("cloudformation", stack.region)
    answer = aws.attempt(partial(aws.all_pages, client, "ListChangeSets", StackName=stack.deployed))
    if isinstance(answer, Unknown):
        words.say(f"{words.WRONG} Change sets: {answer}")
        return
    failed = [
        summary
        for summary in answer["Summaries"]
        if summary["Status"] == "FAILED" and not is_unchanged(summary.get("StatusReason", ""))
    ]
    if not failed:
        return
    newest = max(failed, key=lambda summary: summary["CreationTime"])
    words.say(
        f"Failed change set {newest['ChangeSetName']} of {words.in_jst(newest['CreationTime'])}: "
        f"{newest.get('StatusReason', 'no reason')}"
    )
    events = aws.attempt(partial(failures, aws, stack, "ChangeSetName", newest["ChangeSetId"]))
    if isinstance(events, Unknown):
        words.say(f"{words.WRONG} Its events: {events}")
        return
    words.table(_HEADER, _rows(events))


def _rows(events: Sequence[Event]) -> list[Sequence[str]]:
    """Return the events as rows, and mark the first, which is the cause.

    A rollback for an alarm has no failure before it, so that it is the first.
    """
    rows: list[Sequence[str]] = []
    for number, event in enumerate(events):
        rows.append(
            (
                words.mark(is_fine=number > 0),
                words.in_jst(event.time),
                event.status,
                event.resource or _NONE,
                event.path or _NONE,
                event.reason or _NONE,
            )
        )
    return rows


def _event(event: Mapping[str, Any], resource: str | None = None) -> Event:
    """Return an event of DescribeEvents or DescribeStackEvents."""
    reasons = (
        event.get(name) for name in ("ValidationStatusReason", "HookStatusReason", "ResourceStatusReason")
    )
    return Event(
        event["Timestamp"],
        event.get("OperationId", _NONE),
        event.get("ResourceStatus") or event.get("EventType", ""),
        event.get("LogicalResourceId", "") if resource is None else resource,
        event.get("ValidationPath", ""),
        next((reason for reason in reasons if reason), ""),
    )
