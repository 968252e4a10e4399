"""Effects of a changed parameter on a deployed stack, from schemas and AWS's pages.

A parameter is traced to every property that depends on it, through functions and conditions, and from each
replaced resource to those that refer to it. The schemas list the properties that need a new resource, AWS's
pages the interruptions of updates in place. Effects that neither documents are reported as not known.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from cfn_analysis.model.stack_policies import DELETE, MODIFY, REPLACE
from cfn_analysis.updates.replacement import (
    Effect,
    effect_of_change,
    is_documented,
    kept_if,
    name_properties,
    note_on_change,
    note_on_removal,
    update_order,
)
from csr_templates.hand_over.stack_policies import denied_actions
from csr_templates.reference.markdown import code, codes, prose

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

    from cfn_analysis.model.built_stack import BuiltStack
    from cfn_analysis.model.references import Place
    from cfn_analysis.updates.documented_updates import Note

MANY: Final = 6  # names; for more, a sentence contains only their number


class ParameterEffect(NamedTuple):
    """Effects of a new value of one parameter.

    Logical IDs are in the order of the template, without duplicates.

    Attributes:
        replaced: the value determines a property whose change replaces the resource.
        following: replaced because such a property refers to a replaced resource.
        maybe_replaced: replaced in some cases, according to the schema.
        switched: created or removed by a condition.
        updated: changed in place.
        keeping_name: of ``replaced``, those whose explicit name the parameter does not change. The new
            resource is created before the old one is deleted, with the same name.
        outputs: keys of outputs whose value, export or existence changes.
        notes: side effects of updates in place, with the resource.
        kept_if: of ``maybe_replaced``, the property and the case without replacement, if known.
        unknown: of ``updated``, those for which interruptions are not known.
    """

    replaced: tuple[str, ...]
    following: tuple[str, ...]
    maybe_replaced: tuple[str, ...]
    switched: tuple[str, ...]
    updated: tuple[str, ...]
    keeping_name: tuple[str, ...]
    outputs: tuple[str, ...]
    notes: tuple[tuple[str, Note], ...] = ()
    kept_if: tuple[tuple[str, Note], ...] = ()
    unknown: tuple[str, ...] = ()


def changes(stack: BuiltStack) -> dict[str, ParameterEffect]:
    """Return parameter -> effects of its change, in the order of the template.

    Raises:
        schemas.SchemasError: AWS does not describe one of the template's types in the region.
    """
    return {name: _Follow(stack, name).change() for name in stack.parameters}


class _Follow:
    """Traces one parameter through a template."""

    def __init__(self, stack: BuiltStack, parameter: str) -> None:
        self.stack = stack
        self.parameter = parameter
        self.conditions = _conditions(stack, parameter)
        self.reached = {("name", parameter), *(("condition", name) for name in self.conditions)}

    def change(self) -> ParameterEffect:
        resources = self.stack.resources
        switched = {name for name in resources if resources[name].get("Condition") in self.conditions}
        direct: dict[str, Effect] = {}
        changed: dict[str, set[Place]] = {}  # properties, whose pages contain the notes
        for used in self.reached:
            for name, place in self.stack.users.get(used, []):
                if name not in switched:
                    direct[name] = max(direct.get(name, Effect.NONE), self._effect(name, place))
                    changed.setdefault(name, set()).add(place[:1])
        effects = self._with_followers(direct, switched)
        replaced = {name for name, effect in direct.items() if effect == Effect.REPLACED}
        for source in (name for name, effect in effects.items() if effect == Effect.REPLACED):
            for name, place in self.stack.users.get(("name", source), []):
                if name in effects:
                    changed.setdefault(name, set()).add(place[:1])
        in_place = [
            (name, self.stack.resources[name]["Type"], place)
            for name in self._in_order(effects)
            if effects[name] < Effect.REPLACED
            for place in sorted(changed.get(name, ()), key=str)
        ]
        gone = {name for name, effect in effects.items() if effect >= Effect.MAYBE_REPLACED} | switched
        touched = self.reached | {("name", name) for name in gone}

        def with_effect(wanted: Effect, without: Iterable[str] = ()) -> tuple[str, ...]:
            return self._in_order(
                {name for name, one in effects.items() if one == wanted}.difference(without)
            )

        return ParameterEffect(
            replaced=self._in_order(replaced),
            following=with_effect(Effect.REPLACED, replaced),
            maybe_replaced=with_effect(Effect.MAYBE_REPLACED),
            switched=self._in_order(switched),
            updated=with_effect(Effect.UPDATED),
            keeping_name=self._in_order(name for name in replaced if self._keeps_name(name, changed[name])),
            outputs=tuple(
                key
                for key, named in _named_in(self.stack, "Outputs").items()
                if not named.isdisjoint(touched)
            ),
            notes=_known((name, note_on_change(kind, place)) for name, kind, place in in_place),
            kept_if=_known((str(place[0]), kept_if(kind, place)) for _, kind, place in in_place if place),
            unknown=self._in_order(
                name
                for name, kind, place in in_place
                if effects[name] == Effect.UPDATED and not is_documented(kind, place)
            ),
        )

    def _with_followers(self, direct: Mapping[str, Effect], switched: set[str]) -> dict[str, Effect]:
        """Return the effects on all resources, including those that refer to replaced ones."""
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

    def _effect(self, name: str, place: Place) -> Effect:
        return effect_of_change(self.stack.resources[name]["Type"], self.stack.region, place)

    def _keeps_name(self, name: str, changed: Set[Place]) -> bool:
        """Return whether a resource has its own explicit name in an unchanged property."""
        resource = self.stack.resources[name]
        given = resource.get("Properties", {})
        names = name_properties(resource["Type"], self.stack.region, given)
        staying = {key for key in names if (key,) not in changed}
        return bool(staying) and not staying <= {
            use.place[0]
            for use in self.stack.uses[name]
            if use.place and use.kind == "name" and use.name in self.stack.resources
        }

    def _in_order(self, names: Iterable[str]) -> tuple[str, ...]:
        wanted = set(names)
        return tuple(filter(wanted.__contains__, self.stack.resources)) if wanted else ()


def _known(found: Iterable[tuple[str, Note | None]]) -> tuple[tuple[str, Note], ...]:
    """Return the effects without duplicates."""
    return tuple(dict.fromkeys((name, note) for name, note in found if note is not None))


def _conditions(stack: BuiltStack, parameter: str) -> set[str]:
    """Return the conditions that depend on a parameter, directly or indirectly."""
    used = _named_in(stack, "Conditions")
    reached = {("name", parameter)}
    while more := {("condition", name) for name in used if used[name] & reached} - reached:
        reached |= more
    return {name for kind, name in reached if kind == "condition"}


@lru_cache  # called for each parameter
def _named_in(stack: BuiltStack, section: str) -> dict[str, frozenset[tuple[str, str]]]:
    """Return the keys of a section's entries -> kinds and names of its references."""
    return {
        key: frozenset((kind, name) for _, kind, name in stack.uses_in(section, key))
        for key in stack.template.get(section, {})
    }


