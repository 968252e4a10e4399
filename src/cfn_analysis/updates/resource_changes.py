"""Changes of a deploy of a set of stacks, resource by resource, with the changes that follow in others.

The effect of a changed property is from ``effects``. A replaced resource has a new ID, so that resources
that refer to it change too, in the same stack and in stacks that read its outputs.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cfn_analysis.model.intrinsics import as_strings
from cfn_analysis.model.references import Place, in_words, place_in_words, walk
from cfn_analysis.model.three_valued import NO, UNKNOWN, YES
from cfn_analysis.model.wiring import Node
from cfn_analysis.updates.causes import CauseChains
from cfn_analysis.updates.comparison import Difference, differences
from cfn_analysis.updates.effects import Effect, effect_of_values
from cfn_analysis.updates.resolved_stack import Mention, ResolvedStack, Resource, mentions
from cfn_analysis.updates.update_exceptions import ChangedProperties

ADD: Final = "add"
UPDATE: Final = "update"
REPLACE: Final = "replace"
MAYBE_REPLACE: Final = "maybe-replace"
REMOVE: Final = "remove"
POLICY: Final = "policy"

_WORDS: Final = {Effect.UPDATED: UPDATE, Effect.MAYBE_REPLACED: MAYBE_REPLACE, Effect.REPLACED: REPLACE}
_POLICIES: Final = ("DeletionPolicy", "UpdateReplacePolicy")

# Attributes whose value changes by an update in place of a property; "*" for any property.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-launchtemplate.html
_MOVING: Final = {
    ("AWS::EC2::LaunchTemplate", "LatestVersionNumber"): "*",
    ("AWS::RDS::DBCluster", "Endpoint.Port"): "Port",
    ("AWS::RDS::DBInstance", "Endpoint.Port"): "Port",
}


@dataclass
class Cause:
    """A reason why a resource changes.

    Attributes:
        place: the path of the changed value from the properties; empty if the resource is added or removed.
        name: the place in words.
        before: the old value; None if there is none.
        after: the new value or state; None if there is none.
        chain: the changes that led to it, starting with the edit.
        effect: its effect on the resource.
        follows: the resource whose replacement causes it.
    """

    place: Place
    name: str
    before: Any
    after: Any
    chain: list[str]
    effect: Effect
    follows: Node | None = None


@dataclass
class ResourceChange:
    """The change of one resource.

    Attributes:
        node: the resource.
        type: its type; the new type if it changes.
        action: in the words of the report.
        before: the old resource; None if it did not exist.
        after: the new value or state; None if there is none.
        causes: the causes, direct ones first.
    """

    node: Node
    type: str
    action: str
    before: Resource | None
    after: Resource | None
    causes: list[Cause] = field(default_factory=list)

    @property
    def may_not_happen(self) -> bool:
        """Whether it is not known if the resource is added or removed."""
        return any(cause.name == "Condition" for cause in self.causes)

    @property
    def effect(self) -> Effect:
        """The strongest effect of the causes."""
        return max((cause.effect for cause in self.causes), default=Effect.NONE)

    @property
    def properties(self) -> list[str]:
        """The changed properties, without duplicates."""
        return list(dict.fromkeys(str(cause.place[0]) for cause in self.causes if cause.place))


def resource_changes(
    before: Mapping[str, ResolvedStack],
    after: Mapping[str, ResolvedStack],
    origin: Callable[[str, str], str],
) -> dict[Node, ResourceChange]:
    """Return resource -> its change, in the order of the stacks and of the new templates.

    Args:
        before: name -> deployed stack.
        after: name -> stack after the deploy.
        origin: returns the file that sets a parameter of a stack.
    """
    return _SetChanges(before, after, origin).changes()


class _SetChanges:
    def __init__(
        self,
        before: Mapping[str, ResolvedStack],
        after: Mapping[str, ResolvedStack],
        origin: Callable[[str, str], str],
    ) -> None:
        self.before = before
        self.after = after
        self.chains = CauseChains(before, after, origin)
        self.found: dict[Node, ResourceChange] = {}

    def changes(self) -> dict[Node, ResourceChange]:
        stacks = dict.fromkeys([*self.after, *self.before])
        for stack in stacks:
            for change in self._of_stack(stack):
                self.found[change.node] = change
        self._follow()
        order = [
            Node(stack, name)
            for stack in stacks
            for name in dict.fromkeys([*_resources(self.after, stack), *_resources(self.before, stack)])
        ]
        return {node: self.found[node] for node in order if node in self.found}

    def _of_stack(self, stack: str) -> Iterator[ResourceChange]:
        old, new = _resources(self.before, stack), _resources(self.after, stack)
        for name in dict.fromkeys([*new, *old]):
            one, other = old.get(name), new.get(name)
            node = Node(stack, name)
            was = one if one is not None and one.exists is not NO else None
            will = other if other is not None and other.exists is not NO else None
            if was is None and will is None:
                continue
            may_go = was is not None and will is not None and (was.exists, will.exists) == (YES, UNKNOWN)
            if was is None or will is None or may_go:
                change = ADD if was is None else REMOVE
                cause = Cause((), "", None, None, self.chains.of_existence(node), Effect.NONE)
                if UNKNOWN in (was.exists if was else YES, will.exists if will else YES):
                    old_truth, new_truth = (str(side.exists if side else NO) for side in (one, other))
                    why = self.chains.of_existence(node)
                    cause = Cause((), "Condition", old_truth, new_truth, why, Effect.NONE)
                yield ResourceChange(node, (will or was or _NONE).type, change, was, will, [cause])
                continue
            old_type, new_type = (side.attributes["Type"] for side in (was, will))
            if old_type != new_type:
                cause = Cause((), "Type", old_type, new_type, [self.chains.file(stack)], Effect.REPLACED)
                yield ResourceChange(node, will.type, REPLACE, was, will, [cause])
                continue
            yield from self._of_resource(node, was, will)

    def _of_resource(self, node: Node, was: Resource, will: Resource) -> Iterator[ResourceChange]:
        old, new = self.before[node.stack], self.after[node.stack]
        found = differences(
            will.type, new.built.region, was.properties, will.properties, (old.with_names, new.with_names)
        )
        changed = ChangedProperties(was.properties, will.properties, will.attributes)
        causes = [self._cause(node, will.type, one, changed) for one in found]
        policies = [
            Cause((), key, one, other, [self.chains.file(node.stack)], Effect.NONE)
            for key in _POLICIES
            if (one := retention_policy(was, key)) != (other := retention_policy(will, key))
        ]
        if (was.exists, was.condition_inputs) != (will.exists, will.condition_inputs):
            causes.append(
                Cause(
                    (),
                    "Condition",
                    str(was.exists),
                    str(will.exists),
                    self.chains.of_existence(node),
                    Effect.UPDATED,
                )
            )
        if causes or policies:
            change = ResourceChange(node, will.type, POLICY, was, will, [*causes, *policies])
            change.action = _WORDS.get(change.effect, POLICY)
            yield change

    def _cause(self, node: Node, type_name: str, one: Difference, changed: ChangedProperties) -> Cause:
        region = self.after[node.stack].built.region
        effect = effect_of_values(type_name, region, one.place, changed, certain=one.certain)
        chain = self.chains.of_value(node, one.place)
        return Cause(one.place, one.name, one.before, one.after, chain, effect)

    # Changes that follow.

    def _follow(self) -> None:
        users: dict[Node, list[tuple[Node, Mention]]] = {}
        for stack, resolved in self.after.items():
            for name, resource in resolved.existing():
                for mention in mentions(resource.properties, stack):
                    users.setdefault(mention.target, []).append((Node(stack, name), mention))
        pending = list(self.found)
        while pending:
            source = pending.pop(0)
            for user, mention in users.get(source, []):
                if user != source and self._add(source, user, mention):
                    pending.append(user)

    def _add(self, source: Node, user: Node, mention: Mention) -> bool:
        """Add the effect of a change of one resource on another; return whether it is new."""
        change = self.found[source]
        strength = effect_on_attribute(change, mention.attribute)
        own = self.after[user.stack].resources[user.name]
        if strength < Effect.MAYBE_REPLACED or self._was(user) is None:
            return False
        was = self._was(user)
        changed = ChangedProperties(was.properties if was else {}, own.properties, own.attributes)
        region = self.after[user.stack].built.region
        effect = min(effect_of_values(own.type, region, mention.place, changed), strength)
        its = self.found.get(user)
        if its is None:
            its = ResourceChange(user, own.type, UPDATE, self._was(user), own)
        elif its.action in (ADD, REMOVE):
            return False
        earlier = its.effect if user in self.found else Effect.NONE
        for cause in its.causes:
            if cause.place == mention.place and (cause.follows in (None, source)):
                if cause.effect >= effect or cause.follows is None:
                    return False
                its.causes.remove(cause)
                break
        its.causes.append(self._following(source, user, mention, effect, strength))
        self.found[user] = its
        if its.effect > earlier:
            its.action = _WORDS[its.effect]
            return True
        return False

    def _following(
        self, source: Node, user: Node, mention: Mention, effect: Effect, strength: Effect
    ) -> Cause:
        change = self.found[source]
        main = max(change.causes, key=lambda cause: (cause.effect, len(cause.chain)))
        if change.action in (REPLACE, MAYBE_REPLACE):
            what = "replaced" if strength == Effect.REPLACED else "may be replaced"
        else:
            what = "updated"
        chain = [
            *main.chain,
            f"{source.name} {what}",
            *self.chains.through(user, mention.place, source.stack),
        ]
        value, _ = walk(self.after[user.stack].resources[user.name].properties, mention.place)
        return Cause(mention.place, place_in_words(mention.place), value, value, chain, effect, source)

    def _was(self, node: Node) -> Resource | None:
        found = _resources(self.before, node.stack).get(node.name)
        return found if found is not None and found.exists is not NO else None


def effect_on_attribute(change: ResourceChange, attribute: str) -> Effect:
    """Return how certainly a change alters the value of an attribute of the resource.

    Args:
        change: the change of the resource.
        attribute: the attribute of Fn::GetAtt; empty for Ref.
    """
    if change.action in (REPLACE, MAYBE_REPLACE):
        given = change.after is not None and attribute in change.after.properties
        kept = given and attribute not in change.properties and change.before is not None
        return Effect.NONE if kept else change.effect
    if change.action != UPDATE or not attribute:
        return Effect.NONE
    if change.type == "AWS::CloudFormation::Stack":  # its outputs after the change are not known
        return Effect.MAYBE_REPLACED if attribute.startswith("Outputs.") else Effect.NONE
    by = _MOVING.get((change.type, attribute))
    moves = by == "*" or (by or attribute) in change.properties
    return Effect.REPLACED if moves else Effect.NONE


def retention_policy(resource: Resource, name: str) -> str:
    """Return the DeletionPolicy or the UpdateReplacePolicy of a resource, or its default.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    """
    given = resource.attributes.get(name)
    if given is not None:
        return str(as_strings(given)) if isinstance(given, str) else in_words(given)
    is_cluster = resource.type == "AWS::RDS::DBCluster"
    is_alone = resource.type == "AWS::RDS::DBInstance" and "DBClusterIdentifier" not in resource.properties
    return "Snapshot" if name == "DeletionPolicy" and (is_cluster or is_alone) else "Delete"


def _resources(stacks: Mapping[str, ResolvedStack], name: str) -> Mapping[str, Resource]:
    return stacks[name].resources if name in stacks else {}


_NONE: Final = Resource("", UNKNOWN, "", {}, {})
