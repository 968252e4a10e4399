"""Recovery: templates that import resources retained from a deleted stack into the stack again.

A deploy of the stack's own template would fail, because the names are in use. An import adds existing
resources to a stack under their logical IDs. It cannot create, change or remove resources, or add or change
outputs. An imported resource needs a DeletionPolicy, and is identified by the primary identifier of its type.
AWS does not compare it with the template: properties are the same as in the stack's template, so that the
next deploy does not change them.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-manually.html

The retained resources are those with a DeletionPolicy in the template; identifiers are from AWS's schemas.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cfn_analysis.model.resolving import Resolver
from cfn_analysis.model.resource_names import name_properties
from cfn_analysis.model.schemas import resource_schema, stateful_types
from cfn_analysis.model.three_valued import YES
from cfn_analysis.updates.effects import Effect, effect_of_change
from csr_templates.hand_over.manifest import AFTER_RESTORE, BEFORE_RESTORE
from csr_templates.naming import PREFIX

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Set

    from cfn_analysis.model.built_stack import BuiltStack, Document
    from cfn_analysis.model.references import Use

_RETAINING: Final = frozenset({"Retain", "RetainExceptOnCreate"})
_ACCOUNT: Final = "${AWS::AccountId}"
_SECURITY_GROUP_RULES: Final = frozenset({"AWS::EC2::SecurityGroupEgress", "AWS::EC2::SecurityGroupIngress"})
_RESOURCE: Final = re.compile(r"\$\{(\w+)\.?([\w.]*)\}")
# Value of a placeholder: an import does not compare it with the account, and the next deploy replaces it.
_UNKNOWN: Final = "none"


class Step(NamedTuple):
    """A step of a recovery; after the steps, the stack's own template is deployed.

    Attributes:
        name: name of its files: the stack, with a suffix if there are several steps.
        template: as a plain dict.
        imported: logical IDs of the imported resources; empty for a deploy.
    """

    name: str
    template: dict[str, Any]
    imported: tuple[str, ...]


@lru_cache  # the templates and the files of their imports
def steps(stack: BuiltStack) -> list[Step]:
    """Return the steps that recover a deleted stack, in order; empty if no resource is retained.

    The first step imports the retained resources. For a cluster, only a snapshot is retained, which is
    restored manually under its identifier: the second step creates the groups for the restore and the rules
    between security groups, so that clients can connect to the cluster, and the third imports the cluster.
    Its instances do not contain data, and the deploy creates them. An import updates an instance that differs
    from the template, and RDS rejects a Performance Insights key, which the template always has, for an
    instance without Performance Insights.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html
    https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-rds/pull/376

    Raises:
        schemas.SchemasError: AWS does not describe one of the types in the region of the stack.
    """
    surviving = _survivors(stack)
    if not surviving:
        return []
    first = Step(stack.name, _template(stack, surviving, surviving), tuple(surviving))
    restored = _restored(stack)
    if not restored:
        return [first]
    needed = {*surviving, *stack.needed_by(restored)} - set(restored)
    needed |= _rules_between(stack, needed)
    before = [name for name in stack.resources if name in needed]
    after = [name for name in stack.resources if name in needed or name in restored]
    imported = [*surviving, *restored]
    return [
        first,
        Step(f"{stack.name}-{BEFORE_RESTORE}", _template(stack, before, surviving), ()),
        Step(f"{stack.name}-{AFTER_RESTORE}", _template(stack, after, imported), tuple(restored)),
    ]


@lru_cache  # the header of each template names them
def left_out(stack: BuiltStack) -> dict[str, str]:
    """Return the retained resources that are not imported: logical ID -> the reason, as end of a sentence.

    Raises:
        schemas.SchemasError: as ``steps``.
    """
    retained = [
        name for name, resource in stack.resources.items() if resource.get("DeletionPolicy") in _RETAINING
    ]
    reasons: dict[str, str] = {}
    imported = set(retained)
    # A resource that is not imported can be the reason for another one.
    while True:
        before = len(reasons)
        for name in sorted(imported):
            if reason := _why_not_imported(stack, name, imported):
                reasons[name] = reason
                imported.remove(name)
        if len(reasons) == before:
            return {name: reasons[name] for name in retained if name in reasons}


def resources_to_import(stack: BuiltStack, step: Step, values: Mapping[str, str]) -> Document:
    """Return the parameters of an import, except the template.

    ``ResourcesToImport`` is the list for ``--resources-to-import``. An identifier that is known only in the
    account has the value ``{"Name": …}``, the name of the resource, or ``{"Tag": …}``, its tag Name. The
    account ID is written as ``${AWS::AccountId}``.

    Raises:
        resolving.ResolveError: the values do not fit the template.
    """
    passed = {name: value for name, value in values.items() if name in step.template["Parameters"]}
    prefix = PREFIX.replace("${ProjectName}", values.get("ProjectName", ""))
    name = f"{prefix.replace('${Environment}', values.get('Environment', ''))}{stack.name}"
    resolver = Resolver(step.template, passed, region=stack.region, account=_ACCOUNT, stack_name=name)
    resources = {
        logical_id: resource
        for logical_id, resource in step.template["Resources"].items()
        if "Condition" not in resource or resolver.condition(resource["Condition"]) is YES
    }
    to_import = [
        {
            "ResourceType": resources[logical_id]["Type"],
            "LogicalResourceId": logical_id,
            "ResourceIdentifier": _identifier(stack, resolver, resources, logical_id),
        }
        for logical_id in step.imported
        if logical_id in resources
    ]
    parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in passed.items()]
    return {"Parameters": parameters, "ResourcesToImport": to_import}


def _survivors(stack: BuiltStack) -> list[str]:
    """Return the logical IDs of the resources that are imported first."""
    not_imported = left_out(stack)
    return [
        name
        for name, resource in stack.resources.items()
        if resource.get("DeletionPolicy") in _RETAINING and name not in not_imported
    ]


def _why_not_imported(stack: BuiltStack, name: str, imported: Collection[str]) -> str:
    """Return why a resource cannot be imported; empty if it can, as far as these ones are imported."""
    resource = stack.resources[name]
    type_name = resource["Type"]
    schema = resource_schema(type_name, stack.region)
    owners = _owners(stack, name)
    for owner in owners:
        if owner not in imported:
            return f"it belongs to {owner}, which is deleted"
    if type_name not in stateful_types() and not owners:
        return "it contains no data, and the deploy creates a new one"
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resource-import-supported-resources.html
    if "read" not in schema.handlers:
        return f"CloudFormation cannot import {type_name}"
    if owners or _name(stack, resource):
        return ""
    if "Name" not in _tags(stack, resource.get("Properties", {}), type_name):
        return "it has neither a name nor a tag Name"
    return ""


def _owners(stack: BuiltStack, name: str) -> list[str]:
    """Return the resources that a resource belongs to: those in its create-only properties."""
    type_name = stack.resources[name]["Type"]
    return [
        use.name
        for use in stack.uses[name]
        if use.kind == "name"
        and use.name in stack.resources
        and effect_of_change(type_name, stack.region, use.place) is Effect.REPLACED
    ]


def _restored(stack: BuiltStack) -> list[str]:
    """Return the resources that a snapshot restore creates: those with that policy."""
    return [
        name for name, resource in stack.resources.items() if resource.get("DeletionPolicy") == "Snapshot"
    ]


def _rules_between(stack: BuiltStack, names: Set[str]) -> set[str]:
    """Return the rules of security groups that refer only to some resources."""
    return {
        name
        for name, resource in stack.resources.items()
        if resource["Type"] in _SECURITY_GROUP_RULES and stack.needed_by([name]) <= names
    }


def _template(stack: BuiltStack, names: Collection[str], imported: Collection[str]) -> dict[str, Any]:
    """Return the template with some resources and everything that they use, without outputs."""
    placeholders: dict[str, str] = {}
    gone = stack.resources.keys() - set(names)
    resources = {name: _resource(stack, name, gone, placeholders, retain=name in imported) for name in names}
    used = _used_by(stack, names)
    parameters = {
        name: declaration for name, declaration in stack.parameters.items() if ("name", name) in used
    }
    parameters |= {name: _placeholder(placeholders[name]) for name in sorted(placeholders)}
    template: dict[str, Any] = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Imports into the {stack.name} stack the resources that its deletion has retained",
        "Parameters": parameters,
    }
    for section, kind in (("Mappings", "mapping"), ("Conditions", "condition")):
        entries = _used_entries(stack.template.get(section, {}), kind, used)
        if entries:
            template[section] = entries
    template["Resources"] = resources
    return template


def _used_by(stack: BuiltStack, names: Iterable[str]) -> set[tuple[str, str]]:
    """Return kind and name of all that resources use, and the conditions among it."""
    used: set[tuple[str, str]] = set()
    pending: list[Use] = []
    for name in names:
        pending += stack.uses[name]
        pending += stack.uses_in("Resources", name)
    while pending:
        _, kind, name = pending.pop()
        if (kind, name) not in used:
            used.add((kind, name))
            if kind == "condition":
                pending += stack.uses_in("Conditions", name)
    return used


def _used_entries(section: Mapping[str, Any], kind: str, used: Set[tuple[str, str]]) -> dict[str, Any]:
    """Return the entries of a section that are used; all of them if one is chosen by a function."""
    if (kind, "*") in used:
        return dict(section)
    return {name: entry for name, entry in section.items() if (kind, name) in used}


def _placeholder(what: str) -> dict[str, Any]:
    return {
        "Description": f"Placeholder for {what}, which is deleted; the next deploy sets the new value.",
        "Type": "String",
        "Default": _UNKNOWN,
    }


def _resource(
    stack: BuiltStack, name: str, gone: Set[str], placeholders: dict[str, str], *, retain: bool
) -> dict[str, Any]:
    """Return a resource that refers to nothing outside the template.

    A rollback of an import must not delete resources, so imported resources have the policy Retain.
    """
    resource = dict(stack.resources[name])
    if retain:
        resource |= {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    if "DependsOn" in resource:
        depends_on = [target for target in stack.depends_on(name) if target not in gone]
        resource.pop("DependsOn")
        if depends_on:
            resource["DependsOn"] = depends_on
    complete: dict[str, Any] = _without(resource, gone, placeholders)
    return complete


def _without(node: Any, gone: Set[str], placeholders: dict[str, str]) -> Any:
    """Return a value in which resources that are gone, and their attributes, are parameters.

    A Ref is unchanged: its parameter has the name of the resource.
    """

    def parameter(name: str, attribute: str = "") -> str:
        parameter_name = f"{name}{attribute.replace('.', '')}"
        placeholders[parameter_name] = f"{name}.{attribute}" if attribute else name
        return parameter_name

    def in_text(text: str, names: Set[str]) -> str:
        def variable(match: re.Match[str]) -> str:
            name, attribute = match.groups()
            if name not in names:
                return match[0]
            return f"${{{parameter(name, attribute)}}}"

        return _RESOURCE.sub(variable, text)

    match node:
        case str():
            return node
        case {"Ref": str(name)} if name in gone:
            return {"Ref": parameter(name)}
        case {"Fn::GetAtt": [str(name), str(attribute)]} if name in gone:
            return {"Ref": parameter(name, attribute)}
        case {"Fn::Sub": str(text)}:
            return {"Fn::Sub": in_text(text, gone)}
        case {"Fn::Sub": [str(text), dict(bound)]}:
            return {"Fn::Sub": [in_text(text, gone - bound.keys()), _without(bound, gone, placeholders)]}
        case dict():
            return {key: _without(value, gone, placeholders) for key, value in node.items()}
        case list() | tuple():
            return [_without(member, gone, placeholders) for member in node]
    return node


def _identifier(
    stack: BuiltStack, resolver: Resolver, resources: Mapping[str, Any], logical_id: str
) -> dict[str, Any]:
    """Return the primary identifier of a resource."""
    resource = resources[logical_id]
    schema = resource_schema(resource["Type"], stack.region)
    identifier: dict[str, Any] = {}
    for name in schema.primary_identifier:
        match resolver.value(resource.get("Properties", {}).get(name)):
            # It is the primary identifier of the referenced resource.
            case {"Ref": str(target)} if target in resources:
                (value,) = _identifier(stack, resolver, resources, target).values()
                identifier[name] = value
            case str(text):
                identifier[name] = text
            case _:
                identifier[name] = _name_in_account(stack, resolver, resource)
    return identifier


def _name_in_account(stack: BuiltStack, resolver: Resolver, resource: Mapping[str, Any]) -> dict[str, Any]:
    """Return by what an operator finds a resource in the account: its name, otherwise its tag Name."""
    schema = resource_schema(resource["Type"], stack.region)
    naming = {*schema.primary_identifier, *schema.create_only, schema.tag_property}
    properties = resolver.value(
        {key: value for key, value in resource.get("Properties", {}).items() if key in naming}
    )
    name = _name(stack, {**resource, "Properties": properties})
    if name:
        return {"Name": name}
    return {"Tag": _tags(stack, properties, resource["Type"])["Name"]}


def _name(stack: BuiltStack, resource: Mapping[str, Any]) -> Any:
    """Return the explicit name of a resource; None if CloudFormation generates it."""
    properties = resource.get("Properties", {})
    names = name_properties(resource["Type"], stack.region, properties)
    if names:
        return properties[names[0]]
    return None


def _tags(stack: BuiltStack, properties: Mapping[str, Any], type_name: str) -> dict[str, Any]:
    tags = properties.get(resource_schema(type_name, stack.region).tag_property, [])
    if not isinstance(tags, list):
        return {}
    return {tag["Key"]: tag["Value"] for tag in tags if "Key" in tag}
