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
        if self.stack == stack:
            return self.name
        return f"{self.name} of {self.stack}"


class CrossStackReferences:
    """The references between the resources of several stacks, including imports and outputs."""

    def __init__(self, stacks: Sequence[BuiltStack]) -> None:
        self.stacks = {stack.name: stack for stack in stacks}
        self._by_name = {stack.name_pattern: stack for stack in stacks}
        self._exports: dict[tuple[str, str], Node] = {}
        self._secrets: dict[str, Node] = {}
        resources: list[Node] = []
        for stack in stacks:
            for name, output in stack.exports.items():
                self._exports[stack.region, name] = Node(stack.name, output)
            for logical_id, resource in stack.resources.items():
                node = Node(stack.name, logical_id)
                resources.append(node)
                if resource["Type"] == "AWS::SecretsManager::Secret":
                    self._secrets[in_words(resource.get("Properties", {}).get("Name"))] = node
        self._outputs = {node: self._find_outputs(node) for node in resources}
        self._targets = {node: self._find_targets(node) for node in resources}  # also through outputs

    def reads(self, stack: str) -> dict[Node, list[str]]:
        """Return output of another stack -> the resources of a stack that read it."""
        readers: dict[Node, list[str]] = {}
        for name in self.stacks[stack].resources:
            for output in self._outputs[Node(stack, name)]:
                readers.setdefault(output, []).append(name)
        return readers

    def secrets(self, stack: str) -> list[Node]:
        """Return the secrets of other stacks that a stack reads by their names."""
        secrets: list[Node] = []
        for name in self.stacks[stack].resources:
            secrets += self._named_secrets(Node(stack, name))
        return list(dict.fromkeys(secret for secret in secrets if secret.stack != stack))

    def targets(self, node: Node) -> list[Node]:
        """Return the resources that a resource refers to, without duplicates, also through outputs."""
        return self._targets[node]

    def _find_targets(self, node: Node) -> list[Node]:
        targets = _resources_used(self.stacks[node.stack], self._uses(node))
        targets += self._named_secrets(node)
        for output in self._outputs[node]:
            stack = self.stacks[output.stack]
            targets += _resources_used(stack, uses(stack.outputs[output.name].get("Value")))
        return list(dict.fromkeys(target for target in targets if target != node))

    def _uses(self, node: Node) -> list[Use]:
        return self.stacks[node.stack].uses[node.name]

    def _named_secrets(self, node: Node) -> list[Node]:
        names = [use.name for use in self._uses(node) if use.kind == "secret"]
        return [self._secrets[name] for name in names if name in self._secrets]

    def _find_outputs(self, node: Node) -> list[Node]:
        """Return the outputs of other stacks that a resource reads."""
        region = self.stacks[node.stack].region
        outputs = []
        for use in self._uses(node):
            if use.kind == "import" and (region, use.name) in self._exports:
                outputs.append(self._exports[region, use.name])
            elif use.kind == "output":
                deployed_name, _, key = use.name.rpartition("/")
                stack = self._by_name.get(deployed_name)
                if stack is not None and key in stack.outputs:
                    outputs.append(Node(stack.name, key))
        return list(dict.fromkeys(outputs))


def _resources_used(stack: BuiltStack, uses_in_part: Sequence[Use]) -> list[Node]:
    """Return the resources of a stack that a part of its template names."""
    names = [use.name for use in uses_in_part if use.kind == "name"]
    return [Node(stack.name, name) for name in names if name in stack.resources]
