"""Resolves a template as far as the values are known; unknown values remain functions.

``resolving`` raises an error for unknown values, because a build must not continue with them. A comparison of
two templates must continue: a parameter without a value, a condition known only in the deployed stack and a
function that needs a macro remain in the result as functions, so that they are equal only if they are the
same.

Forms in addition to those of ``resolving``:

- ``{"Fn::ParameterStore": "/key"}``: a parameter of a type such as ``AWS::SSM::Parameter::Value<String>``.
- ``{"Fn::NotGiven": "Name"}``: the value of a parameter that the deploy is not given.
- ``{"Fn::Hidden": "<digest>"}``: the value of a NoEcho parameter.
- ``{"Fn::In": ["network", {"Ref": "VPC"}]}``: a value of another stack, with its names.
- ``{"Fn::If": ["IsProd", 1, 2, "<the condition>"]}``: a value that depends on an unknown condition.
- ``{"Fn::FindInMap": ["Sizes", {"Fn::NotGiven": "Stage"}, "Size", "<the mapping>"]}``: one of unknown rows.
- ``{"Fn::Unresolved": [part of the template, {parameter: value}]}``: a part that cannot be resolved.
"""

import copy
import hashlib
import ipaddress
import itertools
import json
from collections.abc import Collection, Mapping
from typing import Any, ClassVar, Final, Self

from cfn_analysis.model.intrinsics import Function, ResolveError, as_strings, is_unknown, parts_of_sub
from cfn_analysis.model.references import as_list, uses
from cfn_analysis.model.resolving import SSM_VALUE, Body, Conditions, Rules, is_list, pseudo_parameters
from cfn_analysis.model.three_valued import UNKNOWN, YES, Truth
from cfn_analysis.model.wording import hint

NOT_GIVEN: Final = "Fn::NotGiven"
HIDDEN: Final = "Fn::Hidden"
STORED: Final = "Fn::ParameterStore"
UNRESOLVED: Final = "Fn::Unresolved"
IN: Final = "Fn::In"

_OF_STACK: Final = ("AWS::NotificationARNs", "AWS::StackId", "AWS::StackName")


def in_stack(stack: str, value: Any) -> Any:
    """Return a value of a stack for another stack; what can differ between stacks is marked.

    Not marked, because they are the same in each stack: the account, the digest of a NoEcho value, the key of
    an SSM parameter, an unknown import, and a value that is marked already.
    """
    if isinstance(value, list):
        return [in_stack(stack, member) for member in value]
    if is_unknown(value) and _is_of_stack(value):
        return {IN: [stack, value]}
    return value


def _is_of_stack(value: Any) -> bool:
    """Return whether a value contains a resource, a parameter, a condition or the name of its stack."""
    match value:
        case {"Ref": str(name)}:
            return not name.startswith("AWS::") or name in _OF_STACK
        case {"Fn::GetAtt": _} | {"Fn::NotGiven": _} | {"Fn::If": _}:
            return True
        case {"Fn::In": _}:
            return False
        case {"Fn::Sub": _} if (parts := parts_of_sub(value)) is not None:
            return _is_of_stack(parts)
        case dict():
            return _is_of_stack([*value.values()])
    return isinstance(value, list) and any(_is_of_stack(member) for member in value)


class OtherStacks:
    """The values that a template reads from other stacks; here, none of them is known."""

    def imported(self, export: str) -> Any:
        """Return the value of an export; None if it is not known."""

    def output(self, argument: Mapping[str, Any]) -> Any:
        """Return the value for the argument of ``Fn::GetStackOutput``; None if it is not known."""


def parameter_values(
    declared: Mapping[str, Any],
    given_values: Mapping[str, str],
    unknown: Collection[str] = (),
    *,
    shown: bool = True,
) -> dict[str, Any]:
    """Return parameter -> value, in the forms of this module.

    A Default applies if no value is given, but not to the per-deploy parameters in ``unknown``. ``shown`` is
    whether values of NoEcho parameters are replaced by their digests.
    """
    values: dict[str, Any] = {}
    for name, declaration in declared.items():
        if name in unknown or (name not in given_values and "Default" not in declaration):
            values[name] = {NOT_GIVEN: name}
            continue
        text = given_values[name] if name in given_values else str(as_strings(declaration["Default"]))
        if str(declaration.get("Type")).startswith(SSM_VALUE):
            values[name] = {STORED: text}
        elif shown and is_no_echo(declaration):
            values[name] = {HIDDEN: hashlib.sha256(text.encode()).hexdigest()}
        elif is_list(declaration):
            values[name] = [part.strip() for part in text.split(",")]
        else:
            values[name] = text
    return values


