"""Deploys of the output folder: change sets, their execution, and the end of an update."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from csr_templates.operating import failures, releases, rollback_triggers, waiting, words
from csr_templates.operating.aws import Aws, Description, Unknown
from csr_templates.operating.environment import Stack
from csr_templates.operating.origin_key_check import require_accepted_key
from csr_templates.operating.problems import Stop, WrongInput

_CAPABILITY: Final = "CAPABILITY_NAMED_IAM"
_CHANGE_SET: Final = re.compile(
    r"arn:aws[a-z-]*:cloudformation:(?P<region>[a-z0-9-]+):[0-9]{12}:changeSet/.+"
)
_EXECUTED: Final = ("EXECUTE_IN_PROGRESS", "EXECUTE_COMPLETE")
_ROLLING_BACK: Final = (
    "UPDATE_ROLLBACK_IN_PROGRESS",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    waiting.ROLLED_BACK,
)


def plan_deploy(aws: Aws, stack: str, *values: str, repair: bool = False) -> None:
    """Create a change set of the output folder's template, and show it.

    Without a version, api keeps its package. If a rolled-back deploy has left a Lambda version, the package
    is copied onto itself, because the deploy needs a new object version.

    Args:
        stack: name of the stack, such as api.
        values: for api, the object version of its package; for every stack, more tags as KEY=VALUE.
        repair: for an update during an incident: without the rollback triggers that fire now, which would
            undo it. The others stay.

    Example: plan-deploy --repair api
    Calls: cloudformation:DescribeStackResource, lambda:ListVersionsByFunction, s3:HeadObject, s3:CopyObject,
        cloudwatch:DescribeAlarms, s3:PutObject, cloudformation:CreateChangeSet,
        cloudformation:DescribeChangeSet, cloudformation:DescribeEvents.
    Takes: a minute.
    Way back: not needed; only run-changes changes the stack.
    """
    planned_stack = aws.environment.stack(stack)
    version, tags = _version_and_tags(planned_stack, values)
    is_first = aws.status(planned_stack) in ("", waiting.REVIEW)
    if not is_first:
        _require_deployable(aws, planned_stack)
    if repair and is_first:
        raise Stop(f"The stack {stack} is not deployed yet, so it has no rollback triggers.")
    parameters = _change_set_parameters(
        aws, planned_stack, _object_version(aws, planned_stack, version), is_first=is_first
    )
    triggers: dict[str, Any] = {}
    if not is_first:
        configuration = rollback_triggers.configuration(aws, planned_stack, repair=repair)
        if configuration is not None:
            triggers["RollbackConfiguration"] = configuration
    change_set_arn = _create(aws, planned_stack, parameters, tags, triggers, is_first=is_first)
    if _wait_for_change_set(aws, planned_stack, change_set_arn):
        _show(aws, change_set_arn, planned_stack.region)
    else:
        words.say("No changes to deploy.")


def show_changes(aws: Aws, change_set: str) -> None:
    """Show the changes of a change set, and the warnings of its validations.

    Args:
        change_set: its ARN, as plan-deploy prints it.

    Example: show-changes arn:aws:cloudformation:us-east-1:123456789012:changeSet/CHANGES/ID
    Calls: cloudformation:DescribeChangeSet, cloudformation:DescribeEvents.
    Takes: seconds.
    """
    region = _region(change_set)
    client = aws.client("cloudformation", region)
    description = aws.attempt(partial(aws.all_pages, client, "DescribeChangeSet", ChangeSetName=change_set))
    warnings = aws.attempt(partial(_warnings, aws, change_set, region))
    if isinstance(description, Unknown):
        words.say(f"Changes: {description}")
    else:
        _show_changes(description)
    _show_warnings(warnings)


def run_changes(aws: Aws, change_set: str) -> None:
    """Execute a change set that you have reviewed, and wait until it is deployed.

    It is refused if the API would reject the origin key that CloudFront sends, and, after a rolled-back
    deploy of api, if Lambda could not publish the package again.

    Args:
        change_set: its ARN, as plan-deploy prints it.

    Example: run-changes arn:aws:cloudformation:us-east-1:123456789012:changeSet/CHANGES/ID
    Calls: cloudformation:DescribeChangeSet, cloudformation:DescribeStackResource,
        lambda:ListVersionsByFunction, secretsmanager:ListSecretVersionIds, cloudformation:ExecuteChangeSet,
        cloudformation:DescribeStackEvents.
    Takes: minutes; a new distribution or cluster up to half an hour.
    Way back: cancel-update while it runs; then a deploy of the last working commit.
    """
    region = _region(change_set)
    client = aws.client("cloudformation", region)
    description = aws.all_pages(client, "DescribeChangeSet", ChangeSetName=change_set)
    stack = _own_stack(aws, description["StackName"])
    status = aws.status(stack)
    if description["ExecutionStatus"] in _EXECUTED:
        _follow(aws, stack, description)
        return
    began_before = _last_update(aws.stacks[stack.name])
    if status != waiting.REVIEW:
        aws.require_idle(stack)
    _require_executable(description)
    _require_publishable(aws, stack, description)
    require_accepted_key(aws, stack, description)
    operation = "create" if status == waiting.REVIEW else "update"
    words.say(f"Executes the {operation} of {stack.deployed}.")
    client.execute_change_set(ChangeSetName=change_set)
    aws.way_on = aws.command("wait", stack.name)
    if waiting.ends_here(aws, stack):
        return
    end = waiting.for_stack(aws, stack, status, shows_events=True)
    if end != f"{operation.upper()}_COMPLETE":
        failures.tell_reasons(aws, stack, description["CreationTime"])
        raise waiting.failed(end, stack, aws)
    if operation == "update" and _last_update(aws.describe(stack)) == began_before:
        raise Stop(f"The stack {stack.name} is still {end}: the update has not begun.")
    words.say(f"The stack {stack.name} is {end}.")
    say_missing_triggers(aws, stack)


def _follow(aws: Aws, stack: Stack, change_set: Description) -> None:
    """Wait for the end of a change set that an earlier call has executed, or name the update after it.

    CloudFormation describes a stack with the change set that was executed last.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html

    Raises:
        Stop: it has failed.
    """
    words.say(
        f"This change set is {change_set['ExecutionStatus']}: an earlier call has executed it. Nothing is "
        "changed."
    )
    last = (aws.stacks[stack.name] or {}).get("ChangeSetId", "")
    if last and last != change_set["ChangeSetId"]:
        _say_later_update(aws, stack, last)
        return
    if not last:
        words.say("CloudFormation does not say of which change set the status of the stack is.")
    if waiting.ends_here(aws, stack):
        return
    end = waiting.for_stack(aws, stack, "")
    if end not in waiting.DEPLOYED:
        raise waiting.failed(end, stack, aws)
    words.say(f"The stack {stack.name} is {end}.")


def _say_later_update(aws: Aws, stack: Stack, change_set: str) -> None:
    """Say of which update the status of a stack is."""
    began = _last_update(aws.stacks[stack.name])
    since = f", which began at {words.said_back(began)}" if began else ""
    words.say(f"Another change set was executed after it: {change_set}{since}.")
    words.say(
        f"The stack {stack.name} is {aws.status(stack)} since that one. Its changes: "
        f"{aws.command('show-changes', change_set)}"
    )


def _last_update(description: Description | None) -> datetime | None:
    """Return when the last update of a stack began; None if there is none."""
    if description is None:
        return None
    began: datetime | None = description.get("LastUpdatedTime")
    return began


def cancel_update(aws: Aws, stack: str) -> None:
    """Cancel an update that is in progress, which rolls it back.

    Not of database: an engine version does not go back, and a rollback can fail while an instance is
    modified.

    Args:
        stack: name of the stack, such as api.

    Example: cancel-update api
    Calls: cloudformation:CancelUpdateStack.
    Takes: minutes.
    Way back: none; deploy again.
    """
    updated = aws.environment.stack(stack)
    if "DatabaseCluster" in updated.resources:
        raise Stop(
            f"An update of {stack} is not canceled: an engine version does not go back, and the rollback can "
            f"fail while an instance is modified. Wait until it is over: {aws.command('wait', stack)}"
        )
    status = aws.status(updated)
    if status in _ROLLING_BACK:
        words.say(f"The stack {stack} is {status} already: nothing is changed.")
    else:
        aws.require_stack(updated, "UPDATE_IN_PROGRESS")
        words.say(f"Cancels the update of {updated.deployed}.")
        aws.client("cloudformation", updated.region).cancel_update_stack(StackName=updated.deployed)
    _wait_for_rollback(aws, updated, status)


def continue_rollback(aws: Aws, stack: str, *logical_ids: str) -> None:
    """Continue a failed rollback of a stack.

    CloudFormation takes a skipped resource to be as before the update, so find-drift must follow.

    Args:
        stack: name of the stack, such as api.
        logical_ids: resources to skip; never one that stores data.

    Example: continue-rollback api ApiFunctionAlias
    Calls: cloudformation:ContinueUpdateRollback.
    Takes: minutes.
    Way back: none; deploy again.
    """
    failed = aws.environment.stack(stack)
    for logical_id in logical_ids:
        if logical_id in aws.environment.names:
            raise WrongInput(
                f"{logical_id} stores data and must not be skipped. Find out why its rollback fails: "
                f"{aws.command('why-failed', stack)}"
            )
    status = aws.status(failed)
    if status in _ROLLING_BACK:
        words.say(f"The stack {stack} is {status} already: nothing is changed.")
        _wait_for_rollback(aws, failed, status)
        return
    aws.require_stack(failed, waiting.ROLLBACK_FAILED)
    words.say(
        f"Continues the rollback of {failed.deployed}, skipping: {', '.join(logical_ids) or 'nothing'}."
    )
    skipped: dict[str, list[str]] = {}
    if logical_ids:
        skipped["ResourcesToSkip"] = list(logical_ids)
    client = aws.client("cloudformation", failed.region)
    client.continue_update_rollback(StackName=failed.deployed, **skipped)
    _wait_for_rollback(aws, failed, status)


def _wait_for_rollback(aws: Aws, stack: Stack, before: str) -> None:
    """Wait for the end of a rollback.

    Raises:
        Stop: it has failed.
    """
    aws.way_on = aws.command("wait", stack.name)
    if waiting.ends_here(aws, stack):
        return
    if before in _ROLLING_BACK:
        before = ""
    status = waiting.for_stack(aws, stack, before)
    waiting.require(status, waiting.ROLLED_BACK, stack, aws)
    words.say(f"The stack {stack.name} is {status}.")


def say_missing_triggers(aws: Aws, stack: Stack) -> None:
    """Say which of the rollback triggers that the output folder lists for a stack it does not have."""
    if aws.is_dry_run or not stack.rollback_triggers:
        return
    description = aws.describe(stack)
    if description is None:
        return
    missing = rollback_triggers.missing_of(stack, description)
    if missing:
        words.say(
            f"{stack.name} does not have these rollback triggers: {', '.join(missing)}. After an incident, "
            "deploy through the pipeline, which sets them again."
        )


# ---- Before a change set ----


def _version_and_tags(stack: Stack, values: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Return the object version, empty if there is none, and the tags.

    Raises:
        WrongInput: there are two versions, or the stack has no package.
    """
    tags = dict(stack.tags)
    versions = []
    for value in values:
        key, sign, text = value.partition("=")
        if sign:
            tags[key] = text
        else:
            versions.append(value)
    if not versions:
        return "", tags
    if releases.OBJECT_VERSION not in stack.per_deploy:
        raise WrongInput(f"The stack {stack.name} has no package, so it takes no version: {versions[0]}.")
    if len(versions) > 1:
        raise WrongInput(f"Give one object version, not {' and '.join(versions)}.")
    return versions[0], tags


