"""The services that commands call for some stacks: a policy allows no calls to others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cfn_analysis.model.built_stack import BuiltStack

# Stacks, regions, roles, artifact buckets, quotas and tags are read whatever the stacks contain.
_ALWAYS: Final = frozenset({"cloudformation", "ec2", "iam", "s3", "service-quotas", "sts", "tag"})
# A certificate is not a resource of the stacks, but read for its distribution.
_READ_FOR: Final = {"acm": "cloudfront"}


def used_services(stacks: Iterable[BuiltStack]) -> frozenset[str]:
    """Return the services, as boto3 names them, that are called for stacks with these resources."""
    used = set(_ALWAYS)
    for stack in stacks:
        for resource in stack.resources.values():
            _, _, rest = resource["Type"].partition("::")
            used.add(rest.partition("::")[0].lower())
    used.update(service for service, owner in _READ_FOR.items() if owner in used)
    return frozenset(used)
