"""References across stacks: through imports, outputs and the names of secrets.

Everything here works on templates as plain dicts, with the long forms of the functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cfn_analysis.model.references import Use, in_words, uses

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cfn_analysis.model.built_stack import BuiltStack


class Node(NamedTuple):
    """A resource, or an output, of a stack."""

    stack: str
    name: str

    def seen_from(self, stack: str) -> str:
        """Return the name, with the stack unless it is this one."""
        return self.name if self.stack == stack else f"{self.name} of {self.stack}"


class Wiring:
    """The references between the resources of several stacks, including imports and outputs."""

    def __init__(self, stacks: Sequence[BuiltStack]) -> None:
        self.stacks = {stack.name: stack for stack in stacks}
        self._by_name = {stack.name_pattern: stack for stack in stacks}
        self._exports = {
            (stack.region, name): Node(stack.name, key)
            for stack in stacks
            for name, key in stack.exports.items()
        }
        self._secrets = {
            in_words(resource.get("Properties", {}).get("Name")): Node(stack.name, name)
            for stack in stacks
            for name, resource in stack.resources.items()
            if resource["Type"] == "AWS::SecretsManager::Secret"
        }
        resources = [Node(stack.name, name) for stack in stacks for name in stack.resources]
        self._outputs = {node: self._find_outputs(node) for node in resources}
        self._targets = {node: self._find_targets(node) for node in resources}

    def reads(self, stack: str) -> dict[Node, list[str]]:
        """Return output of another stack -> the resources of a stack that read it."""
        found: dict[Node, list[str]] = {}
        for name in self.stacks[stack].resources:
            for output in self._outputs[Node(stack, name)]:
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
        """Return the resources that a resource refers to, without duplicates, also through outputs."""
        return self._targets[node]

    def _find_targets(self, node: Node) -> list[Node]:
        own = self.stacks[node.stack].resources
        found = [
            Node(node.stack, use.name) for use in self._uses(node) if use.kind == "name" and use.name in own
        ]
        found += self._named_secrets(node)
        for output in self._outputs[node]:
            its = self.stacks[output.stack]
            value = its.outputs[output.name].get("Value")
            found += [
                Node(its.name, use.name)
                for use in uses(value)
                if use.kind == "name" and use.name in its.resources
            ]
        return list(dict.fromkeys(target for target in found if target != node))

    def _uses(self, node: Node) -> list[Use]:
        return self.stacks[node.stack].uses[node.name]

    def _named_secrets(self, node: Node) -> list[Node]:
        names = [use.name for use in self._uses(node) if use.kind == "secret"]
        return [self._secrets[name] for name in names if name in self._secrets]

    def _find_outputs(self, node: Node) -> list[Node]:
        """Return the outputs of other stacks that a resource reads."""
        region = self.stacks[node.stack].region
        found = []
        for use in self._uses(node):
            if use.kind == "import" and (region, use.name) in self._exports:
                found.append(self._exports[region, use.name])
            elif use.kind == "output":
                deployed_name, _, key = use.name.rpartition("/")
                stack = self._by_name.get(deployed_name)
                if stack is not None and key in stack.outputs:
                    found.append(Node(stack.name, key))
        return list(dict.fromkeys(found))
