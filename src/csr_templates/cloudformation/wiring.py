"""What refers to what, within a template and from one stack to another.

Everything here works on templates as plain dicts, with the long forms of the functions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

PREFIX: Final = "${ProjectName}-${Environment}-"
"""How names of stacks, exports and most resources start."""

_VARIABLE: Final = re.compile(r"\$\{([^!{}][^{}]*)\}")
_SECRET: Final = re.compile(r"\{\{resolve:secretsmanager:(.+?):SecretString")

Place = tuple[str, ...]
"""Keys from the node down to a value; ``*`` stands for every item of a list."""


class Node(NamedTuple):
    """A resource, or an output, of a stack."""

    stack: str
    name: str


class Use(NamedTuple):
    """A name in a part of a template.

    Attributes:
        place: where it stands.
        kind: ``name`` (a parameter, a resource or a pseudo parameter), ``condition``, ``import`` (the name
            of an export), ``output`` (name of the stack, a slash, key of its output), or ``secret`` (its
            name, in a dynamic reference).
        name: the name; of ``a.b`` only ``a``.
    """

    place: Place
    kind: str
    name: str


@dataclass(frozen=True)
class Described:
    """A stack as a reader meets it: its template, and what stands beside the template.

    Attributes:
        name: such as ``network``.
        file: file name of the template.
        region: AWS region that it is deployed to.
        template: the template, as a plain dict.
        sections: logical ID -> title of its section.
        per_deploy: parameters that each deploy decides.
    """

    name: str
    file: str
    region: str
    template: Mapping[str, Any]
    sections: Mapping[str, str] = field(default_factory=dict)
    per_deploy: Sequence[str] = ()

    @property
    def resources(self) -> Mapping[str, Any]:
        """Logical ID -> resource."""
        found: Mapping[str, Any] = self.template.get("Resources", {})
        return found

    @property
    def outputs(self) -> Mapping[str, Any]:
        """Key -> output."""
        found: Mapping[str, Any] = self.template.get("Outputs", {})
        return found

    @cached_property
    def uses(self) -> dict[str, list[Use]]:
        """Logical ID -> what the properties of the resource name."""
        return {name: uses(resource.get("Properties", {})) for name, resource in self.resources.items()}

    @cached_property
    def users(self) -> dict[tuple[str, str], list[tuple[str, Place]]]:
        """Kind and name of a use -> the resources that use what is named so, and where they do."""
        found: dict[tuple[str, str], list[tuple[str, Place]]] = {}
        for resource, its_uses in self.uses.items():
            for place, kind, name in its_uses:
                found.setdefault((kind, name), []).append((resource, place))
        return found

    @cached_property
    def output_uses(self) -> dict[str, list[Use]]:
        """Key -> what the output, its export and its condition name."""
        return {key: uses(output) for key, output in self.outputs.items()}

    def grouped(self) -> dict[str, list[str]]:
        """Return title of a section -> its logical IDs, in the order of the template."""
        groups: dict[str, list[str]] = {}
        for name in self.resources:
            groups.setdefault(self.sections.get(name, "Resources"), []).append(name)
        return groups


def uses(node: Any, place: Place = ()) -> list[Use]:
    """Return every name in a part of a template, in the order in which they stand there."""
    found: list[Use] = []
    if isinstance(node, str):
        found += _secrets(node, place)
    elif isinstance(node, (list, tuple)):
        for item in node:
            found += uses(item, (*place, "*"))
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in ("Ref", "Condition") or key.startswith("Fn::"):
                found += _uses_of_function(key, value, place)
            elif isinstance(value, (dict, list, tuple)) or "{{resolve" in str(value):
                found += uses(value, (*place, key))
    return found


def _uses_of_function(function: str, argument: Any, place: Place) -> Iterator[Use]:
    match function, argument:
        case "Ref", str(name):
            yield Use(place, "name", name)
        case "Condition", str(name):
            yield Use(place, "condition", name)
        case "Fn::GetAtt", [str(name), *_] | str(name):
            yield Use(place, "name", name.partition(".")[0])
        case "Fn::If", [str(name), *branches]:
            yield Use(place, "condition", name)
            for branch in branches:
                yield from uses(branch, place)
        case "Fn::Sub", str(text):
            yield from _names(text, {}, place)
        case "Fn::Sub", [str(text), dict(bound)]:
            yield from _names(text, bound, place)
            for item in bound.values():
                yield from uses(item, place)
        case "Fn::ImportValue", name:
            yield Use(place, "import", spoken(name))
            yield from uses(name, place)
        case "Fn::GetStackOutput", dict(asked):
            yield Use(place, "output", f"{spoken(asked.get('StackName'))}/{asked.get('OutputName')}")
            for item in asked.values():
                yield from uses(item, place)
        case "Ref" | "Condition", _:  # a property of that name
            yield from uses(argument, (*place, function))
        case _, [*arguments]:
            for item in arguments:
                yield from uses(item, place)
        case _:
            yield from uses(argument, place)


def _names(text: str, bound: Mapping[str, Any], place: Place) -> Iterator[Use]:
    for name in _VARIABLE.findall(text):
        if name not in bound:
            yield Use(place, "name", name.partition(".")[0])
    yield from _secrets(text, place)


def _secrets(text: str, place: Place) -> list[Use]:
    return [Use(place, "secret", name) for name in _SECRET.findall(text)] if "{{resolve" in text else []


def spoken(value: Any) -> str:
    """Return a value as text for a reader: what is not known yet stands there as in the text of a Sub."""
    match value:
        case str():
            return value
        case {"Ref": "AWS::NoValue"}:
            return "nothing"
        case {"Ref": str(name)}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            return f"${{{name}.{attribute}}}"
        case {"Fn::Sub": str(text)}:
            return text
        case {"Fn::Sub": [str(text), Mapping() as bound]}:
            return _VARIABLE.sub(lambda found: spoken(bound.get(found[1], found[0])), text)
        case {"Fn::Join": [str(between), list(items)]}:
            return between.join(map(spoken, items))
        case {"Fn::If": [str(condition), yes, no]}:
            return f"{spoken(yes)} if {condition}, otherwise {spoken(no)}"
        case {"Fn::ImportValue": name}:
            return f"import {spoken(name).removeprefix(PREFIX)}"
        case {"Fn::GetStackOutput": Mapping() as asked}:
            stack = spoken(asked.get("StackName")).removeprefix(PREFIX)
            return f"output {asked.get('OutputName')} of {stack}"
        case list(items):
            return ", ".join(map(spoken, items))
        case _:
            return json.dumps(value)


class Wiring:
    """The references between the resources of several stacks, through imports and outputs too."""

    def __init__(self, stacks: Sequence[Described]) -> None:
        self.stacks = {stack.name: stack for stack in stacks}
        self._exports = {
            (stack.region, spoken(output["Export"]["Name"])): Node(stack.name, key)
            for stack in stacks
            for key, output in stack.outputs.items()
            if "Export" in output
        }
        self._secrets = {
            spoken(resource.get("Properties", {}).get("Name")): Node(stack.name, name)
            for stack in stacks
            for name, resource in stack.resources.items()
            if resource["Type"] == "AWS::SecretsManager::Secret"
        }
        self._targets: dict[Node, list[Node]] = {}
        self._read: dict[Node, list[Node]] = {}

    def reads(self, stack: str) -> dict[Node, list[str]]:
        """Return the outputs of other stacks that a stack reads -> the resources that do."""
        found: dict[Node, list[str]] = {}
        for name in self.stacks[stack].resources:
            for output in self._outputs(Node(stack, name)):
                found.setdefault(output, []).append(name)
        return found

    def secrets(self, stack: str) -> list[Node]:
        """Return the secrets of other stacks that a stack reads by their names."""
        found = {
            secret: None
            for name in self.stacks[stack].resources
            for secret in self._named_secrets(Node(stack, name))
            if secret.stack != stack
        }
        return list(found)

    def targets(self, node: Node) -> list[Node]:
        """Return the resources that a resource refers to, each once; an output leads to what it hands on."""
        if node not in self._targets:
            self._targets[node] = self._find_targets(node)
        return self._targets[node]

    def _find_targets(self, node: Node) -> list[Node]:
        own = self.stacks[node.stack].resources
        found = [
            Node(node.stack, use.name) for use in self._uses(node) if use.kind == "name" and use.name in own
        ]
        found += self._named_secrets(node)
        for output in self._outputs(node):
            its = self.stacks[output.stack]
            value = its.outputs[output.name].get("Value")
            found += [Node(its.name, use.name) for use in uses(value) if use.name in its.resources]
        return list(dict.fromkeys(target for target in found if target != node))

    def _uses(self, node: Node) -> list[Use]:
        return self.stacks[node.stack].uses[node.name]

    def _named_secrets(self, node: Node) -> list[Node]:
        names = [use.name for use in self._uses(node) if use.kind == "secret"]
        return [self._secrets[name] for name in names if name in self._secrets]

    def _outputs(self, node: Node) -> list[Node]:
        """Return the outputs of other stacks that a resource reads."""
        if node not in self._read:
            self._read[node] = self._find_outputs(node)
        return self._read[node]

    def _find_outputs(self, node: Node) -> list[Node]:
        region = self.stacks[node.stack].region
        found = []
        for use in self._uses(node):
            if use.kind == "import" and (region, use.name) in self._exports:
                found.append(self._exports[region, use.name])
            elif use.kind == "output":
                stack, _, key = use.name.removeprefix(PREFIX).rpartition("/")
                if stack in self.stacks and key in self.stacks[stack].outputs:
                    found.append(Node(stack, key))
        return list(dict.fromkeys(found))
