"""The stacks: whether they are what the files define, and protected."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from cfn_analysis.model.template_text import TemplateTextError, read_template
from cfn_analysis.reviewing.hiding import shown
from csr_templates.preflight import calls, deployed, deployed_calls, hidden
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.needs import Needs, StackNeeds
from csr_templates.preflight.results import Check, SkippedError, Subject, Verdict, failed, passed, warned
from csr_templates.preflight.verifying import resources

_COMPLETE: Final = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
_IMPORTED: Final = ("IMPORT_COMPLETE",)
_TEXTS: Final = ("Description", "Metadata", "Rules")
_DECIDING: Final = ("Type", "Default", "NoEcho")
_SHOWN: Final = 5  # parameters in a sentence


def _judge_state(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    found = deployed.description(lookup, subject.stack)
    if found is None and deployed.is_empty_account(needs, lookup):
        return _no_stack(subject, needs, lookup)
    if found is None:
        return failed(f"{subject.id} is not deployed in {subject.stack.region}.", resources.DEPLOY)
    status = found["StackStatus"]
    if status in _COMPLETE:
        return passed(f"{subject.id} is in status {status}.")
    if status in _IMPORTED:
        return warned(
            f"{subject.id} is in status {status}: its resources were imported.",
            "Complete the recovery with a deploy (docs/recovery.md, A stack was deleted).",
        )
    if status.endswith("_IN_PROGRESS"):
        return failed(
            f"{subject.id} is in status {status}.", "Wait until it is complete, then run verify again."
        )
    return failed(
        f"{subject.id} is in status {status}: the last deploy did not succeed.",
        f"Read why: aws cloudformation describe-events --region {subject.stack.region} --stack-name "
        f"{subject.id} --filters FailedEvents=true",
    )


def _no_stack(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    """Judge an account without any stack of the environment, which is said once.

    Raises:
        SkippedError: the first stack says it.
    """
    if subject.stack is not needs.chosen[0]:
        raise SkippedError
    question = deployed.wrong_account(needs, lookup.facts.header.caller)
    return failed(
        f"{deployed.none_exists(needs)}.{question}",
        "Use the profile of the account to which the stacks were deployed, or deploy them.",
    )


def _judge_template(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    stack = subject.stack
    found = _description(stack, lookup)
    text = lookup(deployed_calls.template(stack.region, found["StackId"])).strip()
    built = stack.built.text
    if text == built.strip():
        return passed(f"The template of {subject.id} is {stack.built.file}.")
    deployed_template, built_template = _read(text), _read(hidden.in_template(built))
    if deployed_template and deployed_template == built_template:
        return passed(f"The template of {subject.id} means the same as {stack.built.file}.")
    if deployed_template and _effective(deployed_template) == _effective(built_template):
        return warned(
            f"The template of {subject.id} differs from {stack.built.file} only in descriptions, metadata or "
            "constraints of parameters, which do not change a resource.",
            "The next deploy that changes a resource of the stack updates them.",
        )
    return failed(
        f"The template of {subject.id} is not {stack.built.file} of the output folder.",
        f"Deploy the stack, or see what differs: csr-templates review --before deployed:{needs.environment}",
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
        name: {key: parameter[key] for key in _DECIDING if key in parameter}
        for name, parameter in template.get("Parameters", {}).items()
    }
    effective["Resources"] = {
        name: {key: value for key, value in resource.items() if key != "Metadata"}
        for name, resource in template.get("Resources", {}).items()
    }
    return effective


def _judge_parameters(subject: Subject, _: Needs, lookup: Lookup) -> Verdict:
    stack = subject.stack
    found = _description(stack, lookup)
    values = deployed.parameters(found)
    expected = {name: value for name, value in stack.values.items() if name not in stack.undecided}
    different = sorted(
        name
        for name, value in expected.items()
        if values.get(name) not in (*hidden.MASKS, value, re.sub(r"[^\x00-\x7f]", "?", value))
    )
    for name in different:
        if name in stack.built.per_deploy:
            return failed(
                f"{name} of {subject.id} is {shown(values.get(name, ''), name)!r} instead of "
                f"{shown(expected[name], name)!r} (--parameter).",
                "Correct --parameter, or deploy the stack with this value.",
            )
    if different:
        names = ", ".join(_both_values(name, values, expected[name]) for name in different[:_SHOWN])
        more = f" and {len(different) - _SHOWN} more" if len(different) > _SHOWN else ""
        return failed(
            f"Parameters of {subject.id} have other values than the files: {names}{more}.",
            "Deploy the stack with the values of the files, or change the files.",
        )
    return passed(f"The parameters of {subject.id} are those of the files.")


def _both_values(name: str, values: Mapping[str, str], expected: str) -> str:
    """Return a parameter with its deployed value and that of the files, without secrets."""
    deployed_value = repr(shown(values[name], name)) if name in values else "missing"
    return f"{name} ({deployed_value} instead of {shown(expected, name)!r})"


def _judge_protection(subject: Subject, _: Needs, lookup: Lookup) -> Verdict:
    stack = subject.stack
    found = _description(stack, lookup)
    if stack.built.termination_protection and not found.get("EnableTerminationProtection"):
        return failed(
            f"The termination protection of {subject.id} is off.",
            "Enable it: aws cloudformation update-termination-protection --enable-termination-protection "
            f"--region {stack.region} --stack-name {subject.id}",
        )
    expected = stack.built.policies.stack
    policy = json.loads(lookup(deployed_calls.stack_policy(stack.region, found["StackId"])) or "null")
    if expected and policy != expected:
        state = "has no stack policy" if not policy else "has another stack policy than the output folder"
        return failed(
            f"{subject.id} {state}.",
            f"Set it: aws cloudformation set-stack-policy --region {stack.region} --stack-name {subject.id} "
            f"--stack-policy-body file://out/stack-policies/{stack.name}.json",
        )
    return passed(f"{subject.id} is protected.")


def _judge_drift(subject: Subject, _: Needs, lookup: Lookup) -> Verdict:
    found = _description(subject.stack, lookup)
    drift = found.get("DriftInformation", {})
    if drift.get("StackDriftStatus") != "DRIFTED":
        return passed(f"{subject.id} has no known drift ({drift.get('StackDriftStatus', 'NOT_CHECKED')}).")
    stack = subject.stack
    drifted = deployed.drifted(lookup(calls.stack_resources(stack.region, stack.deployed)))
    names = ", ".join(drifted[:_SHOWN]) or "deleted resources"
    return warned(
        f"{subject.id} differed from its template at {drift.get('LastCheckTimestamp')}: {names}.",
        "Set the resources as the template defines them, then detect the drift again: aws cloudformation "
        f"detect-stack-drift --region {subject.stack.region} --stack-name {subject.id}",
    )


def _description(stack: StackNeeds, lookup: Lookup) -> dict[str, Any]:
    """Return the stack from DescribeStacks.

    Raises:
        SkippedError: it is not deployed, which the first check says.
    """
    found = deployed.description(lookup, stack)
    if found is None:
        raise SkippedError
    return found


CHECKS: tuple[Check, ...] = (
    Check(
        "stack-state",
        "Each stack is deployed, and its last deploy succeeded",
        deployed.chosen_stacks,
        _judge_state,
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
        "The last drift detection of each stack found no difference, or there was none",
        deployed.chosen_stacks,
        _judge_drift,
    ),
)
