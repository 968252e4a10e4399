"""Names and tags: the names of an environment start with ``<project>-<environment>-``."""

from typing import Final, TypeAlias

from troposphere import AWSHelperFn, Ref, Sub, Tags

from csr_templates import naming

Value: TypeAlias = AWSHelperFn | str
"""Value of a property: a literal, or a function such as Ref, GetAtt, Sub or ImportValue."""


PREFIX: Final = naming.PREFIX.removesuffix("-")
"""Prefix of every name of an environment, as text for Sub."""


def name(what: str) -> Sub:
    """Return ``<project>-<environment>-<what>``; ``what`` can contain ``${AWS::AccountId}``."""
    return Sub(f"{PREFIX}-{what}")


def tags(what: str = "") -> Tags:
    """Return the tags of a resource: Project and Environment.

    A resource without a name property also gets ``Name=<project>-<environment>-<what>``, which consoles show.
    The deploy policies identify keys and security groups of a stack by it, so groups get it too. Each call
    returns a new object, because ``Tags`` objects are mutable and an addition changes the right operand.
    """
    tags = Tags(Project=Ref("ProjectName"), Environment=Ref("Environment"))
    if not what:
        return tags
    return tags + Tags(Name=name(what))
