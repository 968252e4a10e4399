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
            for searched in (part, new.get(str(place[0])) if place else None):
                if chain := self._of_uses(node.stack, searched):
                    return chain
        return [self.file(node.stack)]

    def of_output(self, stack: str, key: str) -> list[str]:
        """Return the chain of the changed value of an output."""
        old, new = (entry.get("Value") for entry in self._entries(Node(stack, key), "Outputs"))
        chain = self._of_uses(stack, new) if old == new else None
        return chain or [self.file(stack)]

    def of_existence(self, node: Node, section: str = "Resources") -> list[str]:
        """Return the chain of an added or removed resource or output."""
        old, new = (entry.get("Condition") for entry in self._entries(node, section))
        if isinstance(new, str) and old == new:
            return self._of_condition(node.stack, new, ())
        return [self.file(node.stack)]

    def through(self, user: Node, place: Place, source: Node) -> list[str]:
        """Return the export or output through which a value refers to a resource of another stack."""
        _, entry = self._entries(user, "Resources")
        for use in uses(_part(entry.get("Properties", {}), place)) if source.stack != user.stack else ():
            for stack, key, how in self._reads(user.stack, use):
                if any(
                    mention.target == source for mention in mentions(stack.outputs[key].value, stack.name)
                ):
                    return [how]
        return []

    def _entries(self, node: Node, section: str) -> list[Any]:
        """Return an entry of a section of the template in both states; empty if there is none."""
        sides = (side.get(node.stack) for side in (self.before, self.after))
        return [side.built.template.get(section, {}).get(node.name, {}) if side else {} for side in sides]

    def _of_uses(self, stack: str, part: Any) -> list[str] | None:
        """Return the chain through the first reference in a part of a template with a changed value."""
        chains = (self._of_use(stack, use, ()) for use in uses(part))
        return next(filter(None, chains), None)

    def _of_use(self, stack: str, use: Use, trail: tuple[str, ...]) -> list[str] | None:
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
                names = [use.name] if use.name != "*" else list(new.built.template.get("Mappings", {}))
                for name in names:
                    was, will = self._entries(Node(stack, name), "Mappings")
                    if was != will:
                        return [self.file(stack), f"mapping {name}"]
        changed = (read for read in self._reads(stack, use) if self._differs(Node(read.stack.name, read.key)))
        return next(([*self.of_output(read.stack.name, read.key), read.how] for read in changed), None)

    def _of_condition(self, stack: str, name: str, trail: tuple[str, ...]) -> list[str]:
        if stack not in self.before or stack not in self.after or name in trail:
            return [self.file(stack), f"condition {name}"]
        old, new = self._entries(Node(stack, name), "Conditions")
        chains = (self._of_use(stack, use, (*trail, name)) for use in (uses(new) if old == new else []))
        return [*next(filter(None, chains), [self.file(stack)]), f"condition {name}"]

    def _reads(self, stack: str, use: Use) -> Iterator[_Read]:
        """Yield the outputs that an import or Fn::GetStackOutput reads, in the new and in the old state."""
        export = self._text(stack, use.name) if use.kind == "import" else ""
        stack_name, _, asked = use.name.rpartition("/")
        for side in (*self.after.values(), *self.before.values()):
            key = side.exports.get(export) if side.built.region == self.after[stack].built.region else None
            if use.kind == "import" and key is not None:
                yield _Read(side, key, f"export {export}")
            names = (side.name, side.built.name_pattern, side.deployed_name)
            if use.kind == "output" and stack_name in names and asked in side.outputs:
                yield _Read(side, asked, f"output {asked} of {side.name}")

    def _differs(self, output: Node) -> bool:
        old, new = (
            side[output.stack].outputs.get(output.name) if output.stack in side else None
            for side in (self.before, self.after)
        )
        return old is None or new is None or old.value != new.value

    def _text(self, stack: str, text: str) -> str:
        """Return the text of a Sub with the values of parameters in it."""
        values = self.after[stack].values
        parts = pieces(text, lambda name: values.get(name))
        return "".join(part if isinstance(part, str) else "?" for part in parts)


def _part(properties: Any, place: Place) -> Any:
    """Return the part of the unresolved properties at a place, without entering functions."""
    part, left = walk(properties, place)
    is_function = isinstance(part, Mapping) and len(part) == 1 and next(iter(part)).startswith("Fn::")
    return None if left and isinstance(part, Mapping) and not is_function else part
