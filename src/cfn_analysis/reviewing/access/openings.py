"""Access that a deploy opens: new or wider access, or access that cannot be shown to be narrower."""

from collections.abc import Iterator

from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing.access.networks import wider_networks
from cfn_analysis.reviewing.access.policies import attached, wider_policies
from cfn_analysis.reviewing.access.settings import opening_settings
from cfn_analysis.reviewing.access.web_acls import passing
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.removals import ASSOCIATION, unguarded
from cfn_analysis.reviewing.renames import renames


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
    for node, changed in environment.resources.items():
        parts = list(dict.fromkeys([*opening_settings(changed.change), *passing(changed.change)]))
        if parts:
            yield node, f"{node.name}: {'; '.join(parts)}."
    for change, missing in unguarded(environment):
        if change.type == ASSOCIATION:
            yield change.node, f"{change.node.name} is removed: {missing}."