def _require_deployable(aws: Aws, stack: Stack) -> None:
    """Check that CloudFormation can update a stack that exists.

    Raises:
        Stop: it is being changed, its first create has failed, or it is stuck.
    """
    aws.require_idle(stack)
    status = aws.status(stack)
    if status == "ROLLBACK_COMPLETE":
        raise Stop(
            f"The first create of {stack.name} has failed. Delete the empty stack first: "
            f"{aws.command('delete-failed-create', stack.name)}"
        )
    if status.endswith("_FAILED"):
        raise waiting.failed(status, stack, aws)


def _object_version(aws: Aws, stack: Stack, version: str) -> str:
    """Return the object version that a deploy passes; empty if it keeps the deployed one.

    Raises:
        Stop: Lambda could not publish a version with the chosen one.
    """
    if "ApiFunctionVersion" not in stack.resources:
        return version
    published = releases.versions_if_left_by_rollback(aws)
    if version:
        releases.require_package(aws, stack.parameters.get(releases.KEY, releases.PACKAGE), version)
        releases.require_new(
            published, version, f"Upload the package again: {aws.command('upload-package', releases.PACKAGE)}"
        )
        return version
    if not published:
        return ""
    return releases.copy_deployed(aws)


def _change_set_parameters(aws: Aws, stack: Stack, version: str, *, is_first: bool) -> list[dict[str, Any]]:
    """Return the parameters of a change set, which unlike those of a deploy keep nothing by themselves."""
    values = dict(stack.parameters)
    if version:
        values[releases.OBJECT_VERSION] = version
    parameters: list[dict[str, Any]] = [
        {"ParameterKey": name, "ParameterValue": value} for name, value in values.items()
    ]
    if is_first:
        return parameters
    deployed = {parameter["ParameterKey"] for parameter in aws.require_stack(stack).get("Parameters", [])}
    kept = [name for name in stack.per_deploy if name not in values and name in deployed]
    return parameters + [{"ParameterKey": name, "UsePreviousValue": True} for name in kept]


