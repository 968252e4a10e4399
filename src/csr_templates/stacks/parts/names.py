"""Names and tags: everything of one environment starts with ``<project>-<environment>-``."""

from __future__ import annotations

from typing import Final, TypeAlias

from troposphere import AWSHelperFn, Ref, Sub, Tags

from csr_templates.cloudformation import references

Value: TypeAlias = AWSHelperFn | str
"""What a property accepts: a literal, or a function such as Ref, GetAtt, Sub or ImportValue."""


PREFIX: Final = references.PREFIX.removesuffix("-")
"""What every name of an environment starts with, as text for Sub."""


def name(what: str) -> Sub:
    """Return ``<project>-<environment>-<what>``; ``what`` may hold ``${AWS::AccountId}`` and the like."""
    return Sub(f"{PREFIX}-{what}")


def tags(what: str = "") -> Tags:
    """Return the tags of a resource: Project and Environment.

    A resource without a name among its properties also gets ``Name=<project>-<environment>-<what>``, which is
    what consoles show. The deploy rights tell keys and security groups of different stacks apart by it, so
    groups get it, too. Tags are new each time, since ``Tags`` objects are mutable and adding two of them
    changes the right one.
    """
    tags = Tags(Project=Ref("ProjectName"), Environment=Ref("Environment"))
    return tags + Tags(Name=name(what)) if what else tags
