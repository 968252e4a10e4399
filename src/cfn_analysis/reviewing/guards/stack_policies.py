"""Stack policies that are written differently and deny the same updates as before."""

from collections.abc import Iterator

from cfn_analysis.model.stack_policies import DELETE, MODIFY, REPLACE, denies
from cfn_analysis.model.three_valued import NO
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import Harmless
from cfn_analysis.updates.resolved_stack import ResolvedStack


def same_stack_policies(environment: EnvironmentChanges) -> Iterator[Harmless]:
    """Yield the changed stack policy of each stack in which it denies the same for every resource that stays.

    A new resource was not protected before.
    """
    for name, after in environment.after.items():
        before = environment.before.get(name)
        if before is not None and _denies_the_same(before, after):
            reason = "it denies the same updates of every resource that was in the stack"
            yield Harmless(Node(name, ""), "StackPolicy", reason)


def _denies_the_same(before: ResolvedStack, after: ResolvedStack) -> bool:
    old, new = before.built.policies.stack, after.built.policies.stack
    for name, resource in after.existing():
        was = before.resources.get(name)
        if was is None or was.exists is NO:
            continue
        if old == new and was.type == resource.type:
            continue
        for action in (MODIFY, REPLACE, DELETE):
            if denies(old, action, name, was.type) != denies(new, action, name, resource.type):
                return False
    return True
