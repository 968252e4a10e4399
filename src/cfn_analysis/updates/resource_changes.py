"""Changes of a deploy of a set of stacks, resource by resource, and those that follow from a new ID."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from cfn_analysis.model.references import Place, place_in_words, walk
from cfn_analysis.model.three_valued import NO, UNKNOWN
from cfn_analysis.model.wiring import Node
from cfn_analysis.updates.cases import ChangedProperties
from cfn_analysis.updates.causes import CauseChains
from cfn_analysis.updates.comparison import differences
from cfn_analysis.updates.condition_cases import existence_cases
from cfn_analysis.updates.effects import Effect, effect_of_values
from cfn_analysis.updates.resolved_stack import Mention, ResolvedStack, Resource, mentions, resource_at

ADD: Final = "add"
UPDATE: Final = "update"
REPLACE: Final = "replace"
MAYBE_REPLACE: Final = "maybe-replace"
REMOVE: Final = "remove"
POLICY: Final = "policy"

_ACTIONS: Final = {Effect.UPDATED: UPDATE, Effect.MAYBE_REPLACED: MAYBE_REPLACE, Effect.REPLACED: REPLACE}
_HAPPENED: Final = {REPLACE: "replaced", MAYBE_REPLACE: "may be replaced", UPDATE: "updated"}
_POLICIES: Final = ("DeletionPolicy", "UpdateReplacePolicy")

# Attributes whose value changes by an update in place of a property; "*" for any property.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-launchtemplate.html
_MOVING: Final = {
    ("AWS::EC2::LaunchTemplate", "LatestVersionNumber"): "*",
    ("AWS::RDS::DBCluster", "Endpoint.Port"): "Port",
    ("AWS::RDS::DBInstance", "Endpoint.Port"): "Port",
}


class Cause(NamedTuple):
    """A reason why a resource changes, with the old and new value or state, or None where there is none.

    Attributes:
        place: the path of the changed value from the properties; empty if the resource is added or removed.
        chain: the changes that led to it, starting with the edit.
        follows: the resource whose change causes it.
    """

    place: Place
    name: str
    before: Any
    after: Any
    chain: list[str]
    effect: Effect
    follows: Node | None = None


class ResourceChange(NamedTuple):
    """The change of one resource, which did not exist if ``before``, or will not exist if ``after`` is None.

    Attributes:
        type: the type; the new one if it changes.
        action: in the words of the report.
        causes: the causes, direct ones first.
    """

    node: Node
    type: str
    action: str
    before: Resource | None
    after: Resource | None
    causes: tuple[Cause, ...]

    @property
    def written_type(self) -> str:
        """The type as written in the template, also of a custom resource."""
        resource = self.after or self.before
        return str(resource.attributes["Type"]) if resource else self.type

    @property
    def may_not_happen(self) -> bool:
        """Whether it is not known if the resource is added or removed."""
        return any(cause.name == "Condition" for cause in self.causes)

    @property
    def if_kept(self) -> "ResourceChange":
        """The change of a resource that may be removed, if it is not; otherwise this change."""
        may_be_kept = self.action == REMOVE and self.after is not None
        return self._replace(action=_ACTIONS.get(self.effect, POLICY)) if may_be_kept else self

    @property
    def effect(self) -> Effect:
        """The strongest effect of the causes."""
        return max((cause.effect for cause in self.causes), default=Effect.NONE)

    @property
    def decisive(self) -> list[Cause]:
        """The causes with the strongest effect, which determine the action."""
        return [cause for cause in self.causes if cause.effect == self.effect]

    @property
    def properties(self) -> list[str]:
        """The changed properties, without duplicates."""
        return list(dict.fromkeys(str(cause.place[0]) for cause in self.causes if cause.place))

    def effect_on(self, attribute: str) -> Effect:
        """Return how certainly an attribute of the resource changes, as of Fn::GetAtt; empty for Ref."""
        if self.action in (REPLACE, MAYBE_REPLACE):
            given = self.after is not None and attribute in self.after.properties
            kept = given and attribute not in self.properties and self.before is not None
            return Effect.NONE if kept else self.effect
        if self.action != UPDATE or not attribute:
            return Effect.NONE
        if self.type == "AWS::CloudFormation::Stack":  # its outputs after the change are not known
            return Effect.MAYBE_REPLACED if attribute.startswith("Outputs.") else Effect.NONE
        by = _MOVING.get((self.type, attribute))
        moves = by == "*" or (by or attribute) in self.properties
        return Effect.REPLACED if moves else Effect.NONE

    def chain_for(self, stack: str) -> list[str]:
        """Return the chain that continues in a resource or output of a stack: the cause, and this change."""
        main = max(self.causes, key=lambda cause: (cause.effect, len(cause.chain)))
        return [*main.chain, f"{self.node.seen_from(stack)} {_HAPPENED[self.action]}"]


def resource_changes(
    before: Mapping[str, ResolvedStack], after: Mapping[str, ResolvedStack], origin: Callable[[str, str], str]
) -> dict[Node, ResourceChange]:
    """Return resource -> its change, in the order of the stacks and of the new templates.

    ``origin`` returns the file that sets a parameter of a stack.
    """
    chains = CauseChains(before, after, origin)
    nodes = [
        node
        for stack in dict.fromkeys([*after, *before])
        for node in dict.fromkeys(
            Node(stack, name) for side in (after, before) if stack in side for name in side[stack].resources
        )
    ]
    direct = {node: change for node in nodes if (change := _direct_change(chains, node))}
    changes = _Following(chains, direct).changes()
    return {node: changes[node] for node in nodes if node in changes}


# Changes of a resource itself.


def _direct_change(chains: CauseChains, node: Node) -> ResourceChange | None:
    before, after = (resource_at(node, side) for side in (chains.before, chains.after))
    if before is None or after is None:
        resource, action = after or before, ADD if after else REMOVE
        causes = _existence(chains, node)
        return ResourceChange(node, resource.type, action, before, after, causes) if resource else None
    stacks = chains.before[node.stack], chains.after[node.stack]
    may_end, may_begin = existence_cases(*stacks, before, after)
    causes = tuple(_direct_causes(chains, node, before, after))
    if may_end:  # it is not certain that it stays and is replaced
        causes = tuple(cause._replace(effect=min(cause.effect, Effect.MAYBE_REPLACED)) for cause in causes)
    if may_end or may_begin:
        causes += _existence(chains, node, Effect.UPDATED if may_begin else Effect.NONE)
    change = ResourceChange(node, after.type, REMOVE, before, after, causes)
    return change if may_end else change.if_kept if causes else None


def _existence(chains: CauseChains, node: Node, effect: Effect = Effect.NONE) -> tuple[Cause, ...]:
    """Return the cause of an added or removed resource; if this is not known, it is the condition."""
    sides = [resource_at(node, side) for side in (chains.before, chains.after)]
    existed, will_exist = (resource.exists if resource else NO for resource in sides)
    is_known = UNKNOWN not in (existed, will_exist)
    name, was, will = ("", None, None) if is_known else ("Condition", str(existed), str(will_exist))
    return (Cause((), name, was, will, chains.of_existence(node), effect),)


def _direct_causes(chains: CauseChains, node: Node, before: Resource, after: Resource) -> Iterator[Cause]:
    old, new = chains.before[node.stack], chains.after[node.stack]
    old_type, new_type = (resource.attributes["Type"] for resource in (before, after))
    if old_type != new_type:
        yield Cause((), "Type", old_type, new_type, [chains.file(node.stack)], Effect.REPLACED)
        return
    region, names = new.built.region, (old.with_names, new.with_names)
    changed = ChangedProperties(before.properties, after.properties, after.attributes)
    for place, name, was, will, certain in differences(
        after.type, region, before.properties, after.properties, names
    ):
        effect = effect_of_values(after.type, region, place, changed, certain=certain)
        yield Cause(place, name, was, will, chains.of_value(node, place), effect)
    for key in dict.fromkeys([*after.metadata, *before.metadata]):
        was, will = before.metadata.get(key), after.metadata.get(key)
        if was != will:
            yield Cause((), f"Metadata.{key}", was, will, [chains.file(node.stack)], Effect.UPDATED)
    for key in _POLICIES:
        kept, will_be_kept = before.retention_policy(key), after.retention_policy(key)
        if kept != will_be_kept:
            yield Cause((), key, kept, will_be_kept, [chains.file(node.stack)], Effect.NONE)


class _Following:
    """Adds the changes that follow from others, until there are no more.

    A resource is visited again when its effect gets stronger, so that circular references end.
    """

    def __init__(self, chains: CauseChains, direct: Mapping[Node, ResourceChange]) -> None:
        self.chains = chains
        self.by_node = dict(direct)
        self.users: dict[Node, list[tuple[Node, Mention]]] = {}
        for stack, resolved in chains.after.items():
            for name, resource in resolved.existing():
                for mention in mentions(resource.properties, stack):
                    self.users.setdefault(mention.target, []).append((Node(stack, name), mention))

    def changes(self) -> dict[Node, ResourceChange]:
        pending = deque(self.by_node)
        while pending:
            source = pending.popleft()
            for user, mention in self.users.get(source, []):
                before, after = (resource_at(user, side) for side in (self.chains.before, self.chains.after))
                unchanged = ResourceChange(user, after.type if after else "", UPDATE, before, after, ())
                change = self.by_node.get(user, unchanged)
                if user != source and (cause := self._cause(mention, change)):
                    self.by_node[user] = stronger = _with_cause(change, cause)
                    if stronger.effect > change.effect:
                        pending.append(user)
        return self.by_node

    def _cause(self, mention: Mention, change: ResourceChange) -> Cause | None:
        """Return what the change of the mentioned resource causes; None if it adds nothing to the change."""
        place, source = mention.place, mention.target
        before, after = change.before, change.after
        if before is None or after is None:  # the whole resource is new or removed
            return None
        source_effect = self.by_node[source].if_kept.effect_on(mention.attribute)
        if source_effect < Effect.MAYBE_REPLACED:  # the value of the reference stays the same
            return None
        changed = ChangedProperties(before.properties, after.properties, after.attributes)
        region = self.chains.after[change.node.stack].built.region
        effect = min(effect_of_values(after.type, region, place, changed), source_effect)
        for cause in change.causes:
            # An edited value is a cause already; a cause of the same source is replaced by a stronger one.
            if cause.place == place and (
                cause.follows is None or (cause.follows == source and cause.effect >= effect)
            ):
                return None
        chain = self.by_node[source].if_kept.chain_for(change.node.stack)
        chain += self.chains.through(change.node, place, source)
        value, _ = walk(after.properties, place)
        return Cause(place, place_in_words(place), value, value, chain, effect, source)


def _with_cause(change: ResourceChange, new: Cause) -> ResourceChange:
    """Return a change with one more cause, which replaces a weaker effect of the same resource."""
    kept = [cause for cause in change.causes if (cause.place, cause.follows) != (new.place, new.follows)]
    stronger = change._replace(causes=(*kept, new))
    return stronger if change.action == REMOVE else stronger._replace(action=_ACTIONS[stronger.effect])
