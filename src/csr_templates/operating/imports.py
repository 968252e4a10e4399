"""Recovery of a deleted stack: the import of what still exists."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from cfn_analysis.model.wording import hint, series
from csr_templates.account import errors
from csr_templates.account.cli_lines import FileText
from csr_templates.operating import failures, keys, secret_checks, waiting, words
from csr_templates.operating.aws import Aws, Unknown
from csr_templates.operating.environment import Import, Stack
from csr_templates.operating.problems import Stop, WrongInput

_CHANGE_SET: Final = "import"
_NO_CHANGE_SET: Final = "ChangeSetNotFound"
_IMPORTING: Final = ("IMPORT_IN_PROGRESS", "IMPORT_COMPLETE")
_ACCOUNT: Final = "${AWS::AccountId}"
_KINDS: Final[Mapping[str, str]] = {"AWS::KMS::Key": "kms:key", "AWS::SQS::Queue": "sqs"}
"""Type of a resource that is found by its tag ``Name`` -> its kind in the tagging API."""


def plan_import(aws: Aws, step: str) -> None:
    """Create the change set of an import, and show it.

    Args:
        step: name of the stack, or database-after-restore.

    Example: plan-import database-after-restore
    Calls: resourcegroupstaggingapi:GetResources, secretsmanager:DescribeSecret, sqs:GetQueueUrl,
        cloudformation:CreateChangeSet, cloudformation:DescribeChangeSet.
    Takes: a minute.
    Way back: delete-import; only run-import changes the stack.
    """
    stack, planned = _import_with_stack(aws, step)
    status = aws.status(stack)
    if status not in ("", waiting.REVIEW):
        aws.require_idle(stack)
    resources = [_with_identifier(aws, stack, resource) for resource in planned.resources]
    client = aws.client("cloudformation", stack.region)
    words.say(f"Prepares the import of {len(resources)} resources into {stack.deployed}.")
    create_change_set = partial(
        client.create_change_set,
        StackName=stack.deployed,
        ChangeSetName=_CHANGE_SET,
        ChangeSetType="IMPORT",
        TemplateBody=FileText(planned.template),
        Parameters=[
            {"ParameterKey": name, "ParameterValue": value} for name, value in planned.parameters.items()
        ],
        ResourcesToImport=resources,
        Tags=[{"Key": key, "Value": value} for key, value in stack.tags.items()],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    _create(aws, stack, create_change_set)
    aws.way_on = aws.command("delete-import", stack.name)
    end = waiting.until(
        aws,
        "the change set",
        lambda: str(_describe(client, stack)["Status"]),
        lambda now: not now.endswith(("_PENDING", "_IN_PROGRESS")),
        "a minute",
        aws.way_on,
    )
    if end != "CREATE_COMPLETE":
        raise Stop(f"The change set is {end}. The next command shows why, and deletes it.")
    description = aws.all_pages(
        client, "DescribeChangeSet", StackName=stack.deployed, ChangeSetName=_CHANGE_SET
    )
    changes = [change["ResourceChange"] for change in description["Changes"]]
    _show(changes)
    _require_only_imports(changes, len(resources))
    words.say(f"Review it, and then execute it: {aws.command('run-import', stack.name)}")


def run_import(aws: Aws, stack: str) -> None:
    """Execute the import that you have reviewed, wait, and check that no secret has changed.

    Args:
        stack: name of the stack.

    Example: run-import api
    Calls: cloudformation:ExecuteChangeSet, secretsmanager:GetSecretValue,
        secretsmanager:ListSecretVersionIds.
    Takes: minutes.
    Way back: not needed; a deploy follows.
    """
    imported = aws.environment.stack(stack)
    status = aws.require_stack(imported)["StackStatus"]
    check = aws.command("check-secrets", stack)
    if status in _IMPORTING:
        words.say(f"The stack {stack} is {status} already: nothing is changed.")
        status = ""
    else:
        _execute(aws, imported, status)
    words.say(f"If it stops while it waits: {aws.command('wait', stack)}, and then: {check}")
    end = waiting.for_stack(aws, imported, status)
    waiting.require(end, "IMPORT_COMPLETE", imported, aws)
    aws.way_on = check
    words.say(f"The stack {stack} is {end}.")
    secret_checks.require_unchanged(aws, imported)


def _execute(aws: Aws, stack: Stack, status: str) -> None:
    """Execute the import into a stack that nothing else changes."""
    if status != waiting.REVIEW:
        aws.require_idle(stack)
    words.say(f"Executes the import into {stack.deployed}.")
    client = aws.client("cloudformation", stack.region)
    client.execute_change_set(StackName=stack.deployed, ChangeSetName=_CHANGE_SET)


def delete_import(aws: Aws, stack: str) -> None:
    """Show why an import has failed, and delete its change set.

    Args:
        stack: name of the stack.

    Example: delete-import api
    Calls: cloudformation:DescribeChangeSet, cloudformation:DescribeEvents, cloudformation:DeleteChangeSet.
    Takes: seconds.
    Way back: plan-import.
    """
    planned = aws.environment.stack(stack)
    client = aws.client("cloudformation", planned.region)
    description = aws.unless_missing(partial(_describe, client, planned), _NO_CHANGE_SET)
    if description is None:
        words.say(f"{planned.deployed} has no change set {_CHANGE_SET}: nothing is deleted.")
        return
    words.say(
        f"The change set {_CHANGE_SET} of {planned.deployed} is {description['Status']}, "
        f"{description['ExecutionStatus']}. {description.get('StatusReason', '')}".strip()
    )
    change_set = description["ChangeSetId"]
    events = aws.ask(partial(failures.failures, aws, planned, "ChangeSetName", change_set))
    if isinstance(events, Unknown):
        words.tell(events.why)
    else:
        failures.show(events)
    words.say(f"Deletes the change set. To prepare it again: {aws.command('plan-import', stack)}")
    client.delete_change_set(ChangeSetName=change_set)
    aws.end_dry_run("look for the change set")
    if aws.unless_missing(partial(_describe, client, planned), _NO_CHANGE_SET) is not None:
        raise Stop("The change set still exists. Repeat the command.")
    words.say(f"Now {planned.deployed} has no change set {_CHANGE_SET}.")


def _import_with_stack(aws: Aws, name: str) -> tuple[Stack, Import]:
    """Return an import of a recovery with its stack.

    Raises:
        WrongInput: there is no such import.
    """
    imports: dict[str, tuple[Stack, Import]] = {}
    for stack in aws.environment.stacks:
        for import_name, import_of_stack in stack.imports.items():
            imports[import_name] = (stack, import_of_stack)
    if name not in imports:
        raise WrongInput(
            f"There is no import {name}.{hint(name, imports)} The imports are {series(list(imports))}."
        )
    return imports[name]


def _create(aws: Aws, stack: Stack, create_change_set: Callable[[], object]) -> None:
    """Create the change set.

    Raises:
        Stop: there is one from an earlier call.
    """
    try:
        create_change_set()
    except errors.call_errors() as error:
        if errors.failure(error).code != "AlreadyExistsException":
            raise
        raise Stop(
            f"An import into {stack.name} is prepared already, or has failed. Execute it: "
            f"{aws.command('run-import', stack.name)}, or delete it: "
            f"{aws.command('delete-import', stack.name)}"
        ) from error


def _describe(client: Any, stack: Stack) -> Mapping[str, Any]:
    description: Mapping[str, Any] = client.describe_change_set(
        StackName=stack.deployed, ChangeSetName=_CHANGE_SET
    )
    return description


# ---- What is imported ----


def _with_identifier(aws: Aws, stack: Stack, resource: Mapping[str, Any]) -> dict[str, Any]:
    """Return a resource as CreateChangeSet takes it."""
    identifier = {}
    for key, value in resource["ResourceIdentifier"].items():
        if isinstance(value, str):
            identifier[key] = value.replace(_ACCOUNT, aws.identity.account)
        elif "Name" in value:
            identifier[key] = _arn_of_secret(aws, stack, value["Name"])
        else:
            identifier[key] = _by_tag(aws, stack, resource["ResourceType"], value["Tag"])
    return {**resource, "ResourceIdentifier": identifier}


def _arn_of_secret(aws: Aws, stack: Stack, name: str) -> str:
    """Return the ARN, whose end is random."""
    client = aws.client("secretsmanager", stack.region)
    return str(client.describe_secret(SecretId=name)["ARN"])


def _by_tag(aws: Aws, stack: Stack, kind: str, name: str) -> str:
    """Return the identifier of the only resource with a tag ``Name``.

    Raises:
        Stop: there is none, or more than one.
    """
    resources = keys.tagged(aws, stack.region, _KINDS[kind], {"Name": name})
    arns = [resource.arn for resource in resources]
    if not arns:
        raise Stop(f"No {kind} in {stack.region} has the tag Name {name}.")
    if len(arns) > 1:
        which = ""
        if "KMS" in kind:
            which = f" Which one is in use: {aws.command('show-keys', '--name', name)}"
        raise Stop(f"More than one {kind} has the tag Name {name}: {series(arns)}.{which}")
    (arn,) = arns
    if _KINDS[kind] == "sqs":
        client = aws.client("sqs", stack.region)
        return str(client.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"])
    return arn.rpartition("/")[2]


def _show(changes: Sequence[Mapping[str, Any]]) -> None:
    rows = [
        (change["Action"], change["LogicalResourceId"], change.get("PhysicalResourceId", ""))
        for change in changes
    ]
    words.table(("action", "resource", "physical ID"), rows)


def _require_only_imports(changes: Sequence[Mapping[str, Any]], listed: int) -> None:
    """Check that a change set imports all listed resources, and does nothing else.

    Raises:
        Stop: it does not.
    """
    imports = sum(change["Action"] == "Import" for change in changes)
    if not imports == len(changes) == listed:
        raise Stop(
            f"{imports} of {len(changes)} are Import, of {listed} listed resources. Do not run this import."
        )
    words.say(f"{imports} of {len(changes)} are Import.")
