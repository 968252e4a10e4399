"""A set of stacks in one environment, resolved as far as the values are known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.intrinsics import as_strings, is_unknown, joined, parts_of_sub
from cfn_analysis.model.references import Place, in_words, uses, value_at
from cfn_analysis.model.schemas import known_schema
from cfn_analysis.model.three_valued import NO, UNKNOWN, Truth
from cfn_analysis.model.wiring import Node
from cfn_analysis.updates.partial_resolving import UNRESOLVED, OtherStacks, PartialBody, in_stack

_SECURITY_GROUP: Final = "AWS::EC2::SecurityGroup"
# Type -> an attribute that is equal to Ref and not the whole identifier of its schema. From the return values
# on the page of each type: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/
_REF_ATTRIBUTES: Final = {
    "AWS::ApiGateway::Authorizer": "AuthorizerId",
    "AWS::ApiGateway::Deployment": "DeploymentId",
    "AWS::ApiGateway::RequestValidator": "RequestValidatorId",
    "AWS::ApiGateway::Resource": "ResourceId",
    "AWS::ApiGatewayV2::Authorizer": "AuthorizerId",
    _SECURITY_GROUP: "GroupId",
}
CUSTOM: Final = "AWS::CloudFormation::CustomResource"
# Read by cfn-init, also on running instances: cfn-hup runs it again when they change.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-hup.html
_ACTING: Final = ("AWS::CloudFormation::Authentication", "AWS::CloudFormation::Init")


class Resource(NamedTuple):
    """A resource of a template, resolved.

    Attributes:
        type: its type; a custom resource has the general one.
        exists: whether its condition is true.
        condition_inputs: if ``exists`` is not known, the values that it depends on, as text.
        attributes: the other attributes, such as ``DeletionPolicy``, as in the template.
        metadata: those parts of its metadata that act on the resource, resolved.
    """

    type: str
    exists: Truth
    condition_inputs: str
    properties: Mapping[str, Any]
    attributes: Mapping[str, Any]
    metadata: Mapping[str, Any] = {}

    def retention_policy(self, name: str) -> str:
        """Return the DeletionPolicy or the UpdateReplacePolicy of the resource, or its default.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
        """
        policy = self.attributes.get(name)
        if isinstance(policy, str):
            return policy
        if policy is not None:
            return in_words(policy)
        is_cluster = self.type == "AWS::RDS::DBCluster"
        is_alone = self.type == "AWS::RDS::DBInstance" and "DBClusterIdentifier" not in self.properties
        if name == "DeletionPolicy" and (is_cluster or is_alone):
            return "Snapshot"
        return "Delete"


class Output(NamedTuple):
    """An output of a template, resolved; its export is the name, or None without an export."""

    exists: Truth
    condition_inputs: str
    """As of a resource."""
    value: Any
    export: Any
    attributes: Mapping[str, Any]


class Mention(NamedTuple):
    """A reference in a value: its path from the properties, the resource, and the attribute; "" for Ref."""

    place: Place
    target: Node
    attribute: str


@dataclass(frozen=True, eq=False)
class ResolvedStack:
    """One stack of the set.

    Attributes:
        earlier: name -> stack of the set that is deployed before it.
        given_values: the parameter values of the deploy.
        values: parameter -> value, as ``partial_resolving`` returns it.
        resources: logical ID -> resource, including those with a false condition.
        importers: name of an export -> the resources that import it, once for each import.
        readers: output of another stack of the set -> the resources that read it, also by an import.
        refused_values: why CloudFormation refuses the parameter values.
        deployed_name: the name of the stack when it is deployed.
    """

    built: BuiltStack
    earlier: Mapping[str, ResolvedStack]
    given_values: Mapping[str, str]
    values: Mapping[str, Any]
    truths: Mapping[str, Truth]
    resources: Mapping[str, Resource]
    outputs: Mapping[str, Output]
    importers: Mapping[str, list[str]]
    readers: Mapping[Node, list[str]]
    refused_values: list[str]
    deployed_name: Any

    @property
    def name(self) -> str:
        """The name of the stack."""
        return self.built.name

    @property
    def exports(self) -> dict[str, str]:
        """Name -> key of the output, of outputs that exist or may exist."""
        return {
            output.export: key
            for key, output in self.outputs.items()
            if output.exists is not NO and isinstance(output.export, str)
        }

    def existing(self) -> Iterator[tuple[str, Resource]]:
        """Yield the resources that exist or may exist."""
        return ((name, resource) for name, resource in self.resources.items() if resource.exists is not NO)

    def with_names(self, value: Any, naming: tuple[str, ...] = ()) -> Any:
        """Return a value with each reference to a resource by its explicit name replaced by that name.

        Of the resources in ``naming``, whose names contain the value, references remain.
        """
        match value:
            case {"Ref": str(name)}:
                return self._name_of(name, value, naming)
            case {"Fn::GetAtt": [str(name), str(attribute)]}:
                resource = self.resources.get(name)
                if resource is None:
                    return value
                if self._is_ref(resource, attribute):
                    return self._name_of(name, {"Ref": name}, naming)
                if name in naming:
                    return value
                property_value = resource.properties.get(attribute)
                if is_unknown(property_value):
                    return self.with_names(property_value, (*naming, name))
                if isinstance(property_value, str | int | bool):
                    return str(as_strings(property_value))
                return value
            case {"Fn::In": [str(stack), inner]}:
                earlier = self.earlier.get(stack)
                return in_stack(stack, earlier.with_names(inner) if earlier else inner)
            case {"Fn::Sub": _} if (parts := parts_of_sub(value)) is not None:
                return joined(self.with_names(part, naming) for part in parts)
            case list():
                return [self.with_names(member, naming) for member in value]
            case dict() if not is_unknown(value):
                return {key: self.with_names(member, naming) for key, member in value.items()}
        return value

    def _is_ref(self, resource: Resource, attribute: str) -> bool:
        """Return whether an attribute has the value that Ref returns.

        Ref returns the name of a security group without a VPC.
        """
        if (attribute,) == known_schema(resource.type, self.built.region).primary_identifier:
            return True
        has_id = resource.type != _SECURITY_GROUP or "VpcId" in resource.properties
        return has_id and _REF_ATTRIBUTES.get(resource.type) == attribute

    def _name_of(self, name: str, reference: Any, naming: tuple[str, ...]) -> Any:
        resource = self.resources.get(name)
        if resource is None or name in naming:
            return reference
        identifier = known_schema(resource.type, self.built.region).primary_identifier
        name_property = resource.properties.get(identifier[0]) if len(identifier) == 1 else None
        if isinstance(name_property, str | int | float):
            return str(as_strings(name_property))
        if is_unknown(name_property):
            return self.with_names(name_property, (*naming, name))
        return reference


@dataclass
class _Reading(OtherStacks):
    """What one part of a template reads from other stacks: exports, once for each import, and outputs.

    ``deployed`` is region and name of an export -> its value before the deploy.
    """

    region: str
    earlier: Mapping[str, ResolvedStack]
    deployed: Mapping[tuple[str, str], Any]
    imports: list[str] = field(default_factory=list)
    outputs: list[Node] = field(default_factory=list)

    def imported(self, export: str) -> Any:
        self.imports.append(export)
        for stack in reversed(list(self.earlier.values())):
            if stack.built.region == self.region and export in stack.exports:
                return self._read(stack, stack.exports[export])
        return self.deployed.get((self.region, export))

    def output(self, argument: Mapping[str, Any]) -> Any:
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html
        if "RoleArn" in argument:  # the role may be in another account
            return None
        key = str(argument.get("OutputName"))
        region = argument.get("Region", self.region)
        for stack in self.earlier.values():
            is_named = stack.deployed_name == argument.get("StackName") and stack.built.region == region
            if is_named and key in stack.outputs:
                return self._read(stack, key)
        return None

    def _read(self, stack: ResolvedStack, key: str) -> Any:
        self.outputs.append(Node(stack.name, key))
        return in_stack(stack.name, stack.outputs[key].value)


def resolve_set(
    stacks: Sequence[tuple[BuiltStack, Mapping[str, str]]], before: Mapping[str, ResolvedStack] | None = None
) -> dict[str, ResolvedStack]:
    """Return name -> stack, resolved with its parameter values, in the order given: that of a deploy.

    ``before`` is the set as it is deployed: an export that was removed from the set remains unchanged while a
    stack imports it.
    """
    before = before or {}
    exported = _exported_values(before)
    resolved: dict[str, ResolvedStack] = {}
    for stack, values in stacks:
        mappings = None
        if stack.name in before:
            mappings = before[stack.name].built.template.get("Mappings", {})
        resolved[stack.name] = _resolve(stack, values, dict(resolved), exported, mappings)
    return resolved


def _exported_values(stacks: Mapping[str, ResolvedStack]) -> dict[tuple[str, str], Any]:
    """Return region and name of an export -> its value, for another stack."""
    values = {}
    for stack in stacks.values():
        for export, key in stack.exports.items():
            values[stack.built.region, export] = in_stack(stack.name, stack.outputs[key].value)
    return values


def _resolve(
    stack: BuiltStack,
    values: Mapping[str, str],
    earlier: Mapping[str, ResolvedStack],
    deployed: Mapping[tuple[str, str], Any],
    mappings: Mapping[str, Any] | None,
) -> ResolvedStack:
    """Return a resolved stack; ``deployed`` is region and export -> its value before the deploy."""
    parameter_values = {name: value for name, value in values.items() if name in stack.parameters}
    unknown = [name for name in stack.per_deploy if name not in parameter_values]
    body = PartialBody(stack.template, parameter_values, stack.region, unknown, mappings)
    resources: dict[str, Resource] = {}
    importers: dict[str, list[str]] = {}
    readers: dict[Node, list[str]] = {}
    for name, declared in stack.resources.items():
        reading = _Reading(stack.region, earlier, deployed)
        resources[name] = resource = _resolved_resource(body.reading(reading), name, declared)
        if resource.exists is not NO:
            for export in reading.imports:
                importers.setdefault(export, []).append(name)
            for output in reading.outputs:
                readers.setdefault(output, []).append(name)
    rest = body.reading(_Reading(stack.region, earlier, deployed))
    return ResolvedStack(
        stack,
        earlier,
        parameter_values,
        body.values,
        body.truths,
        resources,
        {key: _resolved_output(rest, key, output) for key, output in stack.outputs.items()},
        importers,
        readers,
        body.refused_values(),
        rest.value({"Fn::Sub": stack.name_pattern}, "name"),
    )


def _resolved_resource(body: PartialBody, name: str, declared: Mapping[str, Any]) -> Resource:
    exists = body.exists(declared, f"Resources.{name}")
    type_name = CUSTOM if declared["Type"].startswith("Custom::") else declared["Type"]
    node = declared.get("Properties", {})
    properties = body.value(node, f"Resources.{name}.Properties")
    if not isinstance(properties, Mapping):
        properties = {UNRESOLVED: [node, {}]}
    inputs = _condition_inputs(body, declared, exists)
    acting = {}
    written_metadata = declared.get("Metadata")
    if isinstance(written_metadata, Mapping):
        acting = {key: written_metadata[key] for key in _ACTING if key in written_metadata}
    metadata = body.value(acting, f"Resources.{name}.Metadata")
    return Resource(type_name, exists, inputs, properties, declared, metadata)


def _condition_inputs(body: PartialBody, declared: Mapping[str, Any], exists: Truth) -> str:
    """Return the values that decide whether a resource or output exists; empty if that is known."""
    if exists is not UNKNOWN:
        return ""
    return body.condition_inputs(declared["Condition"])


def _resolved_output(body: PartialBody, key: str, declared: Mapping[str, Any]) -> Output:
    value = body.value(declared.get("Value", ""), f"Outputs.{key}.Value")
    export_name = None
    if (export := value_at(declared, ("Export", "Name"))) is not None:
        export_name = body.value(export, f"Outputs.{key}.Export.Name")
    exists = body.exists(declared, f"Outputs.{key}")
    inputs = _condition_inputs(body, declared, exists)
    return Output(exists, inputs, value, export_name, declared)


def resource_at(node: Node, stacks: Mapping[str, ResolvedStack]) -> Resource | None:
    """Return a resource of a set, if it exists or may exist."""
    if node.stack not in stacks:
        return None
    resource = stacks[node.stack].resources.get(node.name)
    if resource is None or resource.exists is NO:
        return None
    return resource


def mentions(value: Any, stack: str, place: Place = ()) -> Iterator[Mention]:
    """Yield every resource that a resolved value of ``stack`` refers to."""
    match value:
        case {"Ref": str(name)} if len(value) == 1:
            if not name.startswith("AWS::"):
                yield Mention(place, Node(stack, name), "")
        case {"Fn::GetAtt": [str(name), attribute]}:
            yield Mention(place, Node(stack, name), attribute if isinstance(attribute, str) else "")
        case {"Fn::In": [str(source), inner]}:
            yield from mentions(inner, source, place)
        case {"Fn::Sub": _} if (parts := parts_of_sub(value)) is not None:
            for part in parts:
                yield from mentions(part, stack, place)
        case {"Fn::Unresolved": [node, _]}:
            for use in uses(node):
                if use.kind == "name":
                    yield Mention(place, Node(stack, use.name), "")
        case {"Fn::NotGiven": _} | {"Fn::Hidden": _} | {"Fn::ParameterStore": _}:
            pass
        case dict():
            for key, member in value.items():
                yield from mentions(member, stack, place if key.startswith("Fn::") else (*place, key))
        case list():
            for index, member in enumerate(value):
                yield from mentions(member, stack, (*place, index))
