"""What changing a parameter does to a deployed stack, as far as templates and resource schemas tell.

A parameter is followed to every property that it reaches, through Ref, Sub, the other functions and
conditions, and on from each replaced resource to what refers to it. The schemas say which properties cannot
be changed without a new resource. They do not say whether an update in place interrupts anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from csr_templates.cloudformation.references import uses
from csr_templates.cloudformation.replacement import Effect, effect_of_change
from csr_templates.cloudformation.schemas import resource_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from csr_templates.cloudformation.built_stack import BuiltStack
    from csr_templates.cloudformation.references import Place, Use


class Change(NamedTuple):
    """What a new value of one parameter does. Logical IDs are in the order of the template, each once.

    Attributes:
        replaced: the value is, or decides, a property that makes a new resource.
        following: made anew since such a property refers to what is replaced.
        maybe_replaced: the schema says that it depends on the case.
        switched: made or removed, as a condition turns.
        updated: changed in place.
        keeping_name: of ``replaced``, those whose explicit name the parameter does not change. The new
            resource has to be there before the old one goes, under the same name.
        outputs: keys of outputs whose value, export or existence changes.
    """

    replaced: tuple[str, ...]
    following: tuple[str, ...]
    maybe_replaced: tuple[str, ...]
    switched: tuple[str, ...]
    updated: tuple[str, ...]
    keeping_name: tuple[str, ...]
    outputs: tuple[str, ...]


def changes(stack: BuiltStack) -> dict[str, Change]:
    """Return parameter -> what changing it does, in the order of the template.

    Raises:
        schemas.SchemasError: AWS does not describe one of the template's types in the region.
    """
    return {name: _Follow(stack, name).change() for name in stack.parameters}


class _Follow:
    """One parameter on its way through a template."""

    def __init__(self, stack: BuiltStack, parameter: str) -> None:
        self.stack = stack
        self.parameter = parameter
        self.conditions = _conditions(stack, parameter)
        self.reached = {("name", parameter), *(("condition", name) for name in self.conditions)}

    def change(self) -> Change:
        resources = self.stack.resources
        switched = {name for name in resources if resources[name].get("Condition") in self.conditions}
        direct: dict[str, Effect] = {}
        for kind, used in self.reached:
            for name, place in self.stack.users.get((kind, used), []):
                if name not in switched:
                    direct[name] = max(direct.get(name, Effect.NONE), self._effect(name, place))
        effects = self._with_followers(direct, switched)
        replaced = {name for name, effect in direct.items() if effect == Effect.REPLACED}
        gone = {name for name, effect in effects.items() if effect >= Effect.MAYBE_REPLACED} | switched

        def with_effect(wanted: Effect, without: Iterable[str] = ()) -> tuple[str, ...]:
            return self._in_order(
                {name for name, one in effects.items() if one == wanted}.difference(without)
            )

        return Change(
            replaced=self._in_order(replaced),
            following=with_effect(Effect.REPLACED, replaced),
            maybe_replaced=with_effect(Effect.MAYBE_REPLACED),
            switched=self._in_order(switched),
            updated=with_effect(Effect.UPDATED),
            keeping_name=self._in_order(filter(self._keeps_name, replaced)),
            outputs=tuple(
                key
                for key, its_uses in self.stack.output_uses.items()
                if any(self._is_reached(use) or use.name in gone for use in its_uses)
            ),
        )

    def _with_followers(self, direct: Mapping[str, Effect], switched: set[str]) -> dict[str, Effect]:
        """Return the effects on all resources, those included that refer to what is replaced."""
        effects = dict(direct)
        pending = [name for name in effects if effects[name] >= Effect.MAYBE_REPLACED]
        while pending:
            source = pending.pop()
            for name, place in self.stack.users.get(("name", source), []):
                if name in switched or name == source:
                    continue
                effect = min(effects[source], self._effect(name, place))
                if effect > effects.get(name, Effect.NONE):
                    effects[name] = effect
                    if effect >= Effect.MAYBE_REPLACED:
                        pending.append(name)
        return effects

    def _is_reached(self, use: Use) -> bool:
        return (use.kind, use.name) in self.reached

    def _effect(self, name: str, place: Place) -> Effect:
        return effect_of_change(self.stack.resources[name]["Type"], self.stack.region, place)

    def _keeps_name(self, name: str) -> bool:
        reached = {use.place[0] for use in self.stack.uses[name] if use.place and self._is_reached(use)}
        return any(key not in reached for key in self._name_properties(name))

    def _name_properties(self, name: str) -> Iterator[str]:
        """Yield the properties in which a resource gets a name of its own, which is mostly none or one."""
        resource = self.stack.resources[name]
        properties = resource.get("Properties", {})
        schema = resource_schema(resource["Type"], self.stack.region)
        noun = resource["Type"].rpartition("::")[2]
        for key, value in properties.items():
            is_identity = schema.primary_identifier == (key,)
            is_name = (
                key in schema.create_only and key.endswith("Name") and noun.endswith(key.removesuffix("Name"))
            )
            if (is_identity or is_name) and not any(
                use.kind == "name" and use.name in self.stack.resources for use in uses(value)
            ):
                yield key

    def _in_order(self, names: Iterable[str]) -> tuple[str, ...]:
        wanted = set(names)
        return tuple(name for name in self.stack.resources if name in wanted)


def _conditions(stack: BuiltStack, parameter: str) -> set[str]:
    """Return the conditions that depend on a parameter, through other conditions too."""
    definitions: Mapping[str, Any] = stack.template.get("Conditions", {})
    used = {name: {(use.kind, use.name) for use in uses(node)} for name, node in definitions.items()}
    reached = {("name", parameter)}
    while more := {("condition", name) for name in used if used[name] & reached} - reached:
        reached |= more
    return {name for kind, name in reached if kind == "condition"}