def is_no_echo(declaration: Mapping[str, Any]) -> bool:
    """Return whether a parameter's value must not be shown."""
    return str(declaration.get("NoEcho")).lower() == "true"


class MissingConditionError(ValueError):
    """A resource, output or Fn::If names a condition that the template does not have."""


class PartialConditions(Conditions):
    """Conditions, of which each is true, false or unknown."""

    def truth(self, node: Any, path: str) -> Truth:
        """Evaluate a predicate; a wrong predicate is unknown."""
        try:
            return super().truth(node, path)
        except ResolveError:
            return UNKNOWN


def condition_truths(template: Mapping[str, Any], values: Mapping[str, Any], region: str) -> dict[str, Truth]:
    """Return condition -> whether it is true, with the values of parameters and of pseudo parameters."""
    return PartialConditions(template, values, known_pseudo_parameters(region)).all()


def formulas(template: Mapping[str, Any], condition: str) -> dict[str, Any]:
    """Return the formulas of a condition and of all conditions that it depends on; None for a missing one."""
    conditions: dict[str, Any] = {}
    pending = [condition]
    while pending:
        name = pending.pop()
        conditions[name] = template.get("Conditions", {}).get(name)
        inputs = [use.name for use in uses(conditions[name]) if use.kind == "condition"]
        pending += [name for name in inputs if name not in conditions]
    return conditions


def known_pseudo_parameters(region: str) -> dict[str, str]:
    """Return the pseudo parameters that are the same for each stack in a region."""
    of_region = pseudo_parameters(region)
    return {name: of_region[name] for name in ("AWS::Region", "AWS::Partition", "AWS::URLSuffix")}


