"""Values for parameters, computed from their declarations, so that no test names a value of its own."""

import re
from collections.abc import Mapping
from functools import cache
from random import Random
from typing import Any

from hypothesis import Phase, find, settings
from hypothesis.strategies import from_regex


def other_value(parameter: Mapping[str, Any]) -> str:
    """Return a value that a parameter of a template takes, and that is not its default.

    Args:
        parameter: its declaration in the template.
    """
    default = parameter.get("Default")
    if "AllowedValues" in parameter:
        return str(next(value for value in parameter["AllowedValues"] if value != default))
    if parameter["Type"] == "Number":
        number = default or 0
        return str(number - 1 if number == parameter.get("MaxValue") else number + 1)
    if parameter["Type"] == "AWS::EC2::AvailabilityZone::Name":
        return f"{default}"[:-1] + ("a" if f"{default}"[-1] != "a" else "b")
    pattern = parameter.get("AllowedPattern", "[a-z]+")
    return _matching(pattern, default or "", parameter.get("MaxLength", 256))


def longest_value(parameter: Mapping[str, Any]) -> str:
    """Return a value of the greatest length that a parameter takes; a text need not match its pattern."""
    if "AllowedValues" in parameter:
        return max((str(value) for value in parameter["AllowedValues"]), key=len)
    if parameter["Type"] == "Number":
        return str(parameter["MaxValue"] if "MaxValue" in parameter else parameter["Default"])
    return "a" * int(parameter["MaxLength"]) if "MaxLength" in parameter else str(parameter["Default"])


@cache
def _matching(pattern: str, default: str, longest: int) -> str:
    return find(
        from_regex(re.compile(pattern, re.ASCII), fullmatch=True),
        lambda text: text != default and 0 < len(text) <= longest,
        settings=settings(database=None, max_examples=10_000, phases=[Phase.generate]),
        random=Random(0),
    )