def sentences(stack: BuiltStack, parameter: str, change: ParameterEffect) -> Iterator[str]:
    """Return, in Markdown, the effects of a changed parameter on a stack, and the rules that refuse it."""
    denied = denied_actions(stack)

    def refused(action: str, names: Iterable[str]) -> list[str]:
        return [name for name in names if action in denied.get(name, ())]

    for rule, descriptions in _rules(stack, parameter):
        yield f"The rule {code(rule)} rejects some values: {' '.join(map(prose, descriptions))}"
    if change.replaced:
        through = f" and, through {_them(change.replaced)}, " if change.following else ""
        following = names_or_count(change.following)
        yield f"**Replaces** {names_or_count(change.replaced)}{through}{following}."
    if change.maybe_replaced:
        yield f"**Replaces in some cases** {names_or_count(change.maybe_replaced)}."
        for name, case in change.kept_if:
            yield f"A change to {code(name)} causes a replacement, unless {case.does} {_source(case)}."
    replaced = {*change.replaced, *change.following, *change.maybe_replaced}
    if kept := refused(REPLACE, (name for name in stack.resources if name in replaced)):
        yield f"**The stack policy denies** the replacement of {names_or_count(kept)}."
    if change.keeping_name:
        taken = names_or_count(change.keeping_name)
        yield (
            f"The name of {taken} does not change, so the new one cannot be created while the old one exists."
        )
    if left := [name for name in change.replaced if name not in kept and _stays(stack, name)]:
        yield f"The old {names_or_count(left)} remains in the account."
    if change.switched:
        yield f"Creates or removes {names_or_count(change.switched)}."
        if kept := refused(DELETE, change.switched):
            yield f"**The stack policy denies** the removal of {names_or_count(kept)}."
        for name in change.switched:
            if name not in kept and (note := note_on_removal(stack.resources[name]["Type"])):
                yield f"Removing {code(name)} {note.does} {_source(note)}."
    yield from _interruptions(stack, change)
    interrupted = {name for name, note in change.notes if note.interrupts}
    if quiet := [name for name in change.updated if name not in interrupted]:
        yield f"Updates {names_or_count(quiet)}."
    if kept := refused(MODIFY, change.updated):
        yield f"**The stack policy denies** changes to {names_or_count(kept)}."
    if change.unknown:
        yield f"It is not known whether this interrupts {names_or_count(change.unknown)}."
    if not any((*change.replaced, *change.maybe_replaced, *change.switched, *change.updated)):
        yield "Does not change any resource."


def names_or_count(names: Sequence[str], what: str = "resources") -> str:
    """Return some names, or their number."""
    return f"{len(names)} {what}" if len(names) > MANY else codes(names)


def _interruptions(stack: BuiltStack, change: ParameterEffect) -> Iterator[str]:
    """Return the side effects of updates in place, and their order."""
    by_note: dict[Note, list[str]] = {}
    for name, note in change.notes:
        by_note.setdefault(note, []).append(name)
    for note, names in sorted(by_note.items(), key=lambda item: not item[0].interrupts):
        if note.interrupts:
            one = "it" if len(names) == 1 else "each"
            yield f"**Interrupts** {names_or_count(names)}: {one} {note.does} {_source(note)}."
        else:
            each = ": each" if len(names) > 1 else ""
            yield f"{names_or_count(names)}{each} {note.does} {_source(note)}."
        order = update_order(stack, names)
        if note.interrupts and len(order) > 1:
            yield f"In this order: {', then '.join(map(codes, order))}."


def _rules(stack: BuiltStack, parameter: str) -> Iterator[tuple[str, list[str]]]:
    """Return the rules of the template that use a parameter, with their assertions."""
    for name, rule in stack.template.get("Rules", {}).items():
        if any((use.kind, use.name) == ("name", parameter) for use in stack.uses_in("Rules", name)):
            yield name, [str(one.get("AssertDescription", "")) for one in rule["Assertions"]]


def _source(note: Note) -> str:
    return f"([source]({note.source}))"


def _stays(stack: BuiltStack, name: str) -> bool:
    """Return whether the replaced resource is retained."""
    return str(stack.resources[name].get("UpdateReplacePolicy", "")).startswith("Retain")


def _them(names: Sequence[str]) -> str:
    return "it" if len(names) == 1 else "them"