class PartialBody(Body):
    """Resources and outputs with unknown values."""

    def __init__(
        self,
        template: Mapping[str, Any],
        given_values: Mapping[str, str],
        region: str,
        unknown: Collection[str] = (),
        deployed_mappings: Mapping[str, Any] | None = None,
    ) -> None:
        """Use the parameter values of the deploy; the Default of ``unknown`` ones does not apply.

        ``deployed_mappings`` is the section Mappings before the deploy, by default that of the template.
        """
        declared = template.get("Parameters", {})
        super().__init__(
            template, parameter_values(declared, given_values, unknown), known_pseudo_parameters(region)
        )
        secret = parameter_values(declared, given_values, unknown, shown=False)
        self.truths = condition_truths(template, secret, region)
        self.others = OtherStacks()
        mappings: Mapping[str, Any] = template.get("Mappings", {})
        self.deployed_mappings = mappings if deployed_mappings is None else deployed_mappings

    def reading(self, others: OtherStacks) -> Self:
        """Return the same with known values of other stacks."""
        body = copy.copy(self)
        body.others = others
        return body

    def value(self, node: Any, path: str) -> Any:
        """Resolve a value; an unresolvable part is kept with the values that it depends on."""
        if isinstance(node, str):  # most are
            return node
        try:
            return super().value(node, path)
        except ResolveError:
            names = dict.fromkeys(use.name for use in uses(node) if use.kind == "name")
            return {UNRESOLVED: [node, {name: self.values[name] for name in names if name in self.values}]}

    def exists(self, body: Mapping[str, Any], path: str) -> Truth:
        """Return whether the resource or output at a path exists."""
        condition = body.get("Condition")
        if condition is None:
            return YES
        return self._truth(condition, path)

    def _truth(self, condition: str, path: str) -> Truth:
        if condition not in self.truths:
            raise MissingConditionError(
                f"{path}: {condition} is not a condition of this template.{hint(condition, self.truths)}"
            )
        return self.truths[condition]

    def refused_values(self) -> list[str]:
        """Return why CloudFormation refuses the parameter values, as far as it is known."""
        refused = []
        for name, declaration in self.template.get("Parameters", {}).items():
            allowed = [str(as_strings(value)) for value in as_list(declaration.get("AllowedValues"))]
            if not allowed or is_no_echo(declaration):
                continue
            texts = [value for value in as_list(self.values[name]) if isinstance(value, str)]
            wrong = [text for text in texts if text not in allowed]
            refused += [f"{name} is {text}, and AllowedValues has {', '.join(allowed)}" for text in wrong]
        try:
            return refused + Rules(self.template, self.values, self.pseudo).failed()
        except ResolveError:  # errors of a rule are reported by the linter
            return refused

    def condition_inputs(self, condition: str) -> str:
        """Return the values that a condition depends on, as a text that differs if its result may differ."""
        inputs = formulas(self.template, condition)
        for use in [*uses([*inputs.values()])]:
            if use.kind == "mapping":
                inputs[f"mapping {use.name}"] = self._reachable(use.name, {}, {})
            elif use.kind == "name" and use.name in self.values:
                inputs[f"parameter {use.name}"] = self.values[use.name]
        return json.dumps(inputs, sort_keys=True)

    def reference(self, name: str, path: str) -> Any:
        """Resolve a Ref to a resource, or to a value that is known only in the account."""
        return {"Ref": name}

    def _require_resource(self, name: Any, path: str) -> None:
        """Accept every name; missing names are reported by the linter."""

    def _ref(self, node: Any, path: str) -> Any:
        if isinstance(node, str) and node.startswith("AWS::") and node not in self.pseudo:
            return {"Ref": node}
        return super()._ref(node, path)

    def _call(self, name: str, node: Any, path: str) -> Any:
        match name, node:
            case "Fn::If", [str(condition), yes, no] if self._truth(condition, path) is UNKNOWN:
                branches = [self.value(yes, path), self.value(no, path)]
                if branches[0] == branches[1]:
                    return branches[0]
                return {name: [condition, *branches, self.condition_inputs(condition)]}
        return super()._call(name, node, path)

    def _import_value(self, node: Any, path: str) -> Any:
        name = self.text(node, path)
        if not is_unknown(name):
            value = self.others.imported(name)
            if value is not None:
                return value
        return {"Fn::ImportValue": name}

    def _get_stack_output(self, node: Any, path: str) -> Any:
        unresolved = super()._get_stack_output(node, path)
        value = self.others.output(unresolved["Fn::GetStackOutput"])
        if value is None:
            return unresolved
        return value

    def _find_in_map(self, node: Any, path: str) -> Any:
        value = super()._find_in_map(node, path)
        match value:
            case {"Fn::FindInMap": [mapping, *keys]}:
                mappings = self.template.get("Mappings", {})
                rows = self._reachable(mapping, *keys) if isinstance(mapping, str) else mappings
                return {"Fn::FindInMap": [mapping, *keys, json.dumps(rows, sort_keys=True)]}
        return value

    def _reachable(self, mapping: str, first: Any, second: Any) -> Any:
        """Return the part of a mapping that the deployed values of its keys can reach."""
        rows = self.template.get("Mappings", {}).get(mapping)
        deployed = self.deployed_mappings.get(mapping)
        if not isinstance(rows, Mapping) or not isinstance(deployed, Mapping):
            return rows
        reachable = {}
        for key in self._keys(first, rows, deployed):
            row = rows[key]
            if isinstance(row, Mapping):
                columns = self._keys(second, row, deployed.get(key, row))
                reachable[key] = {column: row[column] for column in columns}
        return reachable

    def _keys(self, key: Any, new: Mapping[str, Any], old: Mapping[str, Any]) -> list[str]:
        """Return the keys that a value, which may be unknown, can be."""
        if isinstance(key, str):
            return [name for name in [key] if name in new]
        parameter = self.template.get("Parameters", {}).get(key.get(NOT_GIVEN), {})
        allowed = [str(as_strings(value)) for value in parameter.get("AllowedValues", old)]
        return [name for name in new if name in old and name in allowed]

    def _cidr(self, node: Any, path: str) -> Any:
        value = super()._cidr(node, path)
        return _blocks(*value["Fn::Cidr"]) or value

    functions: ClassVar[Mapping[str, Function]] = {
        **Body.functions,
        "Fn::Cidr": _cidr,
        "Fn::FindInMap": _find_in_map,
        "Fn::GetStackOutput": _get_stack_output,
        "Fn::ImportValue": _import_value,
        "Ref": _ref,
    }


def _blocks(block: Any, count: Any, bits: Any = None) -> list[str] | None:
    """Return the value of Fn::Cidr; None if an argument is unknown or wrong.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html
    """
    if not all(isinstance(argument, str) for argument in (block, count, bits)):
        return None
    try:
        network = ipaddress.ip_network(block)
        subnets = network.subnets(new_prefix=network.max_prefixlen - int(bits))
        return [str(subnet) for subnet in itertools.islice(subnets, int(count))]
    except ValueError:
        return None
