"""Which alarm topics are critical: the one rule for pages and checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cfn_analysis.model.references import in_words

if TYPE_CHECKING:
    from collections.abc import Mapping

_CRITICAL: Final = "CRITICAL "
"""The start of the display name of a topic for critical alarms, and so of its messages."""


def is_critical(properties: Mapping[str, Any]) -> bool:
    """Return whether a topic with these properties is for critical alarms."""
    return in_words(properties.get("DisplayName", "")).startswith(_CRITICAL)
