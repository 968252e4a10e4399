"""The keys of a parameter file that are not parameters: ``AccountId``, and ``$schema`` for editors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from csr_templates.environments.files import Number, ParameterFinding, excerpt, read_flat

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT_ID: Final = "AccountId"
SCHEMA: Final = "$schema"
TWELVE_DIGITS: Final = re.compile("[0-9]{12}")


class ParameterFile(NamedTuple):
    """The content of a parameter file.

    Attributes:
        parameters: parameter -> value; None if the file cannot be read.
        account: ID of the account; empty if the file does not state it, or not correctly.
        findings: the errors of the file, except those of the values of parameters.
    """

    parameters: dict[str, Any] | None
    account: str
    findings: list[ParameterFinding]


def read_file(path: Path) -> ParameterFile:
    """Return the content of a parameter file."""
    values, findings = read_flat(path)
    if values is None:
        return ParameterFile(None, "", findings)
    values.pop(SCHEMA, None)
    if ACCOUNT_ID not in values:
        return ParameterFile(values, "", findings)
    account = values.pop(ACCOUNT_ID)
    if refusal := _refusal(account):
        return ParameterFile(values, "", [*findings, ParameterFinding(path.as_posix(), ACCOUNT_ID, refusal)])
    return ParameterFile(values, account, findings)


def _refusal(account: Any) -> str:
    """Return why a value is not the ID of an account; empty if it is one."""
    if isinstance(account, Number):
        return (
            f"Found {account.text}, a number, but the ID of an account can start with zeros, which numbers "
            "lose. Write all twelve digits in double quotes."
        )
    if isinstance(account, str) and TWELVE_DIGITS.fullmatch(account):
        return ""
    return f'Found {excerpt(account)}. Write the twelve digits in double quotes, such as "123456789012".'
