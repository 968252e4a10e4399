"""Which operations of AWS only read: by their names, and one table of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_PREFIXES: Final = ("BatchGet", "Describe", "Filter", "Get", "Head", "List")

READS: Final[Mapping[tuple[str, str], str]] = {
    ("cloudformation", "DetectStackDrift"): "compares the resources with the template; updates none of them",
    ("cloudtrail", "LookupEvents"): "searches the events of CloudTrail",
    ("logs", "StartQuery"): "searches logs; the query ends by itself",
}
"""Service and operation -> why it is a read in spite of its name. Everything else counts as a change."""


def is_read(service: str, operation: str) -> bool:
    """Return whether an operation changes nothing. The service has the name that boto3 gives it."""
    return operation.startswith(_PREFIXES) or (service, operation) in READS
