"""Access that a deploy opens: new or wider access, or access that cannot be shown to be narrower."""

from collections.abc import Iterator

from cfn_analysis.reviewing import sentences
from cfn_analysis.reviewing.access.cache_keys import smaller_cache_keys
from cfn_analysis.reviewing.access.networks import wider_networks
from cfn_analysis.reviewing.access.policies import attached, wider_policies
from cfn_analysis.reviewing.access.redirects import served_without_tls
from cfn_analysis.reviewing.access.settings import opening_settings
from cfn_analysis.reviewing.access.shown_parameters import newly_shown
from cfn_analysis.reviewing.access.web_acls import passing
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.connections import opened_routes
from cfn_analysis.reviewing.findings import Problem, Risk, risk
from cfn_analysis.reviewing.kinds import OPENS
from cfn_analysis.reviewing.message_filters import more_messages
from cfn_analysis.reviewing.removals import unrestricted
from cfn_analysis.reviewing.renames import renames
from cfn_analysis.updates.resource_changes import ResourceChange


def openings(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield the resources that a deploy opens.

    A new environment has no earlier state to compare with.
    """
    before, after = environment.before, environment.after
    if not before:
        return
    renamed = set(renames(environment).values())  # the access is unchanged
    for compare in (wider_policies, attached, wider_networks):
        yield from (opening for opening in compare(before, after) if opening.subject not in renamed)
    yield from newly_shown(before, after)
    for node, outcome in environment.resources.items():
        for problem in dict.fromkeys(_problems(outcome.change)):
            yield risk(OPENS, node, sentences.WEAKENED, paths=problem.paths, problem=problem.text)
    for change, effect in unrestricted(environment):
        yield risk(OPENS, change.node, sentences.GUARD_REMOVED, effect=effect)


def _problems(change: ResourceChange) -> Iterator[Problem]:
    """Yield what a changed resource newly accepts or shows; each line below is about one kind of it."""
    yield from opening_settings(change)
    yield from passing(change)
    yield from served_without_tls(change)
    yield from smaller_cache_keys(change)
    yield from more_messages(change)
    yield from opened_routes(change)
