"""The review and its JSON document; its schema is ``review.schema.json``.

The docstring of the package ``reviewing`` tells the steps of a review and their modules.
"""

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple, overload

from cfn_analysis.model.template_text import TemplateSource
from cfn_analysis.model.wording import series
from cfn_analysis.reviewing.changes import (
    ChangedParameter,
    EnvironmentChanges,
    StackChanges,
    environment_changes,
)
from cfn_analysis.reviewing.findings import Risk
from cfn_analysis.reviewing.hiding import shown
from cfn_analysis.reviewing.judging import EFFECT, NOT_JUDGED, Judgment, judgments, merged
from cfn_analysis.reviewing.outcomes import ResourceOutcome, resource_outcomes
from cfn_analysis.reviewing.outputs import ChangedOutput
from cfn_analysis.reviewing.risks import risks, select_environment
from cfn_analysis.reviewing.sides import ReviewError, Side, two_templates
from cfn_analysis.reviewing.states import environment_names, resolved_states
from cfn_analysis.reviewing.unseen import notes_on_unseen
from cfn_analysis.updates.resource_changes import Cause, resource_changes

FORMAT_VERSION: Final = 1


class Review(NamedTuple):
    """The effects of a deploy from one side, by name, to another one; risks are sorted, most urgent first.

    ``sources`` is stack -> logical ID -> module and line; ``notes`` are about the review as a whole.
    """

    before: str
    after: str
    environments: Sequence[EnvironmentChanges]
    risks: Sequence[Risk]
    judgments: Sequence[Judgment]
    sources: Mapping[str, Mapping[str, str]]
    notes: Sequence[str] = ()

    @property
    def effects(self) -> list[Judgment]:
        """The changes that are not risks, and whose effect is known."""
        return [judgment for judgment in self.judgments if judgment.verdict == EFFECT]

    @property
    def not_judged(self) -> list[Judgment]:
        """The changes that no risk names and that are not known to be harmless."""
        return [judgment for judgment in self.judgments if judgment.verdict == NOT_JUDGED]


@overload
def review(before: Side, after: Side, environments: Sequence[str] = ()) -> Review: ...


@overload
def review(
    before: TemplateSource, after: TemplateSource, *, region: str, parameters: Mapping[str, str] = ...
) -> Review: ...


def review(
    before: Side | TemplateSource,
    after: Side | TemplateSource,
    environments: Sequence[str] = (),
    *,
    region: str = "",
    parameters: Mapping[str, str] = MappingProxyType({}),
) -> Review:
    """Compare two sides, or two templates; ``document`` and ``text.as_text`` report it.

    Args:
        before: the deployed side or template. A template is its text, its bytes or its file.
        after: the side or template that will be deployed.
        environments: of two sides, the environments to compare; by default all.
        region: the region of two templates.
        parameters: the values of the parameters of two templates, for each template that has the parameter.

    Raises:
        OSError: the file of a template cannot be read.
        ReviewError: an environment does not exist, or a template cannot be read or resolved, or the arguments
            do not belong together.
        SchemasError: cfn-lint does not have schemas for the region of a stack.
    """
    if isinstance(before, Side) and isinstance(after, Side):
        if region or parameters:
            raise ReviewError("A Side has a region and values. Leave out region and parameters.")
        return _review(before, after, environments)
    if isinstance(before, Side) or isinstance(after, Side):
        raise ReviewError("Only one of the two is a Side. Pass the other one to template() first.")
    if not region:
        raise ReviewError('The region of the templates is missing. Specify it: region="eu-west-1".')
    return _review(*two_templates(before, after, region, parameters), environments)


def _review(before: Side, after: Side, environments: Sequence[str]) -> Review:
    changed_environments = []
    for environment in environment_names(before, after, environments):
        states = resolved_states(before, after, environment)
        changes = resource_changes(states.before, states.after, states.origin)
        outcomes = resource_outcomes(changes, states.after)
        changed_environments.append(environment_changes(states, changes, outcomes))
    notes = _notes_on_imports(changed_environments) if after.is_template else []
    sources = _sources_of_changes(after, changed_environments)
    all_risks = risks(changed_environments)
    judgments_by_environment = {}
    for changed_environment in changed_environments:
        name = changed_environment.name
        judgments_by_environment[name] = judgments(changed_environment, select_environment(all_risks, name))
    merged_judgments = merged(judgments_by_environment)
    notes += notes_on_unseen(before, after, changed_environments, all_risks, merged_judgments)
    return Review(before.name, after.name, changed_environments, all_risks, merged_judgments, sources, notes)


