"""Changes of a deploy of a set of stacks, resource by resource, and those that follow from a new ID."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from cfn_analysis.model.references import Place, walk
from cfn_analysis.model.three_valued import NO, UNKNOWN, Truth
from cfn_analysis.model.wiring import Node
from cfn_analysis.updates.cases import ChangedProperties
from cfn_analysis.updates.causes import CauseChains
from cfn_analysis.updates.comparison import differences, path_of_place
from cfn_analysis.updates.condition_cases import existence_cases
from cfn_analysis.updates.effects import Effect, effect_of_values
from cfn_analysis.updates.resolved_stack import Mention, ResolvedStack, Resource, mentions, resource_at

ADD: Final = "add"
UPDATE: Final = "update"
REPLACE: Final = "replace"
MAYBE_REPLACE: Final = "maybe-replace"
REMOVE: Final = "remove"
POLICY: Final = "policy"
MAYBE_ADD: Final = "maybe-add"
MAYBE_REMOVE: Final = "maybe-remove"

_ACTIONS: Final = {Effect.UPDATED: UPDATE, Effect.MAYBE_REPLACED: MAYBE_REPLACE, Effect.REPLACED: REPLACE}
_IF_NOT_KNOWN: Final = {ADD: MAYBE_ADD, REMOVE: MAYBE_REMOVE}
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
        place: keys and indexes of the changed value from the properties. Empty if the resource is added or
            removed, and for what is not a property: the type, metadata and retention policies.
        path: the place in words, with the items of lists by their identifiers; of what is not a property,
            ``Type``, ``Metadata.KEY``, ``DeletionPolicy`` or ``UpdateReplacePolicy``. If the resource is
            added or removed, ``Condition`` if its condition is not known, and otherwise empty.
        chain: the changes that led to it, starting with the edit.
        follows: the resource whose change causes it.
    """

    place: Place
    path: str
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
        return any(not cause.place and cause.path == "Condition" for cause in self.causes)

    @property
    def action_in_reports(self) -> str:
        """The action in text and Markdown: ``maybe-remove``, for example, if the condition is not known."""
        if not self.may_not_happen:
            return self.action
        return _IF_NOT_KNOWN.get(self.action, self.action)

    @property
    def if_kept(self) -> "ResourceChange":
        """The change of a resource that may be removed, if it is not; otherwise this change."""
        if self.action != REMOVE or self.after is None:
            return self
        return self._replace(action=_action_of(self.effect))

    @property
    def effect(self) -> Effect:
        """The strongest effect of the causes."""
        return _strongest(self.causes)

    @property
    def decisive(self) -> list[Cause]:
        """The causes with the strongest effect, which determine the action."""
        return [cause for cause in self.causes if cause.effect == self.effect]

    @property
    def properties(self) -> list[str]:
        """The changed properties, without duplicates."""
        return list(dict.fromkeys(str(cause.place[0]) for cause in self.causes if cause.place))

    def effect_on(self, attribute: str) -> Effect:
        """Return how certainly an attribute of the resource changes, as of Fn::GetAtt; empty for Ref.

        A changed attribute counts as ``REPLACED``, also if the resource itself is only updated.
        """
        if self.action in (REPLACE, MAYBE_REPLACE):
            if self._keeps(attribute):
                return Effect.NONE
            return self.effect
        if self.action != UPDATE or not attribute:
            return Effect.NONE
        if self.type == "AWS::CloudFormation::Stack":
            if attribute.startswith("Outputs."):  # its outputs after the change are not known
                return Effect.MAYBE_REPLACED
            return Effect.NONE
        changing_property = _MOVING.get((self.type, attribute), attribute)
        if changing_property == "*" or changing_property in self.properties:
            return Effect.REPLACED
        return Effect.NONE

    def _keeps(self, attribute: str) -> bool:
        """Return whether an attribute is a property that the template sets and that does not change."""
        if self.before is None or self.after is None:
            return False
        return attribute in self.after.properties and attribute not in self.properties

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
    nodes = _nodes(before, after)
    direct: dict[Node, ResourceChange] = {}
    for node in nodes:
        change = _direct_change(chains, node)
        if change is not None:
            direct[node] = change
    changes = _Following(chains, direct).changes()
    return {node: changes[node] for node in nodes if node in changes}


def _nodes(before: Mapping[str, ResolvedStack], after: Mapping[str, ResolvedStack]) -> list[Node]:
    """Return the resources of both states, stack by stack, those of the new template first."""
    nodes: dict[Node, None] = {}
    for stack in dict.fromkeys([*after, *before]):
        for side in (after, before):
            if stack in side:
                nodes.update(dict.fromkeys(Node(stack, name) for name in side[stack].resources))
    return list(nodes)


# Changes of a resource itself.


def _direct_change(chains: CauseChains, node: Node) -> ResourceChange | None:
    """Return the change of a resource itself; None if it does not change, or exists on neither side."""
    before, after = resource_at(node, chains.before), resource_at(node, chains.after)
    if before is None and after is None:
        return None
    if before is None or after is None:
        return _added_or_removed(chains, node, before, after)
    may_end, may_begin = existence_cases(chains.before[node.stack], chains.after[node.stack], before, after)
    causes = list(_direct_causes(chains, node, before, after))
    if may_end:  # it is not certain that it stays and is replaced
        causes = [cause._replace(effect=min(cause.effect, Effect.MAYBE_REPLACED)) for cause in causes]
    if may_begin:
        causes.append(_existence(chains, node, Effect.UPDATED))
    elif may_end:
        causes.append(_existence(chains, node, Effect.NONE))
    if not causes:
        return None
    action = REMOVE if may_end else _action_of(_strongest(causes))
    return ResourceChange(node, after.type, action, before, after, tuple(causes))


