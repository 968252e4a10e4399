"""Reads a usage file: environment -> stack -> key of an item -> amount in a month."""

import json
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, NoReturn

from cfn_analysis.model.template_text import TemplateTextError, unique_entries
from cfn_analysis.model.wording import hint

Usage = Mapping[str, Mapping[str, Decimal]]
"""Stack -> key of an item -> amount in a month."""

MOST: Final = Decimal("1e15")
SCHEMA: Final = "$schema"
"""The key of a file that names its JSON Schema, for editors."""


class UsageError(ValueError):
    """The usage is wrong; the message states the key and what to do, but not the file."""


def read(text: str, environments: Mapping[str, Sequence[str]]) -> dict[str, Usage]:
    """Return environment -> usage; ``estimate`` checks the keys of the items.

    Raises:
        UsageError: the text has another form, or an environment or a stack does not exist.
    """
    try:
        document: Any = json.loads(
            text,
            parse_int=Decimal,
            parse_float=Decimal,
            parse_constant=_refuse,
            object_pairs_hook=unique_entries,
        )
    except TemplateTextError as error:
        raise UsageError(str(error)) from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"it is not JSON ({error}).") from error
    if isinstance(document, dict):
        document.pop(SCHEMA, None)
    for environment, stacks in _object(document, "the file").items():
        require(environment, environments, environment, "There is no such environment")
        for stack, amounts in _object(stacks, environment).items():
            place = f"{environment}.{stack}"
            require(stack, environments[environment], place, "There is no such stack")
            for key, amount in _object(amounts, place).items():
                if not isinstance(amount, Decimal) or not 0 <= amount <= MOST:
                    raise UsageError(
                        f"{place}.{key}: found {_shown(amount)}. Write the amount in a month as a number "
                        f"from 0 to {MOST:,f}."
                    )
    usage: dict[str, Usage] = document
    return usage


def require(key: str, allowed: Collection[str], place: str, problem: str) -> None:
    """Refuse a key that is not allowed.

    Raises:
        UsageError: with the place, the problem and the allowed keys.
    """
    if key not in allowed:
        names = ", ".join(allowed) or "none"
        raise UsageError(f"{place}: {problem}.{hint(key, allowed)} Allowed: {names}.")


def _object(value: object, place: str) -> Mapping[str, object]:
    if isinstance(value, Mapping):
        return value
    raise UsageError(
        f'{place}: found {_shown(value)}. Write an object: {{"prod": {{"api": {{"api-requests": 1000}}}}}}.'
    )


def _shown(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    return json.dumps(value, default=str)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number")
