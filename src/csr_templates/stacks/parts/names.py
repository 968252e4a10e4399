"""Names: everything of one environment starts with ``<project>-<environment>-``."""

from __future__ import annotations

from typing import TypeAlias

from troposphere import AWSHelperFn, Sub

Value: TypeAlias = AWSHelperFn | str
"""What a property accepts: a literal, or a function such as Ref, GetAtt, Sub or ImportValue."""


PREFIX = "${ProjectName}-${Environment}"
"""What every name of an environment starts with, as text for Sub."""


def named(what: str) -> Sub:
    """Return ``<project>-<environment>-<what>``; ``what`` may hold ``${AWS::AccountId}`` and the like."""
    return Sub(f"{PREFIX}-{what}")
