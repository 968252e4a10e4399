"""A set of stacks in one environment, resolved as far as the values are known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.intrinsics import as_strings, is_unknown, joined, parts_of_sub
from cfn_analysis.model.references import Place, uses
from cfn_analysis.model.schemas import SchemasError, resource_schema
from cfn_analysis.model.three_valued import NO, UNKNOWN, Truth
from cfn_analysis.model.wiring import Node
from cfn_analysis.updates.comparison import in_stack
from cfn_analysis.updates.effects import CUSTOM
from cfn_analysis.updates.partial_resolving import UNRESOLVED, PartialBody


class Resource(NamedTuple):
    """A resource of a template, resolved.

    Attributes:
        type: its type; a custom resource has the general one.
        exists: whether its condition is true.
        condition_inputs: if ``exists`` is not known, the values that it depends on, as text.
        properties: resolved.
        attributes: the other attributes, such as ``DeletionPolicy``, as in the template.
    """

    type: str
    exists: Truth
    condition_inputs: str
    properties: Mapping[str, Any]
    attributes: Mapping[str, Any]


class Output(NamedTuple):
    """An output of a template, resolved.

    Attributes:
        exists: whether its condition is true.
        value: its value.
        export: the name of its export; None without an export.
    """

    exists: Truth
    value: Any
    export: Any


class Mention(NamedTuple):
    """A reference to a resource in a value.

    Attributes:
        place: its path from the properties.
        target: the resource.
        attribute: the attribute; empty for Ref.
    """

    place: Place
    target: Node
    attribute: str


class ResolvedStack:
    """One stack of the set.

    Attributes:
        built: its template and settings, not resolved.
        name: its name.
        given: the parameter values of the deploy.
        values: parameter -> value, as ``partial_resolving`` returns it.
        truths: condition -> whether it is true.
        resources: logical ID -> resource, including those with a false condition.
        outputs: key -> output.
        exports: name -> key of the output, of outputs that exist or may exist.
        importers: name of an export -> the resources that import it, once for each import.
        readers: output of another stack of the set -> the resources that read it, also by an import.
        refused_values: why CloudFormation refuses the parameter values.
        deployed_name: the name of the stack when it is deployed.
    """

    def __init__(
        self,
        stack: BuiltStack,
        given: Mapping[str, str],
        earlier: Sequence[ResolvedStack],
        deployed: Mapping[tuple[str, str], Any] = MappingProxyType({}),
    ) -> None:
        """Resolve the template.

        Args:
            stack: the stack.
            given: its parameter values; the defaults apply to the others.
            earlier: the stacks of the set that are deployed before it; their outputs are known.
            deployed: region and name of an export -> its value before this deploy; an export that was removed
                from the set remains unchanged while a stack imports it.

        Raises:
            ResolveError: the template has a macro.
        """
        self.built = stack
        self.name = stack.name
        declared = stack.parameters
        self.given = {name: value for name, value in given.items() if name in declared}
        self.importers: dict[str, list[str]] = {}
        self.readers: dict[Node, list[str]] = {}
        self._earlier = {one.name: one for one in earlier}
        self._exported = {
            name: Node(one.name, key)
            for one in earlier
            if one.built.region == stack.region
            for name, key in one.exports.items()
        }
        self._deployed = deployed
        self._naming: list[str] = []  # resources whose names are being resolved
        self._at = ""
        unknown = [name for name in stack.per_deploy if name not in self.given]
        body = PartialBody(stack.template, self.given, stack.region, self._imported, self._output_of, unknown)
        self.values: Mapping[str, Any] = body.values
        self.truths: Mapping[str, Truth] = body.truths
        self.resources: dict[str, Resource] = {}
        for name, declared_resource in stack.resources.items():
            self.resources[name] = self._resource(body, name, declared_resource)
        self._at = ""
        self.refused_values = body.refused_values()
        self.outputs = {key: _output(body, key, output) for key, output in stack.outputs.items()}
        self.exports: dict[str, str] = {
            output.export: key
            for key, output in self.outputs.items()
            if output.exists is not NO and isinstance(output.export, str)
        }
        self.deployed_name = body.value({"Fn::Sub": stack.name_pattern}, "name")

    def _resource(self, body: PartialBody, name: str, declared: Mapping[str, Any]) -> Resource:
        """Return a resolved resource, which the methods that resolve imports and outputs see as the user."""
        exists = body.exists(declared)
        self._at = name if exists is not NO else ""
        kind = CUSTOM if declared["Type"].startswith("Custom::") else declared["Type"]
        node = declared.get("Properties", {})
        properties = body.value(node, f"Resources.{name}.Properties")
        if not isinstance(properties, Mapping):
            properties = {UNRESOLVED: [node, {}]}
        condition_inputs = body.condition_inputs(declared["Condition"]) if exists is UNKNOWN else ""
        return Resource(kind, exists, condition_inputs, properties, declared)

    def existing(self) -> Iterator[tuple[str, Resource]]:
        """Yield the resources that exist or may exist."""
        return ((name, one) for name, one in self.resources.items() if one.exists is not NO)

    def with_names(self, value: Any) -> Any:
        """Return a value with each reference to a resource by its explicit name replaced by that name."""
        match value:
            case {"Ref": str(name)}:
                return self._name_of(name, value)
            case {"Fn::GetAtt": [str(name), str(attribute)]}:
                resource = self.resources.get(name)
                if resource is None:
                    return value
                if (attribute,) == _identifier(resource.type, self.built.region):
                    return self._name_of(name, {"Ref": name})
                own = resource.properties.get(attribute)
                return str(as_strings(own)) if isinstance(own, str | int | bool) else value
            case {"Fn::In": [str(stack), inner]}:
                found = self._earlier[stack].with_names(inner) if stack in self._earlier else inner
                return in_stack(stack, found)
            case {"Fn::Sub": _} if (parts := parts_of_sub(value)) is not None:
                return joined(map(self.with_names, parts))
            case list():
                return [self.with_names(item) for item in value]
            case dict() if not is_unknown(value):
                return {key: self.with_names(item) for key, item in value.items()}
        return value

    def _name_of(self, name: str, reference: Any) -> Any:
        resource = self.resources.get(name)
        if resource is None or name in self._naming:  # names that refer to each other cannot be resolved
            return reference
        identifier = _identifier(resource.type, self.built.region)
        own = resource.properties.get(identifier[0]) if len(identifier) == 1 else None
        if isinstance(own, str | int | float):
            return str(as_strings(own))
        if not is_unknown(own):
            return reference
        self._naming.append(name)
        found = self.with_names(own)
        self._naming.pop()
        return found

    def _imported(self, name: str) -> Any:
        if self._at:
            self.importers.setdefault(name, []).append(self._at)
        found = self._exported.get(name)
        return self._deployed.get((self.built.region, name)) if found is None else self._value_of(found)

    def _output_of(self, asked: Mapping[str, Any]) -> Any:
        for one in self._earlier.values():
            key = str(asked.get("OutputName"))
            if one.deployed_name == asked.get("StackName") and key in one.outputs:
                return self._value_of(Node(one.name, key))
        return None

    def _value_of(self, output: Node) -> Any:
        if self._at:
            self.readers.setdefault(output, []).append(self._at)
        return in_stack(output.stack, self._earlier[output.stack].outputs[output.name].value)


def _output(body: PartialBody, key: str, declared: Mapping[str, Any]) -> Output:
    """Return a resolved output."""
    export = declared["Export"].get("Name") if isinstance(declared.get("Export"), Mapping) else None
    value = body.value(declared.get("Value", ""), f"Outputs.{key}.Value")
    export = None if export is None else body.value(export, f"Outputs.{key}.Export.Name")
    return Output(body.exists(declared), value, export)


def resolve_set(
    stacks: Sequence[tuple[BuiltStack, Mapping[str, str]]], before: Mapping[str, ResolvedStack] | None = None
) -> dict[str, ResolvedStack]:
    """Return name -> stack, resolved with its parameter values, in the order given: that of a deploy.

    Args:
        stacks: each with its parameter values.
        before: the set as it is deployed.

    Raises:
        ResolveError: a template has a macro.
    """
    deployed = {
        (one.built.region, name): in_stack(one.name, one.outputs[key].value)
        for one in (before or {}).values()
        for name, key in one.exports.items()
    }
    found: dict[str, ResolvedStack] = {}
    for stack, given in stacks:
        found[stack.name] = ResolvedStack(stack, given, list(found.values()), deployed)
    return found


def mentions(value: Any, stack: str, place: Place = ()) -> Iterator[Mention]:
    """Yield every resource that a resolved value of ``stack`` refers to."""
    match value:
        case {"Ref": str(name)} if len(value) == 1:
            if not name.startswith("AWS::"):
                yield Mention(place, Node(stack, name), "")
        case {"Fn::GetAtt": [str(name), attribute]}:
            yield Mention(place, Node(stack, name), attribute if isinstance(attribute, str) else "")
        case {"Fn::In": [str(other), inner]}:
            yield from mentions(inner, other, place)
        case {"Fn::Sub": _} if (parts := parts_of_sub(value)) is not None:
            for part in parts:
                yield from mentions(part, stack, place)
        case {"Fn::Unresolved": [node, _]}:
            for use in uses(node):
                if use.kind == "name":
                    yield Mention(place, Node(stack, use.name), "")
        case {"Fn::Given": _} | {"Fn::Hidden": _} | {"Fn::ParameterStore": _}:
            pass
        case dict():
            for key, item in value.items():
                yield from mentions(item, stack, place if key.startswith("Fn::") else (*place, key))
        case list():
            for index, item in enumerate(value):
                yield from mentions(item, stack, (*place, index))


def _identifier(type_name: str, region: str) -> tuple[str, ...]:
    try:
        return resource_schema(type_name, region).primary_identifier
    except SchemasError:
        return ()
