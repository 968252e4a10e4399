"""The stacks: their status and the values that they read; whether they are as built, and protected."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any, Final

from cfn_analysis.model.template_text import TemplateTextError, read_template
from cfn_analysis.reviewing.hiding import shown
from csr_templates.preflight import deployed, deployed_resources, hidden, remedies
from csr_templates.preflight.facts import Lookup, moment
from csr_templates.preflight.resolved_environment import (
    CrossStackReference,
    EnvironmentStack,
    ResolvedEnvironment,
)
from csr_templates.preflight.results import (
    Check,
    Result,
    SkippedError,
    Subject,
    failed,
    passed,
    skipped,
    warned,
)
from csr_templates.preflight.services import cloudformation_calls

REMEDIES: Final = {
    "ROLLBACK_COMPLETE": "Delete the stack (docs/hand-over.md, When the first create fails).",
    "ROLLBACK_FAILED": "See docs/hand-over.md, When the first create fails.",
    "CREATE_FAILED": "Delete the stack, or roll it back, then deploy.",
    "DELETE_FAILED": "Do not delete anything manually. See docs/recovery.md, A deletion has failed.",
    "UPDATE_FAILED": "Roll it back, then deploy.",
    "UPDATE_ROLLBACK_FAILED": "See docs/recovery.md, A rollback has failed.",
    "IMPORT_ROLLBACK_FAILED": "See docs/recovery.md, An import has failed.",
}
"""Status of a stack that cannot be updated -> what to do; for other ones, wait."""
_OPERATE: Final = {
    "ROLLBACK_COMPLETE": "delete-failed-create",
    "ROLLBACK_FAILED": "delete-failed-create",
    "DELETE_FAILED": "finish-deletion",
    "UPDATE_ROLLBACK_FAILED": "why-failed",
    "IMPORT_ROLLBACK_FAILED": "why-failed",
}
"""Status -> the command of ``csr-operate`` for it."""
_ROLL_BACK: Final = ("CREATE_FAILED", "UPDATE_FAILED")
"""Statuses in which CloudFormation accepts RollbackStack.
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackStack.html"""
_COMPLETE: Final = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
_TEXTS: Final = ("Description", "Metadata", "Rules")
_DECIDING: Final = ("Type", "Default", "NoEcho")
_SHOWN: Final = 5  # parameters in a sentence


# ---- Before a deploy ----


def _judge_state_before_deploy(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    description = deployed.description(lookup, subject.stack)
    if description is None and deployed.is_empty_account(environment, lookup):
        return _first_deploy(subject, environment, lookup)
    if description is None:
        return passed(f"{subject.id} does not exist yet. The deploy creates it.")
    status = description["StackStatus"]
    if status in cloudformation_calls.READY:
        return passed(f"{subject.id} is in status {status}. The deploy updates it.")
    if status == "REVIEW_IN_PROGRESS":
        return warned(
            f"{subject.id} is empty: it contains only a change set. The deploy creates its resources.",
            "Delete change sets that will not be executed.",
        )
    return failed(
        f"{subject.id} is in status {status} and cannot be updated.",
        state_remedy(status, subject.stack, environment, "then run preflight again"),
    )


def state_remedy(status: str, stack: EnvironmentStack, environment: ResolvedEnvironment, wait: str) -> str:
    """Return what to do for a stack of the folder that cannot be updated.

    Args:
        status: its status.
        stack: the stack.
        environment: its environment.
        wait: what follows when an operation is complete.
    """
    if status in _OPERATE:
        command = remedies.csr_operate(environment, _OPERATE[status], stack.name)
        return f"{REMEDIES[status].removesuffix('.')}: {command}"
    if status in _ROLL_BACK:
        command = remedies.aws("cloudformation rollback-stack", stack.region, stack_name=stack.deployed_name)
        return f"{REMEDIES[status].removesuffix('.')}: {command}"
    command = remedies.csr_operate(environment, "wait", stack.name)
    return f"Wait until the operation is complete, {wait}: {command}"


def _first_deploy(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    """Judge an account without any stack of the environment; one result asks if it is the wrong one."""
    sentence = f"{deployed.none_exists(environment)}: normal before the first deploy."
    question = deployed.question_of_account(environment, lookup.facts.header.caller)
    if not question or subject.stack is not environment.chosen[0]:
        return passed(sentence)
    return warned(
        f"{sentence}{question}",
        f"If {environment.name} is already deployed, use the profile of its account. AccountId in the "
        "parameter files states the account (docs/preflight.md).",
    )


def _references(environment: ResolvedEnvironment) -> Iterator[Subject]:
    for stack in environment.chosen:
        for reference in stack.references:
            name = reference.export or f"{reference.stack}/{reference.output}"
            yield Subject(name, stack, reference)


def _judge_reference(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    reference: CrossStackReference = subject.about
    provider = environment.provider(reference)
    if provider and _is_earlier(provider[0], subject, environment):
        return passed(f"{subject.id} comes from {provider[0].deployed_name}, which is deployed first.")
    if _exists(reference, lookup):
        return passed(f"{subject.id} exists.")
    remedy = "No stack of the folder provides it."
    if provider:
        deploy = remedies.deploy(provider[0], environment)
        remedy = f"{provider[0].deployed_name} provides it. Deploy that stack first: {deploy}"
    return failed(f"{subject.id} does not exist, but is read by {', '.join(reference.users)}.", remedy)


def _is_earlier(provider: EnvironmentStack, subject: Subject, environment: ResolvedEnvironment) -> bool:
    """Return whether a stack is deployed before the one that reads from it."""
    order = [stack.name for stack in environment.chosen]
    return provider.name in order[: order.index(subject.stack.name)]


def _exists(reference: CrossStackReference, lookup: Lookup) -> bool:
    """Return whether the account has the export or the output."""
    if reference.export:
        exports = lookup(cloudformation_calls.exports.query(reference.region))
        return reference.export in [export["Name"] for export in exports]
    stacks = lookup(cloudformation_calls.stack.query(reference.region, reference.stack))
    if not stacks:
        return False
    return reference.output in [output["OutputKey"] for output in stacks[0].get("Outputs", [])]


# ---- After a deploy ----


def _judge_state_after_deploy(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    description = deployed.description(lookup, subject.stack)
    if description is None and deployed.is_empty_account(environment, lookup):
        return _no_stack(subject, environment, lookup)
    if description is None:
        return failed(
            f"{subject.id} is not deployed in {subject.stack.region}.",
            deployed_resources.deploy_remedy(subject.stack, environment),
        )
    status = description["StackStatus"]
    if status in _COMPLETE:
        return passed(f"{subject.id} is in status {status}.")
    if status == "IMPORT_COMPLETE":
        return warned(
            f"{subject.id} is in status {status}: its resources were imported.",
            "Complete the recovery with a deploy (docs/recovery.md, A stack was deleted): "
            f"{remedies.deploy(subject.stack, environment)}",
        )
    if status.endswith("_IN_PROGRESS"):
        return failed(
            f"{subject.id} is in status {status}.",
            "Wait until it is complete, then run verify again: "
            f"{remedies.csr_operate(environment, 'wait', subject.stack.name)}",
        )
    return failed(
        f"{subject.id} is in status {status}: the last deploy did not succeed.",
        f"Read why: {remedies.csr_operate(environment, 'why-failed', subject.stack.name)}",
    )


def _no_stack(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    """Judge an account without any stack of the environment, which is said once.

    Raises:
        SkippedError: the first stack says it.
    """
    if subject.stack is not environment.chosen[0]:
        raise SkippedError
    question = deployed.question_of_account(environment, lookup.facts.header.caller)
    return failed(
        f"{deployed.none_exists(environment)}.{question}",
        "Use the profile of the account to which the stacks were deployed, or deploy them.",
    )


def _judge_template(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    stack = subject.stack
    stack_id = _description(stack, lookup)["StackId"]
    text = lookup(cloudformation_calls.template.query(stack.region, stack_id)).strip()
    built_text = stack.built.text
    if text == built_text.strip():
        return passed(f"The template of {subject.id} is {stack.built.file}.")
    template, built_template = _read(text), _read(hidden.in_template(built_text))
    if template and template == built_template:
        return passed(f"The template of {subject.id} means the same as {stack.built.file}.")
    if template and _effective(template) == _effective(built_template):
        return warned(
            f"The template of {subject.id} differs from {stack.built.file} only in descriptions, metadata or "
            "constraints of parameters, which do not change a resource.",
            "The next deploy that changes a resource of the stack updates them.",
        )
    return failed(
        f"The template of {subject.id} is not {stack.built.file} of the output folder.",
        f"Deploy the stack, or see what differs: {_review(environment)}",
    )


def _review(environment: ResolvedEnvironment) -> str:
    return shlex.join(
        ["csr-templates", "review", "--before", f"deployed:{environment.name}", "--after", environment.folder]
    )


def _read(text: str) -> dict[str, Any]:
    """Return a template; empty if it is not one that this version reads."""
    try:
        return read_template(text)
    except TemplateTextError:
        return {}


def _effective(template: Mapping[str, Any]) -> dict[str, Any]:
    """Return a template without what does not decide about its resources and outputs.

    CloudFormation does not update a stack if only these parts change.
    """
    effective = {section: content for section, content in template.items() if section not in _TEXTS}
    effective["Parameters"] = {
        name: _deciding_part(parameter) for name, parameter in template.get("Parameters", {}).items()
    }
    effective["Resources"] = {
        logical_id: _without_metadata(resource)
        for logical_id, resource in template.get("Resources", {}).items()
    }
    return effective


def _deciding_part(parameter: Mapping[str, Any]) -> dict[str, Any]:
    return {key: parameter[key] for key in _DECIDING if key in parameter}


def _without_metadata(resource: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in resource.items() if key != "Metadata"}


def _judge_parameters(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    stack = subject.stack
    values = deployed.parameters(_description(stack, lookup))
    expected = {name: value for name, value in stack.values.items() if name not in stack.undecided}
    different = [name for name in sorted(expected) if not _is_shown_value(values.get(name), expected[name])]
    for name in different:
        if name in stack.built.per_deploy:
            return failed(
                f"{name} of {subject.id} is {shown(values.get(name, ''), name)!r} instead of "
                f"{shown(expected[name], name)!r} (--parameter).",
                "Correct --parameter, or deploy the stack with this value.",
            )
    if different:
        names = ", ".join(_both_values(name, values, expected[name]) for name in different[:_SHOWN])
        more = ""
        if len(different) > _SHOWN:
            more = f" and {len(different) - _SHOWN} more"
        return failed(
            f"Parameters of {subject.id} have other values than the files: {names}{more}.",
            f"Change the files, or deploy their values: {remedies.deploy(stack, environment)}",
        )
    return passed(f"The parameters of {subject.id} are those of the files.")


def _is_shown_value(value: str | None, expected: str) -> bool:
    """Return whether CloudFormation shows a value that way: hidden, or with ``?`` for other than ASCII."""
    return value in (*hidden.MASKS, expected, re.sub(r"[^\x00-\x7f]", "?", expected))


def _both_values(name: str, values: Mapping[str, str], expected: str) -> str:
    """Return a parameter with its deployed value and that of the files, without secrets."""
    deployed_value = "missing"
    if name in values:
        deployed_value = repr(shown(values[name], name))
    return f"{name} ({deployed_value} instead of {shown(expected, name)!r})"


def _judge_protection(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    stack = subject.stack
    description = _description(stack, lookup)
    if stack.built.termination_protection and not description.get("EnableTerminationProtection"):
        return failed(
            f"The termination protection of {subject.id} is off.",
            f"Enable it: {_enable_protection(stack)}",
        )
    expected = stack.built.policies.stack
    body = lookup(cloudformation_calls.stack_policy.query(stack.region, description["StackId"]))
    policy = json.loads(body or "null")
    if expected and policy != expected:
        state = "has another stack policy than the output folder"
        if not policy:
            state = "has no stack policy"
        return failed(
            f"{subject.id} {state}.",
            f"Set it: {_set_policy(stack, environment)}",
        )
    return passed(f"{subject.id} is protected.")


def _enable_protection(stack: EnvironmentStack) -> str:
    return remedies.aws(
        "cloudformation update-termination-protection",
        stack.region,
        "--enable-termination-protection",
        stack_name=stack.deployed_name,
    )


def _set_policy(stack: EnvironmentStack, environment: ResolvedEnvironment) -> str:
    path = remedies.file_of(environment, f"stack-policies/{stack.name}.json")
    return remedies.aws(
        "cloudformation set-stack-policy",
        stack.region,
        stack_name=stack.deployed_name,
        stack_policy_body=f"file://{path}",
    )


def _judge_drift(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    stack = subject.stack
    description = _description(stack, lookup)
    drift = description.get("DriftInformation", {})
    detect = f"Detect the drift: {remedies.csr_operate(environment, 'find-drift', stack.name)}"
    if drift.get("StackDriftStatus") not in ("DRIFTED", "IN_SYNC"):
        return skipped(
            f"The drift of {subject.id} is not known ({drift.get('StackDriftStatus', 'NOT_CHECKED')}).",
            detect,
        )
    checked, deployed_at = drift.get("LastCheckTimestamp"), _last_deploy(description)
    if drift["StackDriftStatus"] == "IN_SYNC" and not checked:
        return skipped(f"The time of the drift detection of {subject.id} is not known.", detect)
    if drift["StackDriftStatus"] == "IN_SYNC" and moment(checked) < moment(deployed_at):
        return skipped(
            f"The drift of {subject.id} was detected at {checked}, before its last deploy at {deployed_at}.",
            detect,
        )
    if drift["StackDriftStatus"] == "IN_SYNC":
        return passed(f"{subject.id} did not differ from its template at {checked}.")
    drifted = deployed.drifted(
        lookup(cloudformation_calls.stack_resources.query(stack.region, stack.deployed_name))
    )
    names = ", ".join(drifted[:_SHOWN]) or "deleted resources"
    return warned(
        f"{subject.id} differed from its template at {drift.get('LastCheckTimestamp')}: {names}.",
        "Set the resources as the template defines them, then detect the drift again: "
        f"{remedies.csr_operate(environment, 'find-drift', stack.name)}",
    )


def _last_deploy(description: Mapping[str, Any]) -> str:
    """Return when a stack was updated the last time, or created."""
    return str(description.get("LastUpdatedTime") or description["CreationTime"])


def _description(stack: EnvironmentStack, lookup: Lookup) -> dict[str, Any]:
    """Return the stack from DescribeStacks.

    Raises:
        SkippedError: it is not deployed, which the first check says.
    """
    description = deployed.description(lookup, stack)
    if description is None:
        raise SkippedError
    return description


BEFORE_DEPLOY: Final = (
    Check(
        "stack-state",
        "Each stack can be updated, or has not been created yet",
        deployed.chosen_stacks,
        _judge_state_before_deploy,
    ),
    Check(
        "imports",
        "The exports and outputs that a stack reads exist, or are deployed first",
        _references,
        _judge_reference,
    ),
)
AFTER_DEPLOY: Final = (
    Check(
        "stack-state",
        "Each stack is deployed, and its last deploy succeeded",
        deployed.chosen_stacks,
        _judge_state_after_deploy,
    ),
    Check(
        "template",
        "The template of each stack means the same as the one in the output folder",
        deployed.chosen_stacks,
        _judge_template,
    ),
    Check(
        "parameters",
        "The parameters of each stack are those of the files",
        deployed.chosen_stacks,
        _judge_parameters,
    ),
    Check(
        "protection",
        "Each stack has termination protection and its stack policy, as the manifest says",
        deployed.chosen_stacks,
        _judge_protection,
    ),
    Check(
        "drift",
        "The drift of each stack was detected since its last deploy, and there was no difference",
        deployed.chosen_stacks,
        _judge_drift,
    ),
)
