"""The kinds of risks, most urgent first."""

from typing import Final

KINDS: Final = (
    "will-fail", "unknown", "data-loss", "export", "opens", "not-judged", "switched-off", "guard", "replace",
    "rename", "orphan", "interruption", "output", "takes",
)  # fmt: skip
(
    WILL_FAIL, UNKNOWN, DATA_LOSS, EXPORT, OPENS, NOT_JUDGED, SWITCHED_OFF, GUARD, REPLACED,
    RENAME, ORPHAN, INTERRUPTION, OUTPUT, TAKES,
) = KINDS  # fmt: skip