def _create(
    aws: Aws,
    stack: Stack,
    parameters: Sequence[Mapping[str, Any]],
    tags: Mapping[str, str],
    triggers: Mapping[str, Any],
    *,
    is_first: bool,
) -> str:
    """Upload the template, create a change set, and return its ARN."""
    template = stack.template.read_bytes()
    bucket = f"{aws.environment.prefix}-artifacts-{aws.identity.account}-{stack.region}"
    key = f"{stack.name}/{hashlib.sha256(template).hexdigest()}.template"
    with stack.template.open("rb") as body:
        aws.client("s3", stack.region).put_object(Bucket=bucket, Key=key, Body=body)
    partition = aws.identity.arn.split(":")[1]
    answer = aws.client("cloudformation", stack.region).create_change_set(
        StackName=stack.deployed,
        ChangeSetName=f"release-{words.now():%Y%m%d-%H%M%S}",
        ChangeSetType="CREATE" if is_first else "UPDATE",
        TemplateURL=f"https://{bucket}.s3.{stack.region}.amazonaws.com/{key}",
        Parameters=parameters,
        Tags=[{"Key": name, "Value": value} for name, value in tags.items()],
        RoleARN=f"arn:{partition}:iam::{aws.identity.account}:role/deploy-{stack.deployed}-service",
        Capabilities=[_CAPABILITY],
        **triggers,
    )
    return str(answer["Id"])


