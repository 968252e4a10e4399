"""Acceptance of risks: by an option of one run, or by an entry of ``review.json`` with a reason."""

import json
from typing import Final, NamedTuple

from cfn_analysis.model.wording import hint
from cfn_analysis.reviewing.kinds import KINDS

FILE: Final = "review.json"
_KEYS: Final = ("kind", "stack", "logicalId", "reason")


class AcceptanceError(ValueError):
    """An entry or an option is wrong or accepts nothing; the message states what to do."""


class Acceptance(NamedTuple):
    """An acceptance of risks.

    Attributes:
        stack: their stack; None for any.
        name: logical ID of the resource, or key of the output; empty for the stack as a whole.
        origin: the option or the entry, for messages.
    """

    kind: str
    stack: str | None
    name: str
    reason: str
    origin: str

    @property
    def key(self) -> tuple[str, str | None, str]:
        """The accepted risks, without the reason."""
        return self[:3]


def of_option(text: str) -> Acceptance:
    """Return the acceptance of ``KIND``, ``KIND:STACK.ID`` or ``KIND:STACK``.

    Raises:
        AcceptanceError: there is no such kind, or the stack is missing.
    """
    kind, colon, place = text.partition(":")
    origin = f"--accept {text}"
    _require_kind(kind, origin)
    if colon and not place.strip("."):
        raise AcceptanceError(
            f"{origin} does not name a stack. Write {kind}, {kind}:STACK.ID or {kind}:STACK."
        )
    stack, dot, name = place.rpartition(".")
    if not dot:
        stack, name = place, ""
    return Acceptance(kind, stack if colon else None, name, "", origin)


def read(data: bytes, where: str) -> tuple[Acceptance, ...]:
    """Return the entries of a file: a list of objects with ``kind``, ``stack``, ``logicalId`` and ``reason``.

    Raises:
        AcceptanceError: the content is wrong.
    """
    try:
        entries = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise AcceptanceError(f"Cannot read {where}: it is not JSON ({error}).") from error
    if not isinstance(entries, list):
        raise AcceptanceError(f"{where} must contain a list of objects with the keys {', '.join(_KEYS)}.")
    acceptances = []
    for number, entry in enumerate(entries, 1):
        origin = f"Entry {number} of {where}"
        is_whole = isinstance(entry, dict) and set(entry) == set(_KEYS)
        if not is_whole or not all(isinstance(entry[key], str) for key in _KEYS):
            raise AcceptanceError(
                f"{origin} must be an object with exactly the keys "
                f"{', '.join(_KEYS)}, and all values must be strings. Found {json.dumps(entry)}."
            )
        _require_kind(entry["kind"], origin)
        if not entry["reason"].strip() or not entry["stack"]:
            missing = "stack" if not entry["stack"] else "reason"
            raise AcceptanceError(f"{origin} does not have a {missing}. Add it.")
        acceptances.append(
            Acceptance(entry["kind"], entry["stack"], entry["logicalId"], entry["reason"], origin)
        )
    return tuple(acceptances)


def _require_kind(kind: str, origin: str) -> None:
    if kind not in KINDS:
        raise AcceptanceError(
            f"{origin} has the unknown kind {kind!r}.{hint(kind, KINDS)} The kinds are: {', '.join(KINDS)}."
        )
