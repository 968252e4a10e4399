"""Reads a usage file: environment -> stack -> key of an item -> amount in a month."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import NoReturn

from cfn_analysis.model.wording import hint

Usage = Mapping[str, Mapping[str, Decimal]]
"""Stack -> key of an item -> amount in a month."""


class UsageError(ValueError):
    """The usage file is wrong; the message states the file, the key and what to do."""


def read(text: str, name: str, environments: Mapping[str, Sequence[str]]) -> dict[str, Usage]:
    """Return environment -> usage.

    Args:
        text: JSON.
        name: the file, for messages.
        environments: environment -> its stacks.

    Raises:
        UsageError: the text has another form, or an environment or a stack does not exist.
    """
    try:
        document = json.loads(text, parse_int=Decimal, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"Cannot read {name}: it is not JSON ({error}).") from error
    for environment, stacks in _object(document, name, "").items():
        _known(environment, environments, f"{name}: {environment}", "environment")
        for stack, amounts in _object(stacks, name, environment).items():
            _known(stack, environments[environment], f"{name}: {environment}.{stack}", "stack")
            for key, amount in _object(amounts, name, f"{environment}.{stack}").items():
                if not isinstance(amount, Decimal) or amount < 0:
                    raise UsageError(
                        f"{name}: {environment}.{stack}.{key}: found {_shown(amount)}. "
                        "Write the amount in a month as a number that is not negative."
                    )
    found: dict[str, Usage] = document
    return found


def check(usage: Usage, allowed: Mapping[str, Collection[str]], name: str, environment: str) -> None:
    """Refuse an item that a stack does not pay by usage.

    Args:
        usage: of an environment.
        allowed: stack -> keys of the items that it pays by usage.
        name: the usage file, for messages.
        environment: the environment, for messages.

    Raises:
        UsageError: a stack does not pay an item.
    """
    for stack, amounts in usage.items():
        for key in amounts:
            if key not in (keys := allowed.get(stack, ())):
                raise UsageError(
                    f"{name}: {environment}.{stack}.{key}: the stack does not pay this item by usage."
                    f"{hint(key, keys)} Allowed: {', '.join(keys) or 'none'}."
                )


def _object(value: object, name: str, place: str) -> Mapping[str, object]:
    if isinstance(value, Mapping):
        return value
    where = f"{name}: {place}" if place else name
    raise UsageError(
        f'{where}: found {_shown(value)}. Write an object: {{"prod": {{"api": '
        '{"api-requests": 1000000}}}.'
    )


def _known(key: str, allowed: Collection[str], place: str, what: str) -> None:
    if key not in allowed:
        raise UsageError(
            f"{place}: there is no such {what}.{hint(key, allowed)} Allowed: {', '.join(allowed)}."
        )


def _shown(value: object) -> str:
    return str(value) if isinstance(value, Decimal) else json.dumps(value, default=str)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number")
