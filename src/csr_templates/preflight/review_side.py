"""What is deployed, as a side of a review.

A value that AWS does not show is the same on both sides: NoEcho parameters, secrets in templates, and
characters that AWS returns as ``?``. A per-deploy parameter has its deployed value on both sides, because a
deploy without a new value keeps it. A stack whose state is not known is the same on both sides, and a risk.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

from cfn_analysis.model.built_stack import BuiltStack, Policies
from cfn_analysis.model.template_text import TemplateTextError, read_template
from cfn_analysis.reviewing import report
from cfn_analysis.reviewing.changes import StackChanges
from cfn_analysis.reviewing.findings import Risk
from cfn_analysis.reviewing.kinds import EXPORT, KINDS, WILL_FAIL
from cfn_analysis.reviewing.risks import unknown_stack
from cfn_analysis.reviewing.sides import Side
from csr_templates.preflight import hidden
from csr_templates.preflight.deployed_state import DeployedStack, DeployedState
from csr_templates.preflight.facts import FactsError

_SSM: Final = "AWS::SSM::Parameter::Value<"
_OUTSIDE: Final = "outside the folder"


class _Sides(NamedTuple):
    """A stack before and after the deploy, with its values; None before if the deploy creates it."""

    before: BuiltStack | None
    after: BuiltStack
    values_before: Mapping[str, str]
    values_after: Mapping[str, str]


def review(state: DeployedState, folder: Side) -> report.Review:
    """Compare what is deployed with a folder.

    Raises:
        ReviewError: a template cannot be resolved.
    """
    environment = state.environment.name
    values = folder.environments[environment]
    pairs = [_sides(state, stack, values.get(stack.name, {})) for stack in folder.stacks]
    outside = _importers(state)
    stacks_before = [pair.before for pair in pairs if pair.before]
    stacks_before += [_other_stack(stack) for stack in state.others]
    values_before = {pair.after.name: pair.values_before for pair in pairs if pair.before}
    values_before |= {stack.name: _known_values(stack) for stack in state.others}
    before = Side(f"deployed:{environment}", (*stacks_before, *outside), {environment: values_before})
    after = folder._replace(
        stacks=(*(pair.after for pair in pairs), *outside),
        environments={environment: {pair.after.name: pair.values_after for pair in pairs}},
    )
    compared = report.review(before, after, [environment])
    return _completed(compared, state, {stack.name for stack in outside})


def _completed(compared: report.Review, state: DeployedState, outside: set[str]) -> report.Review:
    """Return the review with the risks of what is not known.

    Stacks outside the folder are left out, and those that were not compared, which are not without changes.
    """
    environments = []
    for environment in compared.environments:
        stacks = [stack for stack in environment.stacks if _is_shown(stack, state, outside)]
        environments.append(environment._replace(stacks=tuple(stacks)))
    imported = _imported_outside(compared, outside)
    risks = [_as_failure(risk, imported) for risk in compared.risks if risk.stack not in outside]
    risks += [unknown_stack(stack, state.environment.name, why) for stack, why in state.unknown]
    risks.sort(key=lambda risk: KINDS.index(risk.kind))
    judgments = [judgment for judgment in compared.judgments if judgment.subject.stack not in outside]
    return compared._replace(environments=environments, risks=risks, judgments=judgments)


def _imported_outside(compared: report.Review, outside: set[str]) -> set[tuple[str, str]]:
    """Return stack and key of the changed outputs that stacks outside the folder import."""
    imported = set()
    for environment in compared.environments:
        for stack in environment.stacks:
            for output in stack.outputs:
                if outside & set(output.importers):
                    imported.add((stack.built.name, output.key))
    return imported


def _as_failure(risk: Risk, imported: set[tuple[str, str]]) -> Risk:
    """Return the risk of an export that an outside stack imports as a failure: it cannot change."""
    if risk.kind == EXPORT and (risk.stack, risk.name) in imported:
        return risk._replace(kind=WILL_FAIL)
    return risk


def _is_shown(stack: StackChanges, state: DeployedState, outside: set[str]) -> bool:
    """Return whether the review names a stack: one of the folder that was compared, or that changes."""
    if stack.built.name not in outside | state.not_compared:
        return True
    return _is_changed(stack, outside)


def _is_changed(stack: StackChanges, outside: set[str]) -> bool:
    return stack.built.name not in outside and bool(stack.resources or stack.outputs or stack.parameters)


def _sides(state: DeployedState, stack: BuiltStack, values: Mapping[str, str]) -> _Sides:
    deployed = state.stacks.get(stack.name)
    if stack.name in state.not_compared:
        return _Sides(stack, stack, values, values)
    if deployed is None:
        return _Sides(None, stack, {}, values)
    template = _restored(_template(deployed), stack.template)
    secret = [name for name, parameter in deployed.parameters.items() if parameter.is_hidden]
    before = replace(
        stack,
        template=template,
        text=deployed.template,
        source="",
        per_deploy=[name for name in secret if name in template.get("Parameters", {})],
        policies=Policies(stack.policies.stack if deployed.policy is None else dict(deployed.policy)),
        termination_protection=deployed.is_protected,
    )
    after = replace(
        stack, per_deploy=[*stack.per_deploy, *(name for name in secret if name in stack.parameters)]
    )
    return _with_resolved(before, after, deployed, values)


def _with_resolved(
    before: BuiltStack, after: BuiltStack, deployed: DeployedStack, values: Mapping[str, str]
) -> _Sides:
    """Return both sides with the values of their parameters, those of Systems Manager resolved."""
    parameters = {name: value for name, value in deployed.parameters.items() if not value.is_hidden}
    values_after = {
        name: values[name] for name in values if name in parameters or name not in deployed.parameters
    }
    values_after |= {name: parameters[name].value for name in after.per_deploy if name in parameters}
    values_before = {
        name: _restored(parameter.value, values_after.get(name)) for name, parameter in parameters.items()
    }
    resolved = {name: value.resolved for name, value in parameters.items() if value.resolved is not None}
    kept = {
        name: value
        for name, value in resolved.items()
        if _is_stored(after, name) and values_after.get(name, after.default(name)) == parameters[name].value
    }
    return _Sides(
        _as_plain(before, resolved), _as_plain(after, kept), values_before | resolved, values_after | kept
    )


def moving_parameters(state: DeployedState) -> list[tuple[str, str]]:
    """Return stack and name of each parameter whose value Systems Manager provides."""
    moving = []
    for stack in state.stacks.values():
        names = [name for name, parameter in stack.parameters.items() if parameter.resolved is not None]
        moving += [(stack.name, name) for name in names]
    return moving


def _known_values(deployed: DeployedStack) -> dict[str, str]:
    return {
        name: parameter.value for name, parameter in deployed.parameters.items() if not parameter.is_hidden
    }


def _is_stored(stack: BuiltStack, parameter: str) -> bool:
    return str(stack.parameters.get(parameter, {}).get("Type")).startswith(_SSM)


def _as_plain(stack: BuiltStack, names: Iterable[str]) -> BuiltStack:
    """Return a stack in which parameters of Systems Manager have the type of their values."""
    parameters = dict(stack.parameters)
    for name in names:
        if _is_stored(stack, name):
            declared = stack.parameters[name]
            plain_type = str(declared["Type"]).removeprefix(_SSM).removesuffix(">")
            parameters[name] = {**declared, "Type": plain_type}
    return replace(stack, template={**stack.template, "Parameters": parameters})


def _template(deployed: DeployedStack) -> dict[str, Any]:
    try:
        return read_template(deployed.template)
    except TemplateTextError as error:
        raise FactsError(
            f"Cannot read the template of {deployed.stack_name} in the facts: {error} Save the facts again: "
            "--save-facts FILE."
        ) from error


def _other_stack(deployed: DeployedStack) -> BuiltStack:
    """Return a deployed stack that is not in the folder."""
    secret = [name for name, parameter in deployed.parameters.items() if parameter.is_hidden]
    return BuiltStack(
        deployed.name,
        deployed.stack_name,
        deployed.region,
        _template(deployed),
        per_deploy=secret,
        text=deployed.template,
        policies=Policies(dict(deployed.policy or {})),
        termination_protection=deployed.is_protected,
        name_pattern=deployed.stack_name,
    )


def _importers(state: DeployedState) -> list[BuiltStack]:
    """Return the stacks outside the folder, of which only the imports are known."""
    names: dict[tuple[str, str], list[str]] = {}
    for stack in state.environment.stacks:
        for export, importers in state.imports.get(stack.name, {}).items():
            for importer in importers:
                names.setdefault((stack.region, importer), []).append(export)
    stacks = []
    for (region, importer), exports in names.items():
        name, template = f"{importer} ({_OUTSIDE})", _template_with_imports(exports)
        stacks.append(BuiltStack(name, importer, region, template, name_pattern=importer))
    return stacks


def _template_with_imports(exports: Sequence[str]) -> dict[str, Any]:
    """Return a template that imports values, for a stack whose template was not read."""
    resources = {}
    for number, export in enumerate(exports):
        resources[f"Import{number}"] = {
            "Type": "AWS::SSM::Parameter",
            "Properties": {"Value": {"Fn::ImportValue": export}},
        }
    return {"Resources": resources}


def _restored(deployed: Any, new: Any) -> Any:
    """Return a deployed value; what AWS does not show is taken from the new value at the same place."""
    if isinstance(deployed, Mapping) and isinstance(new, Mapping):
        return {key: _restored(value, new.get(key)) for key, value in deployed.items()}
    if isinstance(deployed, list) and isinstance(new, list):
        padded: Sequence[Any] = [*new, *[None] * len(deployed)]
        return [_restored(value, padded[number]) for number, value in enumerate(deployed)]
    if isinstance(deployed, str) and isinstance(new, str) and deployed != new:
        return new if deployed in hidden.MASKS or _is_shown_as(new, deployed) else deployed
    return deployed


def _is_shown_as(text: str, shown: str) -> bool:
    """Return whether AWS shows a text as another one: with ``?`` for each character outside ASCII."""
    if text.isascii():
        return False
    pattern = "".join(re.escape(letter) if letter.isascii() else r"\?+" for letter in text)
    return re.fullmatch(pattern, shown) is not None
