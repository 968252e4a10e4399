"""Causes of a changed value: the chain from the edit to the property."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from cfn_analysis.model.references import Place, Use, pieces, uses, walk
from cfn_analysis.model.wiring import Node
from cfn_analysis.updates.resolved_stack import ResolvedStack, mentions


class _Read(NamedTuple):
    """An output that another stack reads, and how, in words."""

    stack: ResolvedStack
    key: str
    how: str


class CauseChains:
    """Finds chains: first the edited file, then each part that depends on it, down to the value."""

    def __init__(
        self,
        before: Mapping[str, ResolvedStack],
        after: Mapping[str, ResolvedStack],
        origin: Callable[[str, str], str],
    ) -> None:
        """Use two states of a set; ``origin`` returns the file that sets a parameter of a stack."""
        self.before = before
        self.after = after
        self.origin = origin

    def file(self, stack: str) -> str:
        """Return the template of a stack."""
        return (self.after.get(stack) or self.before[stack]).built.file

    def of_value(self, node: Node, place: Place) -> list[str]:
        """Return the chain of a changed value at a place of a resource's properties."""
        old, new = (entry.get("Properties", {}) for entry in self._entries(node, "Resources"))
        part = _part(new, place)
        if _part(old, place) == part:
            property_value = new.get(str(place[0])) if place else None
            for searched in (part, property_value):
                if chain := self._of_uses(node.stack, searched):
                    return chain
        return [self.file(node.stack)]

    def of_output(self, stack: str, key: str) -> list[str]:
        """Return the chain of the changed value of an output."""
        old, new = (entry.get("Value") for entry in self._entries(Node(stack, key), "Outputs"))
        if old == new and (chain := self._of_uses(stack, new)):
            return chain
        return [self.file(stack)]

    def of_existence(self, node: Node, section: str = "Resources") -> list[str]:
        """Return the chain of an added or removed resource or output."""
        old, new = (entry.get("Condition") for entry in self._entries(node, section))
        if isinstance(new, str) and old == new:
            return self._of_condition(node.stack, new, ())
        return [self.file(node.stack)]

    def through(self, user: Node, place: Place, source: Node) -> list[str]:
        """Return the export or output through which a value refers to a resource of another stack."""
        if source.stack == user.stack:
            return []
        _, entry = self._entries(user, "Resources")
        for use in uses(_part(entry.get("Properties", {}), place)):
            for stack, key, how in self._reads(user.stack, use):
                mentioned = [mention.target for mention in mentions(stack.outputs[key].value, stack.name)]
                if source in mentioned:
                    return [how]
        return []

    def _entries(self, node: Node, section: str) -> list[Any]:
        """Return an entry of a section of the template in both states; empty if there is none."""
        entries = []
        for stacks in (self.before, self.after):
            template = stacks[node.stack].built.template if node.stack in stacks else {}
            entries.append(template.get(section, {}).get(node.name, {}))
        return entries

    def _of_uses(self, stack: str, part: Any) -> list[str] | None:
        """Return the chain through the first reference in a part of a template with a changed value."""
        for use in uses(part):
            chain = self._of_use(stack, use, ())
            if chain is not None:
                return chain
        return None

    def _of_use(self, stack: str, use: Use, trail: tuple[str, ...]) -> list[str] | None:
        """Return the chain through a reference; None if its value does not change."""
        if stack not in self.before or stack not in self.after:
            return None
        old, new = self.before[stack], self.after[stack]
        match use.kind:
            case "name" if use.name in new.values or use.name in old.values:
                if old.values.get(use.name) != new.values.get(use.name):
                    return [self.origin(stack, use.name), f"parameter {use.name}"]
            case "condition" if old.truths.get(use.name) is not new.truths.get(use.name):
                return self._of_condition(stack, use.name, trail)
            case "mapping":
                if (name := self._changed_mapping(stack, use.name)) is not None:
                    return [self.file(stack), f"mapping {name}"]
        for read in self._reads(stack, use):
            if self._differs(Node(read.stack.name, read.key)):
                return [*self.of_output(read.stack.name, read.key), read.how]
        return None

    def _changed_mapping(self, stack: str, name: str) -> str | None:
        """Return a mapping if it changes, and for ``*`` the first one that does; otherwise None."""
        names = [name]
        if name == "*":
            names = list(self.after[stack].built.template.get("Mappings", {}))
        for mapping in names:
            old, new = self._entries(Node(stack, mapping), "Mappings")
            if old != new:
                return mapping
        return None

    def _of_condition(self, stack: str, name: str, trail: tuple[str, ...]) -> list[str]:
        """Return the chain of a condition; ``trail`` are the conditions whose chain this is a part of."""
        edited = [self.file(stack), f"condition {name}"]
        if stack not in self.before or stack not in self.after or name in trail:
            return edited
        old, new = self._entries(Node(stack, name), "Conditions")
        if old != new:
            return edited
        for use in uses(new):
            chain = self._of_use(stack, use, (*trail, name))
            if chain is not None:
                return [*chain, f"condition {name}"]
        return edited

    def _reads(self, stack: str, use: Use) -> Iterator[_Read]:
        """Yield the outputs that an import or Fn::GetStackOutput reads, in the new and in the old state."""
        sides = (*self.after.values(), *self.before.values())
        if use.kind == "import":
            export = self._text(stack, use.name)
            region = self.after[stack].built.region
            for side in sides:
                if side.built.region == region and export in side.exports:
                    yield _Read(side, side.exports[export], f"export {export}")
        elif use.kind == "output":
            stack_name, _, key = use.name.rpartition("/")
            for side in sides:
                names = (side.name, side.built.name_pattern, side.deployed_name)
                if stack_name in names and key in side.outputs:
                    yield _Read(side, key, f"output {key} of {side.name}")

    def _differs(self, output: Node) -> bool:
        """Return whether an output has another value, or exists only in one state."""
        if output.stack not in self.before or output.stack not in self.after:
            return True
        old = self.before[output.stack].outputs.get(output.name)
        new = self.after[output.stack].outputs.get(output.name)
        return old is None or new is None or old.value != new.value

    def _text(self, stack: str, text: str) -> str:
        """Return the text of a Sub with the values of parameters in it."""
        values = self.after[stack].values
        parts = pieces(text, lambda name: values.get(name))
        return "".join(part if isinstance(part, str) else "?" for part in parts)


def _part(properties: Any, place: Place) -> Any:
    """Return the part of the unresolved properties at a place, without entering functions."""
    part, rest = walk(properties, place)
    if not rest or not isinstance(part, Mapping):
        return part
    is_function = len(part) == 1 and next(iter(part)).startswith("Fn::")
    return part if is_function else None
