"""The deployed stacks as lines above a review, and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cfn_analysis.model.template_text import TemplateTextError, read_template
from cfn_analysis.model.wording import series
from cfn_analysis.reviewing.hiding import HIDDEN_VALUE, shown
from csr_templates.hand_over.history import HistoryError, commit_of
from csr_templates.preflight import deployed, review_side

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cfn_analysis.model.built_stack import BuiltStack
    from cfn_analysis.reviewing.sides import Side
    from csr_templates.preflight.deployed_state import DeployedStack, DeployedState

_LISTS: Final = {
    "missing": "not deployed",
    "unknown": "not known, see the risks",
    "others": "not in the folder",
}
"""Key of a list of stacks -> how it is introduced."""


def as_json(state: DeployedState, folder: Side) -> dict[str, Any]:
    """Return what was read from the account, with where each stack differs from the folder."""
    header = state.facts.header
    absent = [stack.name for stack in state.environment.stacks if stack.name not in state.stacks]
    return {
        "account": header.account,
        "time": header.time,
        "stacks": [_stack(state, stack, folder) for stack in folder.stacks if stack.name in state.stacks],
        "missing": [name for name in absent if name not in state.not_compared],
        "unknown": [name for name in absent if name in state.not_compared],
        "others": [f"{stack.stack_name} ({stack.region})" for stack in state.others],
    }


def paragraphs(document: Mapping[str, Any]) -> list[list[str]]:
    """Return a heading, and for each stack a line and its details, from a document of ``as_json``."""
    lines = [[f"Deployed in account {document['account']}, read at {document['time']}"]]
    lines += [_paragraph(stack) for stack in document["stacks"]]
    for key, words in _LISTS.items():
        if document[key]:
            lines.append([f"{words}: {', '.join(document[key])}"])
    return lines


def _paragraph(stack: Mapping[str, Any]) -> list[str]:
    """Return the lines about a stack."""
    return [
        f"{stack['name']} ({stack['region']}): {stack['status']}, last update {stack['updated']}",
        f"template: {stack['template']}",
        _drift(stack["drift"]),
        *stack["differences"],
        stack["id"],
    ]


def _drift(drift: Mapping[str, Any]) -> str:
    if not drift["time"]:
        return "drift: never checked"
    sentence = f"drift: {drift['status']} at {drift['time']}"
    if drift["resources"]:
        return f"{sentence}: {', '.join(drift['resources'])}"
    return sentence


def notes(state: DeployedState) -> list[str]:
    """Return sentences about what the review assumes."""
    sentences = []
    question = deployed.question_of_account(state.environment, state.facts.header.caller)
    if question and not state.stacks and not state.unknown:
        sentences.append(f"{deployed.none_exists(state.environment)}.{question}")
    for stack in state.stacks.values():
        secret = [name for name, parameter in stack.parameters.items() if parameter.is_hidden]
        if secret:
            sentences.append(f"{stack.name}: AWS hides {series(secret)}. The review assumes the same value.")
        if HIDDEN_VALUE in stack.template:
            sentences.append(
                f"{stack.name}: values in the deployed template that look like secrets are hidden. The "
                "review assumes the same values."
            )
    sentences += [
        f"{stack}: {name} is a parameter of Systems Manager. The review uses its deployed value; the deploy "
        "reads it again, and it may have changed."
        for stack, name in review_side.moving_parameters(state)
    ]
    return sentences


def _stack(state: DeployedState, stack: BuiltStack, folder: Side) -> dict[str, Any]:
    deployed = state.stacks[stack.name]
    return {
        "name": stack.name,
        "region": stack.region,
        "id": deployed.id,
        "status": deployed.status,
        "updated": deployed.updated,
        "template": _origin(deployed, stack, folder),
        "drift": {
            "status": deployed.drift,
            "time": deployed.drift_time,
            "resources": None if deployed.drifted is None else list(deployed.drifted),
        },
        "terminationProtection": deployed.is_protected,
        "rollbackTriggers": list(deployed.triggers),
        "differences": list(_differences(state, deployed, stack, folder)),
    }


def _origin(deployed: DeployedStack, stack: BuiltStack, folder: Side) -> str:
    """Return which commit has the deployed template, and whether it is that of the folder."""
    if not deployed.template:
        return "not known"
    is_same = deployed.template.split() == stack.text.split()
    is_equal = is_same or _is_equal(deployed.template, stack.template)
    try:
        if HIDDEN_VALUE in deployed.template:
            raise HistoryError("It is not the deployed text.")
        commit = commit_of(Path(folder.name), deployed.template)
    except HistoryError:
        if is_equal:
            return f"equal to {folder.name}, not compared with commits"
        return "not compared with commits"
    if commit and is_same:
        return f"equal to {folder.name} (unchanged since {commit})"
    if commit:
        return f"{commit}, of {folder.name}"
    if is_same:
        return f"equal to {folder.name}, which is not committed"
    if is_equal:
        return f"equal to {folder.name}, in another notation or with other comments"
    return f"matches no commit of {folder.name}"


def _is_equal(text: str, template: Mapping[str, Any]) -> bool:
    """Return whether a text means the same as a template."""
    try:
        return read_template(text) == template
    except TemplateTextError:
        return False


def _differences(
    state: DeployedState, deployed: DeployedStack, stack: BuiltStack, folder: Side
) -> Iterator[str]:
    """Yield what a deploy of the template alone does not set, and what differs."""
    if deployed.stack_name != _expected_name(state, stack):
        yield f"the name is an alias of {deployed.stack_name}"
    if deployed.is_protected != stack.termination_protection:
        states = [_on(enabled) for enabled in (deployed.is_protected, stack.termination_protection)]
        yield f"termination protection: {states[0]}; {folder.name} specifies {states[1]}"
    if deployed.policy is not None and deployed.policy != stack.policies.stack:
        state_of_policy = "none; there is one in"
        if deployed.policy:
            state_of_policy = "differs from"
        yield f"stack policy: {state_of_policy} {folder.name}"
    yield from _different_tags(deployed.tags, _tags(state, stack, folder), folder)
    for export, importers in state.imports.get(stack.name, {}).items():
        yield f"export {export}: imported by {series(importers)}, outside the folder"
    if deployed.triggers:
        yield f"rollback triggers: {', '.join(arn.rpartition(':')[2] for arn in deployed.triggers)}"


def _different_tags(
    deployed_tags: Mapping[str, str], tags_of_files: Mapping[str, str], folder: Side
) -> Iterator[str]:
    """Yield the tags that differ; none if those of the files are not known."""
    if not tags_of_files:
        return
    for name in dict.fromkeys([*tags_of_files, *deployed_tags]):
        if deployed_tags.get(name) != tags_of_files.get(name):
            deployed_value = shown(deployed_tags.get(name, "none"), name)
            value_of_files = shown(tags_of_files.get(name, "none"), name)
            yield f"tag {name}: {deployed_value}; in {folder.name} {value_of_files}"


def _on(enabled: bool) -> str:
    return "on" if enabled else "off"


def _expected_name(state: DeployedState, stack: BuiltStack) -> str:
    environment = state.environment.stack(stack.name)
    return environment.deployed_name if environment else stack.name


def _tags(state: DeployedState, stack: BuiltStack, folder: Side) -> dict[str, str]:
    """Return the tags that the parameter file of a stack sets; empty if they are not known."""
    file = folder.value_files.get(state.environment.name, {}).get(stack.name)
    try:
        tags = json.loads((Path(folder.name) / file).read_bytes()).get("Tags", {}) if file else {}
    except (OSError, ValueError, AttributeError):
        return {}
    return dict(tags)