def _strongest(causes: Iterable[Cause]) -> Effect:
    """Return the strongest effect of some causes."""
    return max((cause.effect for cause in causes), default=Effect.NONE)


def _action_of(effect: Effect) -> str:
    """Return the action on a resource that stays; without an effect, only a policy changes."""
    return _ACTIONS.get(effect, POLICY)


def _added_or_removed(
    chains: CauseChains, node: Node, before: Resource | None, after: Resource | None
) -> ResourceChange | None:
    cause = _existence(chains, node, Effect.NONE)
    if after is not None:
        return ResourceChange(node, after.type, ADD, before, after, (cause,))
    if before is not None:
        return ResourceChange(node, before.type, REMOVE, before, after, (cause,))
    return None


def _existence(chains: CauseChains, node: Node, effect: Effect) -> Cause:
    """Return the cause of an added or removed resource; if this is not known, it is the condition."""
    chain = chains.of_existence(node)
    existed, will_exist = _exists(node, chains.before), _exists(node, chains.after)
    if UNKNOWN in (existed, will_exist):
        return Cause((), "Condition", str(existed), str(will_exist), chain, effect)
    return Cause((), "", None, None, chain, effect)


def _exists(node: Node, stacks: Mapping[str, ResolvedStack]) -> Truth:
    resource = resource_at(node, stacks)
    if resource is None:
        return NO
    return resource.exists


def _direct_causes(chains: CauseChains, node: Node, before: Resource, after: Resource) -> Iterator[Cause]:
    old, new = chains.before[node.stack], chains.after[node.stack]
    old_type, new_type = (resource.attributes["Type"] for resource in (before, after))
    if old_type != new_type:
        yield Cause((), "Type", old_type, new_type, [chains.file(node.stack)], Effect.REPLACED)
        return
    region, names = new.built.region, (old.with_names, new.with_names)
    changed = ChangedProperties(before.properties, after.properties, after.attributes)
    for place, path, was, will, certain in differences(
        after.type, region, before.properties, after.properties, names
    ):
        effect = effect_of_values(after.type, region, place, changed, certain=certain)
        yield Cause(place, path, was, will, chains.of_value(node, place), effect)
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
        """Return the direct changes and those that follow from them."""
        pending = deque(self.by_node)
        while pending:
            source = pending.popleft()
            for user, mention in self.users.get(source, []):
                if user != source and self._strengthens(mention, user):
                    pending.append(user)
        return self.by_node

    def _strengthens(self, mention: Mention, user: Node) -> bool:
        """Add the cause of a reference to the change of its user; return whether this has more effect now."""
        change = self.by_node.get(user)
        if change is None:
            before, after = resource_at(user, self.chains.before), resource_at(user, self.chains.after)
            change = ResourceChange(user, after.type if after else "", UPDATE, before, after, ())
        cause = self._cause(mention, change)
        if cause is None:
            return False
        stronger = _with_cause(change, cause)
        self.by_node[user] = stronger
        return stronger.effect > change.effect

    def _cause(self, mention: Mention, change: ResourceChange) -> Cause | None:
        """Return what the change of the mentioned resource causes; None if it adds nothing to the change."""
        place, source = mention.place, mention.target
        before, after = change.before, change.after
        if before is None or after is None:  # the whole resource is new or removed
            return None
        changed_source = self.by_node[source].if_kept
        source_effect = changed_source.effect_on(mention.attribute)
        if source_effect < Effect.MAYBE_REPLACED:  # the value of the reference stays the same
            return None
        changed = ChangedProperties(before.properties, after.properties, after.attributes)
        region = self.chains.after[change.node.stack].built.region
        effect = min(effect_of_values(after.type, region, place, changed), source_effect)
        if any(_includes(cause, place, source, effect) for cause in change.causes):
            return None
        chain = changed_source.chain_for(change.node.stack)
        chain += self.chains.through(change.node, place, source)
        value, _ = walk(after.properties, place)
        path = path_of_place(before.properties, after.properties, place)
        return Cause(place, path, value, value, chain, effect, source)


def _includes(cause: Cause, place: Place, source: Node, effect: Effect) -> bool:
    """Return whether a cause is the edit of a value, or has at least the same effect of the same source."""
    if cause.place != place:
        return False
    if cause.follows is None:
        return True
    return cause.follows == source and cause.effect >= effect


def _with_cause(change: ResourceChange, new: Cause) -> ResourceChange:
    """Return a change with one more cause, which replaces a weaker effect of the same resource."""
    kept = [cause for cause in change.causes if (cause.place, cause.follows) != (new.place, new.follows)]
    stronger = change._replace(causes=(*kept, new))
    if change.action == REMOVE:
        return stronger
    return stronger._replace(action=_ACTIONS[stronger.effect])