def _wait_for_change_set(aws: Aws, stack: Stack, change_set: str) -> bool:
    """Wait until a change set is complete, and return whether it changes anything.

    Raises:
        Stop: it has failed; the failed validations are printed.
    """
    client = aws.client("cloudformation", stack.region)
    aws.way_on = aws.command("show-changes", change_set)
    end = waiting.until(
        aws,
        "the change set",
        lambda: _change_set_status(client, change_set),
        lambda status: not status.endswith(("_PENDING", "_IN_PROGRESS")),
        "a minute",
        aws.way_on,
    )
    if end.startswith("CREATE_COMPLETE"):
        return True
    if failures.is_unchanged(end):
        return False
    events = aws.ask(partial(failures.failures, aws, stack, "ChangeSetName", change_set))
    if isinstance(events, Unknown):
        words.tell(events.why)
    else:
        failures.show(events)
    raise Stop(f"The change set is {end}")


def _change_set_status(client: Any, change_set: str) -> str:
    """Return the status of a change set, with the reason if it has failed."""
    answer = client.describe_change_set(ChangeSetName=change_set)
    if answer["Status"] != "FAILED":
        return str(answer["Status"])
    return f"FAILED: {answer.get('StatusReason', 'no reason')}"


# ---- A change set ----


def _region(change_set: str) -> str:
    match = _CHANGE_SET.fullmatch(change_set)
    if not match:
        raise WrongInput(f"{change_set} is not the ARN of a change set, which plan-deploy prints.")
    return match["region"]