def _notes_on_imports(environments: Sequence[EnvironmentChanges]) -> list[str]:
    """Return what is not known about two single templates."""
    exports: list[str] = []
    for environment in environments:
        for stack in environment.stacks:
            exports += [output.export for output in stack.outputs if output.export is not None]
    if not exports:
        return []
    return [
        f"Whether other stacks import {series(exports)} is not known from two templates. While one does, "
        "CloudFormation refuses to change or remove the export."
    ]


def _sources_of_changes(
    after: Side, environments: Sequence[EnvironmentChanges]
) -> dict[str, Mapping[str, str]]:
    """Return the sources of the stacks with changed resources."""
    changed = {}
    for environment in environments:
        changed.update({stack.built.name: stack.built for stack in environment.stacks if stack.resources})
    return {name: after.source(built) for name, built in changed.items()}


def document(review: Review) -> dict[str, Any]:
    """Return the document in format version 1."""
    return {
        "formatVersion": FORMAT_VERSION,
        "environments": [
            _environment_as_json(environment, review.sources) for environment in review.environments
        ],
        "risks": [_risk_as_json(risk) for risk in review.risks],
        "notJudged": [_not_judged_as_json(judgment) for judgment in review.not_judged],
        "effects": [
            {**_not_judged_as_json(judgment), "effect": judgment.reason} for judgment in review.effects
        ],
        "notes": list(review.notes),
    }


def as_json(review: Review) -> str:
    """Return the document as JSON in ASCII, keys in the order of the format."""
    return json.dumps(document(review), indent=2)


def _environment_as_json(
    environment: EnvironmentChanges, sources: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    stacks = [_stack_as_json(stack, sources.get(stack.built.name, {})) for stack in environment.stacks]
    return {"name": environment.name, "stacks": stacks}


def _risk_as_json(risk: Risk) -> dict[str, Any]:
    return {
        "kind": risk.kind,
        "environments": list(risk.environments),
        "stack": risk.stack,
        "logicalId": risk.name,
        "property": risk.path,
        "message": risk.message,
        "accepted": risk.accepted,
        "reason": risk.reason,
    }


def _not_judged_as_json(judgment: Judgment) -> dict[str, Any]:
    return {
        "environments": list(judgment.environments),
        "stack": judgment.subject.stack,
        "logicalId": judgment.subject.name,
        "path": judgment.path,
        "before": judgment.before,
        "after": judgment.after,
    }


def _stack_as_json(stack: StackChanges, sources: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": stack.built.name,
        "region": stack.built.region,
        "resources": [_resource_as_json(stack, outcome, sources) for outcome in stack.resources],
        "outputs": [_output_as_json(output) for output in stack.outputs],
        "parameters": [_parameter_as_json(parameter) for parameter in stack.parameters],
    }


def _output_as_json(output: ChangedOutput) -> dict[str, Any]:
    return {
        "key": output.key,
        "change": output.action,
        "before": shown(output.before, output.key),
        "after": shown(output.after, output.key),
        "export": output.export,
        "exportAfter": output.new_export,
        "importers": list(output.importers),
        "readers": list(output.readers),
        "chain": list(output.reason.chain),
    }


def _parameter_as_json(parameter: ChangedParameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "change": parameter.action,
        "before": parameter.before,
        "after": parameter.after,
        "file": parameter.file,
    }


def _resource_as_json(
    stack: StackChanges, outcome: ResourceOutcome, sources: Mapping[str, str]
) -> dict[str, Any]:
    change = outcome.change
    name = change.node.name
    return {
        "logicalId": name,
        "type": change.written_type,
        "change": change.action,
        "interruption": outcome.interruption,
        "interruptionOrder": stack.order.get(name),
        "data": outcome.data,
        "causes": [_cause_as_json(cause, change.type) for cause in change.causes],
        "section": stack.built.sections.get(name, ""),
        "source": sources[name] if sources else "",
    }


def _cause_as_json(cause: Cause, type_name: str) -> dict[str, Any]:
    return {
        "property": cause.path,
        "before": shown(cause.before, cause.path, type_name),
        "after": new_value(cause, type_name),
        "chain": cause.chain,
    }


def new_value(cause: Cause, type_name: str) -> Any:
    """Return the new value; an unchanged reference to a replaced resource is marked as new."""
    value = shown(cause.after, cause.path, type_name)
    if cause.follows and isinstance(value, str):
        return f"{value} (new)"
    return value
