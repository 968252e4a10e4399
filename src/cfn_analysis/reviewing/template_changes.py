"""Changes of a template that are not properties of a resource, outputs or parameter values.

Rules, conditions, constraints of parameters, attributes of resources such as DependsOn, and the protection of
the stack. CloudFormation does not show most of them: they act when something else changes.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from cfn_analysis.model.references import uses
from cfn_analysis.model.three_valued import UNKNOWN
from cfn_analysis.reviewing.harmless import TEMPLATE
from cfn_analysis.updates.resolved_stack import ResolvedStack

# Judged through the resources and outputs, and DeletionPolicy and UpdateReplacePolicy as causes of a change.
_JUDGED_ATTRIBUTES: Final = ("Type", "Properties", "Condition", "DeletionPolicy", "UpdateReplacePolicy")
_SECTIONS: Final = ("Parameters", "Rules", "Conditions", "Resources", "Outputs")
# Judged as changed outputs.
_JUDGED_KEYS: Final = {"Outputs": ("Value", "Export", "Condition"), "Resources": _JUDGED_ATTRIBUTES}


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
        was, will = old.get(section), new.get(section)
        if was == will:
            continue
        if section == "Parameters":
            yield from _parameters(before, after)
        elif section == "Conditions":
            yield from _conditions(before, after)
        elif section in ("Resources", "Outputs"):
            yield from _entries(section, was or {}, will or {})
        elif section == "Rules":
            for name in _changed(was or {}, will or {}):
                yield TemplateChange("", f"Rules.{name}", (was or {}).get(name), (will or {}).get(name))
        else:
            yield TemplateChange("", section, was, will, TEMPLATE.get(section, ""))
    if before.built.termination_protection != after.built.termination_protection:
        protection = (before.built.termination_protection, after.built.termination_protection)
        reason = "the stack is protected from deletion" if protection[1] else ""
        yield TemplateChange("", "TerminationProtection", *protection, reason)
    policies = before.built.policies.stack, after.built.policies.stack
    if policies[0] != policies[1]:
        yield TemplateChange("", "StackPolicy", *policies)


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    keys = dict.fromkeys([*after, *before])
    return [key for key in keys if before.get(key) != after.get(key)]


def _entries(section: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[TemplateChange]:
    """Yield the changed keys of entries that exist before and after."""
    for name in after:
        if name not in before:
            continue
        for key in _changed(before[name], after[name]):
            if key in _JUDGED_KEYS[section]:
                continue
            reason = TEMPLATE.get("Metadata" if key == "Metadata" else f"{section}.{key}", "")
            is_resource = section == "Resources"
            path = key if is_resource else f"{section}.{name}.{key}"
            subject = name if is_resource else ""
            yield TemplateChange(subject, path, before[name].get(key), after[name].get(key), reason)


def _parameters(before: ResolvedStack, after: ResolvedStack) -> Iterator[TemplateChange]:
    """Yield changed declarations: constraints, types, and defaults.

    A changed default is judged through the value; where the deploy sets the value, the default does nothing.
    """
    old, new = before.built.parameters, after.built.parameters
    for name in new:
        for key in _changed(old[name], new[name]) if name in old else ():
            was, will = old[name].get(key), new[name].get(key)
            reason = TEMPLATE.get(f"Parameters.{key}", "")
            if key == "Default":
                reason = "a default acts only through the value of the parameter, which is judged itself"
            yield TemplateChange("", f"Parameters.{name}.{key}", was, will, reason)


def _conditions(before: ResolvedStack, after: ResolvedStack) -> Iterator[TemplateChange]:
    """Yield changed conditions; where the result is known, what reads it is judged."""
    old, new = before.built.template.get("Conditions", {}), after.built.template.get("Conditions", {})
    for name in _changed(old, new):
        truths = before.truths.get(name), after.truths.get(name)
        reason = ""
        if UNKNOWN not in truths:
            reason = "its result is known, and what it decides is judged itself"
        yield TemplateChange("", f"Conditions.{name}", old.get(name), new.get(name), reason)


def is_read(stack: ResolvedStack, parameter: str) -> bool:
    """Return whether a resource, an output or a condition of a template reads a parameter."""
    for section in ("Resources", "Outputs", "Conditions"):
        for use in uses(stack.built.template.get(section, {})):
            if use.kind == "name" and use.name == parameter:
                return True
    return False