def _own_stack(aws: Aws, deployed: str) -> Stack:
    for stack in aws.environment.stacks:
        if stack.deployed == deployed:
            return stack
    raise WrongInput(f"The change set is for {deployed}, which is not a stack of {aws.environment.prefix}.")


def _show(aws: Aws, change_set: str, region: str) -> None:
    """Show a new change set; validations that cannot be read are no reason to stop a deploy."""
    client = aws.client("cloudformation", region)
    _show_changes(aws.all_pages(client, "DescribeChangeSet", ChangeSetName=change_set))
    warnings = aws.ask(partial(_warnings, aws, change_set, region))
    _show_warnings(warnings)
    if isinstance(warnings, Unknown):
        words.tell(warnings.why)
    words.say(f"Review it, and then execute it: {aws.command('run-changes', change_set)}")


def _show_changes(description: Mapping[str, Any]) -> None:
    words.say(f"{description['StackName']}: {description['ChangeSetName']}, {description['ExecutionStatus']}")
    rows = []
    for change in description["Changes"]:
        resource = change["ResourceChange"]
        rows.append(
            (
                resource["Action"],
                resource["LogicalResourceId"],
                resource["ResourceType"],
                resource.get("Replacement", ""),
            )
        )
    words.table(("action", "resource", "type", "replacement"), rows)


def _warnings(aws: Aws, change_set: str, region: str) -> list[Mapping[str, Any]]:
    """Return the validations that have failed, or were skipped, without stopping the deploy."""
    client = aws.client("cloudformation", region)
    answer = aws.all_pages(client, "DescribeEvents", ChangeSetName=change_set)
    return [event for event in answer["OperationEvents"] if event.get("ValidationFailureMode") == "WARN"]


def _show_warnings(warnings: Sequence[Mapping[str, Any]] | Unknown) -> None:
    if isinstance(warnings, Unknown):
        words.say(f"Warnings of the validations: {warnings}")
        return
    for warning in warnings:
        place = f"{warning.get('LogicalResourceId', 'the template')} {warning.get('ValidationPath', '')}"
        reason = warning.get("ValidationStatusReason", "no reason")
        words.say(f"Warning: {place.strip()}: {warning.get('ValidationStatus', '')}, {reason}")


def _require_executable(description: Mapping[str, Any]) -> None:
    """Check that a change set can be executed.

    Raises:
        Stop: it cannot.
    """
    status = description["ExecutionStatus"]
    if status != "AVAILABLE":
        raise Stop(f"The change set is {status} ({description['Status']}), not AVAILABLE.")


def _require_publishable(aws: Aws, stack: Stack, description: Mapping[str, Any]) -> None:
    """Check that Lambda can publish the version of a deploy of api after one that was rolled back."""
    if "ApiFunctionVersion" not in stack.resources:
        return
    for parameter in description.get("Parameters", []):
        if parameter["ParameterKey"] == releases.OBJECT_VERSION:
            releases.require_new(
                releases.versions_if_left_by_rollback(aws),
                parameter.get("ParameterValue", ""),
                f"Create the change set again: {aws.command('plan-deploy', stack.name)}",
            )
