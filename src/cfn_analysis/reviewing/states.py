"""The resolved stacks of one environment, before and after a deploy."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from cfn_analysis.model.intrinsics import ResolveError
from cfn_analysis.model.schemas import require_region
from cfn_analysis.model.wiring import Node
from cfn_analysis.model.wording import hint
from cfn_analysis.reviewing.sides import ReviewError, Side
from cfn_analysis.updates.partial_resolving import MissingConditionError
from cfn_analysis.updates.resolved_stack import ResolvedStack, Resource, resolve_set

Stacks = Mapping[str, ResolvedStack]


def existing_resources(stacks: Stacks) -> Iterator[tuple[Node, Resource]]:
    """Yield the resources that exist or may exist."""
    for stack, resolved in stacks.items():
        yield from ((Node(stack, name), resource) for name, resource in resolved.existing())


class States(NamedTuple):
    """The stacks of one environment on both sides, by name and in deploy order.

    Attributes:
        name: of the environment; "" for a folder without parameter files, and for single templates.
        deployed: all stacks before the deploy, which may import from and read each other.
        before: those that the deploy can change.
        renamed: stack whose deployed name changes -> both names; it is not in ``before``.
    """

    name: str
    deployed: Stacks
    before: Stacks
    after: Stacks
    renamed: Mapping[str, tuple[str, str]]
    side: Side

    @property
    def gone(self) -> tuple[str, ...]:
        """The stacks that the deploy no longer changes; it does not delete them."""
        return tuple(name for name in self.deployed if name not in self.before)

    def origin(self, stack: str, parameter: str) -> str:
        """Return the file that sets a parameter of a stack."""
        edited = self.side.files.get(self.name, {}).get(parameter)
        if edited:
            return edited
        resolved = self.after[stack] if stack in self.after else self.before[stack]
        value = resolved.given_values.get(parameter)
        if value is None or (self.side.root is not None and value == resolved.built.default(parameter)):
            return f"{resolved.built.file} (default)"
        return self.side.value_files.get(self.name, {}).get(stack, "parameters")


def environment_names(before: Side, after: Side, names: Sequence[str]) -> Sequence[str]:
    """Return the environments to review; by default those of ``after``, then those that it no longer has."""
    # "" is not the name of an environment that could be removed.
    removed = [name for name in before.environments if name and name not in after.environments]
    existing = [*after.environments, *removed]
    for name in names:
        if name not in existing:
            raise ReviewError(
                f"There is no environment {name} in {after.name}.{hint(name, existing)} It has "
                f"{', '.join(after.environments) or 'none'}."
            )
    return names or existing


def resolved_states(before: Side, after: Side, environment: str) -> States:
    """Return the stacks of both sides, resolved with the parameter values of an environment."""
    old = _resolved(before, environment)
    new = _resolved(after, environment, old)
    for region in dict.fromkeys(resolved.built.region for resolved in new.values()):
        require_region(region)
    renamed = _renamed(old, new) if environment else {}
    # A stack in another region or with another name is a different stack: the old one is not deleted.
    both = [name for name in old if name in new and name not in renamed]
    kept = {name: old[name] for name in both if old[name].built.region == new[name].built.region}
    return States(environment, old, kept, new, renamed, after)


def _resolved(side: Side, environment: str, before: Stacks | None = None) -> Stacks:
    values = side.environments.get(environment)
    if values is None:
        return {}
    try:
        return resolve_set([(stack, values.get(stack.name, {})) for stack in side.stacks], before)
    except (MissingConditionError, ResolveError) as error:
        raise ReviewError(f"{side.name}: {error}") from error


def _renamed(before: Stacks, after: Stacks) -> dict[str, tuple[str, str]]:
    """Return each stack whose deployed name changes, if both names are known, and the names."""
    renamed = {}
    for stack, resolved in after.items():
        if stack not in before:
            continue
        old, new = before[stack].deployed_name, resolved.deployed_name
        if isinstance(old, str) and isinstance(new, str) and old != new:
            renamed[stack] = (old, new)
    return renamed
