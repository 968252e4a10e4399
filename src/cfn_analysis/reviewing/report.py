"""The review and its JSON document; its schema is ``review.schema.json``."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from cfn_analysis.reviewing.changes import Changed, EnvironmentChanges, StackChanges, compare
from cfn_analysis.reviewing.hiding import shown
from cfn_analysis.reviewing.risks import Risk, risks
from cfn_analysis.reviewing.sides import Side
from cfn_analysis.updates.resource_changes import Cause, ResourceChange

FORMAT_VERSION: Final = 1


class Review(NamedTuple):
    """The effects of a deploy.

    Attributes:
        before: the name of the earlier side.
        after: the name of the later side.
        environments: the changes in each environment.
        risks: the risks of all environments, most urgent first.
        sources: stack -> logical ID -> module and line.
        notes: sentences that the caller adds to the report.
    """

    before: str
    after: str
    environments: Sequence[EnvironmentChanges]
    risks: Sequence[Risk]
    sources: Mapping[str, Mapping[str, str]]
    notes: Sequence[str] = ()


def review(before: Side, after: Side, environments: Sequence[str] = ()) -> Review:
    """Compare two sides; ``document`` and ``text.as_text`` report it.

    Args:
        before: the deployed state.
        after: the state to be deployed.
        environments: names of the environments to review; all by default.

    Raises:
        ReviewError: an environment does not exist, or a template cannot be resolved.
    """
    found = compare(before, after, environments)
    lines: dict[str, dict[str, int]] = {}
    changed = {
        stack.stack.name: stack.stack
        for environment in found
        for stack in environment.stacks
        if stack.resources
    }
    sources = {name: after.source(stack, lines) for name, stack in changed.items()}
    return Review(before.name, after.name, found, risks(found), sources)


def document(found: Review) -> dict[str, Any]:
    """Return the document in format version 1."""
    return {
        "formatVersion": FORMAT_VERSION,
        "environments": [
            {
                "name": environment.name,
                "stacks": [_stack_as_json(stack, found.sources) for stack in environment.stacks],
            }
            for environment in found.environments
        ],
        "risks": [
            {
                "kind": risk.kind,
                "environments": list(risk.environments),
                "stack": risk.stack,
                "logicalId": risk.name,
                "message": risk.message,
                "accepted": risk.accepted,
                "reason": risk.reason,
            }
            for risk in found.risks
        ],
        "notes": list(found.notes),
    }


def as_json(found: Review) -> str:
    """Return the document as JSON in ASCII, keys in the order of the format."""
    return json.dumps(document(found), indent=2)


def _stack_as_json(stack: StackChanges, sources: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    return {
        "name": stack.stack.name,
        "region": stack.stack.region,
        "resources": [_resource(stack, one, sources.get(stack.stack.name, {})) for one in stack.resources],
        "outputs": [
            {
                "key": output.key,
                "change": output.change,
                "before": shown(output.before, output.key),
                "after": shown(output.after, output.key),
                "export": output.export,
                "exportAfter": output.new_export,
                "importers": list(output.importers),
                "readers": list(output.readers),
                "chain": list(output.chain),
            }
            for output in stack.outputs
        ],
        "parameters": [
            {
                "name": parameter.name,
                "change": parameter.change,
                "before": parameter.before,
                "after": parameter.after,
                "file": parameter.file,
            }
            for parameter in stack.parameters
        ],
    }


def _after(cause: Cause, type_name: str) -> Any:
    """Return the new value; an unchanged reference to a replaced resource is marked as new."""
    value = shown(cause.after, cause.name, type_name)
    return f"{value} (new)" if cause.follows and isinstance(value, str) else value


def _type(change: ResourceChange) -> str:
    """Return the type as written in the template, including custom resource types."""
    found = change.after or change.before
    return str(found.attributes["Type"]) if found else change.type


def _resource(stack: StackChanges, one: Changed, sources: Mapping[str, str]) -> dict[str, Any]:
    change = one.change
    name = change.node.name
    return {
        "logicalId": name,
        "type": _type(change),
        "change": change.action,
        "interruption": one.interruption,
        "interruptionOrder": stack.order.get(name),
        "data": one.data,
        "causes": [
            {
                "property": cause.name,
                "before": shown(cause.before, cause.name, change.type),
                "after": _after(cause, change.type),
                "chain": cause.chain,
            }
            for cause in change.causes
        ],
        "section": stack.stack.sections.get(name, ""),
        "source": sources[name] if sources else "",
    }
