"""Changes of a template that are not properties of a resource, outputs or parameter values.

Rules, conditions, constraints of parameters, attributes of resources such as DependsOn, and the protection of
the stack. CloudFormation does not show most of them: they act when something else changes.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, NamedTuple

from cfn_analysis.model.references import uses
from cfn_analysis.model.three_valued import NO, UNKNOWN
from cfn_analysis.reviewing.harmless import TEMPLATE
from cfn_analysis.reviewing.hiding import HIDDEN_VALUE
from cfn_analysis.updates.partial_resolving import is_no_echo
from cfn_analysis.updates.resolved_stack import ResolvedStack

# Judged through the resources and outputs, and DeletionPolicy and UpdateReplacePolicy as causes of a change.
_JUDGED_ATTRIBUTES: Final = ("Type", "Properties", "Condition", "DeletionPolicy", "UpdateReplacePolicy")
# Judged as changed outputs.
_JUDGED_OUTPUT_KEYS: Final = ("Value", "Export", "Condition")
# They can contain the value of a parameter with NoEcho.
_SECRET_KEYS: Final = ("Default", "AllowedValues")

# In bytes. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/parameters-section-structure.html
_LONGEST_TEXTS: Final = {
    "Description": 1024,
    "Outputs.Description": 1024,
    "Parameters.Description": 4000,
    "Parameters.ConstraintDescription": 4000,
}


class TemplateChange(NamedTuple):
    """A change of a template.

    Attributes:
        name: logical ID of the resource whose attribute it is; otherwise empty.
        path: the attribute, or the section and key of the entry: ``Parameters.Memory.MaxValue``.
        reason: why it cannot harm; empty if that is not known.
    """

    name: str
    path: str
    before: Any
    after: Any
    reason: str = ""


def template_changes(before: ResolvedStack, after: ResolvedStack) -> Iterator[TemplateChange]:
    """Yield the changes of a template, except those of resources and outputs that CloudFormation makes."""
    old, new = before.built.template, after.built.template
    for section in dict.fromkeys([*new, *old]):
        was: Any = old.get(section)
        will: Any = new.get(section)
        if was == will:
            continue
        if section == "Parameters":
            yield from _parameters(before, after)
        elif section == "Conditions":
            yield from _conditions(before, after)
        elif section == "Resources":
            yield from _attributes(before, after)
        elif section == "Outputs":
            yield from _output_keys(was or {}, will or {})
        elif section == "Rules":
            yield from _rules(was or {}, will or {})
        else:
            yield TemplateChange("", section, was, will, _reason(section, will))
    if before.built.termination_protection != after.built.termination_protection:
        protection = (before.built.termination_protection, after.built.termination_protection)
        reason = "the stack is protected from deletion" if protection[1] else ""
        yield TemplateChange("", "TerminationProtection", *protection, reason)
    policy, new_policy = before.built.policies.stack, after.built.policies.stack
    if policy != new_policy:
        yield TemplateChange("", "StackPolicy", policy, new_policy)


def _reason(part: str, after: Any) -> str:
    """Return why a changed part of a template cannot harm; empty for a value that CloudFormation refuses."""
    if after is None or part not in _LONGEST_TEXTS:
        return TEMPLATE.get(part, "")
    if not isinstance(after, str) or len(after.encode()) > _LONGEST_TEXTS[part]:
        return ""
    return TEMPLATE.get(part, "")


def _rules(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[TemplateChange]:
    for name in _changed(before, after):
        yield TemplateChange("", f"Rules.{name}", before.get(name), after.get(name))


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    keys = dict.fromkeys([*after, *before])
    return [key for key in keys if before.get(key) != after.get(key)]


def _attributes(before: ResolvedStack, after: ResolvedStack) -> Iterator[TemplateChange]:
    """Yield the changed attributes of resources that exist before and after."""
    old, new = before.built.resources, after.built.resources
    for name in new:
        if name not in old or _never_exists(name, before, after):
            continue
        acting = {*before.resources[name].metadata, *after.resources[name].metadata}
        for key in _changed(old[name], new[name]):
            if key in _JUDGED_ATTRIBUTES:
                continue
            was, will = old[name].get(key), new[name].get(key)
            if key != "Metadata":
                yield TemplateChange(name, key, was, will)
            elif _without(was, acting) != _without(will, acting):
                reason = TEMPLATE["Metadata"] if will is None or isinstance(will, Mapping) else ""
                yield TemplateChange(name, key, was, will, reason)


def _never_exists(name: str, before: ResolvedStack, after: ResolvedStack) -> bool:
    """Return whether the condition of a resource is false before and after."""
    return all(side.resources[name].exists is NO for side in (before, after))


def _without(metadata: Any, keys: Collection[str]) -> Any:
    """Return metadata without some keys, which are judged as causes of a change."""
    if not isinstance(metadata, Mapping):
        return metadata or {}
    return {key: value for key, value in metadata.items() if key not in keys}


def _output_keys(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[TemplateChange]:
    """Yield the changed keys of outputs that exist before and after, other than their values and exports."""
    for name in after:
        if name not in before:
            continue
        for key in _changed(before[name], after[name]):
            if key not in _JUDGED_OUTPUT_KEYS:
                was, will = before[name].get(key), after[name].get(key)
                reason = _reason(f"Outputs.{key}", will)
                yield TemplateChange("", f"Outputs.{name}.{key}", was, will, reason)


def _parameters(before: ResolvedStack, after: ResolvedStack) -> Iterator[TemplateChange]:
    """Yield changed declarations: constraints, types, and defaults.

    A changed default is judged through the value; where the deploy sets the value, the default does nothing.
    """
    old, new = before.built.parameters, after.built.parameters
    for name in new:
        if name not in old:
            continue
        is_secret = is_no_echo(old[name]) or is_no_echo(new[name])
        for key in _changed(old[name], new[name]):
            was, will = old[name].get(key), new[name].get(key)
            if is_secret and key in _SECRET_KEYS:
                was, will = _hidden(was), _hidden(will)
            reason = _reason(f"Parameters.{key}", will)
            if key == "Default":
                reason = "a default acts only through the value of the parameter, which is judged itself"
            yield TemplateChange("", f"Parameters.{name}.{key}", was, will, reason)


def _hidden(value: Any) -> Any:
    """Return a value as shown of a parameter with NoEcho; an empty value is not hidden."""
    if not value:
        return value
    return HIDDEN_VALUE


def _conditions(before: ResolvedStack, after: ResolvedStack) -> Iterator[TemplateChange]:
    """Yield changed conditions; where the result is known, what reads it is judged."""
    old, new = before.built.template.get("Conditions", {}), after.built.template.get("Conditions", {})
    for name in _changed(old, new):
        truths = before.truths.get(name), after.truths.get(name)
        reason = ""
        if name not in old or name not in new:
            reason = "it acts only through what reads it, which changes too and is judged itself"
        elif UNKNOWN not in truths:
            reason = "its result is known, and what it decides is judged itself"
        yield TemplateChange("", f"Conditions.{name}", old.get(name), new.get(name), reason)


def is_read(stack: ResolvedStack, parameter: str) -> bool:
    """Return whether a resource, an output or a condition of a template reads a parameter."""
    for section in ("Resources", "Outputs", "Conditions"):
        for use in uses(stack.built.template.get(section, {})):
            if use.kind == "name" and use.name == parameter:
                return True
    return False
