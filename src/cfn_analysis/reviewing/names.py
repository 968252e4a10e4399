"""Names in texts: finds texts with the old name of a resource that is deleted or renamed."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from cfn_analysis.model.resource_names import name_properties
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import sentences
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import Risk, risk
from cfn_analysis.reviewing.kinds import INTERRUPTION
from cfn_analysis.reviewing.outcomes import ORPHANED
from cfn_analysis.reviewing.states import existing_resources
from cfn_analysis.updates.resolved_stack import ResolvedStack, Resource
from cfn_analysis.updates.resource_changes import REMOVE, REPLACE

# A shorter name may be an ordinary word.
_SHORTEST: Final = 6
_PART_OF_NAME: Final = "A-Za-z0-9_"


def stale_names(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield the deleted or renamed resources whose old name is still used in a text of the set."""
    resources = existing_resources(environment.after)
    texts = {node: json.dumps(resource.properties) for node, resource in resources}
    for node, outcome in environment.resources.items():
        change = outcome.change
        before, after = change.before, change.after
        kept = change.action == REMOVE and outcome.data == ORPHANED
        if change.action not in (REMOVE, REPLACE) or kept or before is None:
            continue
        old = _explicit_name(environment.before[node.stack], before)
        new = _explicit_name(environment.after[node.stack], after) if after else None
        if old is None or new == old:
            continue
        pattern = re.compile(rf"(?<![{_PART_OF_NAME}-]){re.escape(old)}(?![{_PART_OF_NAME}]|-)")
        readers = tuple(
            reader.seen_from(node.stack)
            for reader, text in texts.items()
            if reader != node and pattern.search(text)
        )
        if readers and not _is_taken_over(environment, node, before.type, old):
            is_deleted = change.action == REMOVE
            yield risk(
                INTERRUPTION,
                node,
                sentences.NAME_STALE,
                paths=() if is_deleted else [cause.path for cause in change.decisive],
                is_deleted=is_deleted,
                old=old,
                readers=readers,
            )


def _is_taken_over(environment: EnvironmentChanges, node: Node, type_name: str, name: str) -> bool:
    """Return whether another resource of the type now has the name."""
    return any(
        resource.type == type_name and _explicit_name(environment.after[holder.stack], resource) == name
        for holder, resource in existing_resources(environment.after)
        if holder != node
    )


def _explicit_name(resolved: ResolvedStack, resource: Resource) -> str | None:
    """Return the explicit name of a resource; None if it does not have a known one."""
    for key in name_properties(resource.type, resolved.built.region, resource.properties):
        value: Any = resolved.with_names(resource.properties[key])
        text = value.get("Fn::Sub") if isinstance(value, dict) else value
        if isinstance(text, str) and len(text) >= _SHORTEST:
            return text
    return None
