"""Access that a deploy opens: new or wider access, or access that cannot be shown to be narrower."""

from __future__ import annotations

from collections.abc import Iterator

from csr_templates.cloudformation.wiring import Node
from csr_templates.reviewing.access.networks import wider_networks
from csr_templates.reviewing.access.policies import attached, wider_policies
from csr_templates.reviewing.access.settings import opening_settings
from csr_templates.reviewing.access.web_acls import passing
from csr_templates.reviewing.changes import EnvironmentChanges
from csr_templates.reviewing.removals import ASSOCIATION, unguarded
from csr_templates.reviewing.renames import renames


def openings(environment: EnvironmentChanges) -> Iterator[tuple[Node, str]]:
    """Yield each resource that a deploy opens, and a sentence about it.

    A new environment has no earlier state to compare with.
    """
    before, after = environment.before, environment.after
    if not before:
        return
    renamed = {pair.new for pair in renames(environment)}  # the access is unchanged
    for compare in (wider_policies, attached, wider_networks):
        yield from ((node, message) for node, message in compare(before, after) if node not in renamed)
    for node, one in environment.resources.items():
        parts = list(dict.fromkeys([*opening_settings(one.change), *passing(one.change)]))
        if parts:
            yield node, f"{node.name}: {'; '.join(parts)}."
    for change, missing in unguarded(environment):
        if change.type == ASSOCIATION:
            yield change.node, f"{change.node.name} is removed: {missing}."
