"""Acceptance of risks: by an option of one run, or by an entry of ``review.json`` with a reason."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cfn_analysis.model.wording import hint
from cfn_analysis.reviewing.findings import Risk
from cfn_analysis.reviewing.kinds import KINDS

FILE: Final = "review.json"
_KEYS: Final = ("kind", "stack", "logicalId", "property", "reason")


class AcceptanceError(ValueError):
    """An entry or an option is wrong or accepts nothing; the message states what to do."""


class Acceptance(NamedTuple):
    """An acceptance of risks.

    Attributes:
        stack: their stack; None for all risks of the kind.
        name: logical ID of the resource, or key of the output; empty for the stack as a whole.
        path: the property; empty for a risk of the resource as a whole.
        origin: the option or the entry, for messages.
    """

    kind: str
    stack: str | None
    name: str
    path: str
    reason: str
    origin: str

    @property
    def key(self) -> tuple[str, str | None, str, str]:
        """The accepted risks, without the reason."""
        return self[:4]

    @property
    def place(self) -> str:
        """The accepted risks as in an option: ``KIND:STACK.ID#PROPERTY``."""
        if self.stack is None:
            return self.kind
        return place(self.kind, self.stack, self.name, self.path)

    def accepts(self, risk: Risk) -> bool:
        """Return whether it accepts a risk."""
        if self.stack is None:
            return self.kind == risk.kind
        return self.key == (risk.kind, risk.stack, risk.name, risk.path)


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a file of acceptances, of draft-07, which editors support best."""
    texts: dict[str, Any] = {
        "kind": {"description": "The kind of the risk.", "enum": list(KINDS)},
        "stack": {"description": "The stack of the risk.", "type": "string", "minLength": 1},
        "logicalId": {
            "description": "Logical ID of the resource, or key of the output. Empty for the whole stack.",
            "type": "string",
        },
        "property": {
            "description": "Path of the property. Empty for a risk of the resource as a whole.",
            "type": "string",
        },
        "reason": {"description": "Why the risk is intended.", "type": "string", "pattern": "\\S"},
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"{FILE}: the risks that a change accepts, for csr-templates review",
        "type": "array",
        "items": {
            "type": "object",
            "required": list(_KEYS),
            "additionalProperties": False,
            "properties": texts,
        },
    }


def place(kind: str, stack: str, name: str, path: str) -> str:
    """Return a risk as an option names it."""
    subject = f"{stack}.{name}" if name else stack
    return f"{kind}:{subject}#{path}" if path else f"{kind}:{subject}"


def of_option(text: str, reason: str = "") -> Acceptance:
    """Return the acceptance of ``KIND``, ``KIND:STACK``, ``KIND:STACK.ID`` or ``KIND:STACK.ID#PROPERTY``.

    Raises:
        AcceptanceError: there is no such kind, or the stack is missing.
    """
    kind, colon, where = text.partition(":")
    subject, _, path = where.partition("#")
    origin = f"--accept {text}"
    _require_kind(kind, origin)
    if colon and not subject.strip("."):
        raise AcceptanceError(
            f"{origin} does not name a stack. Write {kind}, {kind}:STACK, {kind}:STACK.ID or "
            f"{kind}:STACK.ID#PROPERTY."
        )
    stack, dot, name = subject.rpartition(".")
    if not dot:
        stack, name = subject, ""
    return Acceptance(kind, stack if colon else None, name, path, reason, origin)


def read(data: bytes, where: str) -> tuple[Acceptance, ...]:
    """Return the entries of a file: a list of objects with the keys of ``entry``.

    Raises:
        AcceptanceError: the content is wrong.
    """
    acceptances = []
    for number, written in enumerate(_entries(data, where), 1):
        origin = f"Entry {number} of {where}"
        if not _is_entry(written):
            raise AcceptanceError(
                f"{origin} must be an object with exactly the keys {', '.join(_KEYS)}, and all values must "
                f"be strings. Found {json.dumps(written)}."
            )
        _require_kind(written["kind"], origin)
        if not written["stack"]:
            raise AcceptanceError(f"{origin} does not have a stack. Add it.")
        if not written["reason"].strip():
            raise AcceptanceError(f"{origin} does not have a reason. Add it.")
        acceptances.append(of_entry(written, origin))
    return tuple(acceptances)


def _is_entry(written: Any) -> bool:
    """Return whether a part of a file is an object with exactly the keys of an entry and with texts."""
    if not isinstance(written, dict) or set(written) != set(_KEYS):
        return False
    return all(isinstance(value, str) for value in written.values())


def _entries(data: bytes, where: str) -> list[Any]:
    try:
        entries = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise AcceptanceError(f"Cannot read {where}: it is not JSON ({error}).") from error
    if not isinstance(entries, list):
        raise AcceptanceError(f"{where} must contain a list of objects with the keys {', '.join(_KEYS)}.")
    return entries


def entry(risk: Risk, reason: str) -> dict[str, str]:
    """Return the entry of a file that accepts a risk."""
    values = (risk.kind, risk.stack, risk.name, risk.path, reason)
    return dict(zip(_KEYS, values, strict=True))


def of_entry(entry: Mapping[str, str], origin: str = "") -> Acceptance:
    """Return the acceptance of an entry."""
    kind, stack, name, path, reason = (entry[key] for key in _KEYS)
    return Acceptance(kind, stack, name, path, reason, origin)


def entries_of(risks: Iterable[Risk], reason: str) -> list[dict[str, str]]:
    """Return the entries that accept some risks, those of several environments once."""
    by_place = {place(risk.kind, risk.stack, risk.name, risk.path): entry(risk, reason) for risk in risks}
    return list(by_place.values())


def as_text(entries: Sequence[Mapping[str, str]]) -> str:
    """Return entries as the text of a file."""
    return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"


def extended(data: bytes | None, where: str, entries: Iterable[Mapping[str, str]]) -> str:
    """Return the text of a file with further entries; ``data`` is its content, None if it does not exist.

    Raises:
        AcceptanceError: the content is wrong.
    """
    existing = [] if data is None else _entries(data, where)
    if data is not None:
        read(data, where)
    return as_text([*existing, *entries])


def _require_kind(kind: str, origin: str) -> None:
    if kind not in KINDS:
        raise AcceptanceError(
            f"{origin} has the unknown kind {kind!r}.{hint(kind, KINDS)} The kinds are: {', '.join(KINDS)}."
        )
