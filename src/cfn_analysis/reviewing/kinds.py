"""The kinds of risks."""

from typing import Final

WILL_FAIL: Final = "will-fail"
UNKNOWN: Final = "unknown"
DATA_LOSS: Final = "data-loss"
EXPORT: Final = "export"
OPENS: Final = "opens"
NOT_JUDGED: Final = "not-judged"
SWITCHED_OFF: Final = "switched-off"
GUARD: Final = "guard"
REPLACED: Final = "replace"
RENAME: Final = "rename"
ORPHAN: Final = "orphan"
INTERRUPTION: Final = "interruption"
OUTPUT: Final = "output"

KINDS: Final = (
    WILL_FAIL,
    UNKNOWN,
    DATA_LOSS,
    EXPORT,
    OPENS,
    NOT_JUDGED,
    SWITCHED_OFF,
    GUARD,
    REPLACED,
    RENAME,
    ORPHAN,
    INTERRUPTION,
    OUTPUT,
)
"""The kinds of risks, most urgent first."""
