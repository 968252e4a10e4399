"""Metric filters for JSON log events, evaluated in the same way as by CloudWatch Logs.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

import json
import operator
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

Event = Any  # a JSON value
Condition = Callable[[Event], bool]

_TOKEN: Final = re.compile(
    r'\s*(\$(?:\.[\w-]+|\[\d+\])+|"(?:[^"\\]|\\.)*"|<=|>=|!=|&&|\|\||[=<>(){}]|[^\s=<>!&|(){}]+)'
)
_STEP: Final = re.compile(r"\.([\w-]+)|\[(\d+)\]")
_NUMBER: Final = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_ORDER: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}
_MISSING: Final = object()


class PatternError(ValueError):
    """A filter pattern that is invalid, or that is not for JSON."""


def matches(pattern: str, line: str) -> bool:
    """Return whether a filter matches a log event. It matches only JSON events.

    Raises:
        PatternError: the pattern is not for JSON.
    """
    condition = _condition(pattern)
    try:
        event = json.loads(line)
    except json.JSONDecodeError:
        return False
    return condition(event)


@cache
def _condition(pattern: str) -> Condition:
    reader = _Reader(pattern)
    reader.expect("{")
    condition = reader.any_of()
    reader.expect("}")
    if reader.tokens:
        raise PatternError(f"{pattern}: {reader.tokens[0]} follows the pattern.")
    return condition


class _Reader:
    """Parser of a pattern. Parentheses have the highest precedence, then &&, then ||."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.tokens = _TOKEN.findall(pattern)
        if "".join(self.tokens) != re.sub(r'\s+(?=(?:[^"]*"[^"]*")*[^"]*$)', "", pattern):
            raise PatternError(f"{pattern}: cannot be read.")

    def next(self) -> str:
        """Return the next token and advance."""
        if not self.tokens:
            raise PatternError(f"{self.pattern}: ends too early.")
        return str(self.tokens.pop(0))

    def expect(self, token: str) -> None:
        """Skip a required token."""
        if (actual := self.next()) != token:
            raise PatternError(f"{self.pattern}: expected {token}, found {actual}.")

    def any_of(self) -> Condition:
        alternatives = [self.all_of()]
        while self.tokens[:1] == ["||"]:
            self.next()
            alternatives.append(self.all_of())
        return lambda event: any(alternative(event) for alternative in alternatives)

    def all_of(self) -> Condition:
        parts = [self.single()]
        while self.tokens[:1] == ["&&"]:
            self.next()
            parts.append(self.single())
        return lambda event: all(part(event) for part in parts)

    def single(self) -> Condition:
        token = self.next()
        if token == "(":
            condition = self.any_of()
            self.expect(")")
            return condition
        if not token.startswith("$"):
            raise PatternError(f"{self.pattern}: expected a selector such as $.status, found {token}.")
        steps = [name or int(index) for name, index in _STEP.findall(token)]
        sign = self.next()
        if sign == "NOT":
            self.expect("EXISTS")
            return lambda event: _select(event, steps) is _MISSING
        if sign == "IS":
            constant = {"NULL": None, "TRUE": True, "FALSE": False}[self.next()]
            return lambda event: _select(event, steps) is constant
        if sign not in _ORDER:
            raise PatternError(f"{self.pattern}: {sign} is not an operator.")
        return _comparison(self.pattern, steps, sign, self.next())


def _select(event: Event, steps: list[str | int]) -> Any:
    for step in steps:
        fits = isinstance(event, list) if isinstance(step, int) else isinstance(event, dict)
        if not fits:
            return _MISSING
        try:
            event = event[step]
        except (KeyError, IndexError):
            return _MISSING
    return event


def _comparison(pattern: str, steps: list[str | int], sign: str, literal: str) -> Condition:
    """Return a comparison with a number or a text. If the selected value is neither, it does not match."""
    quoted = literal.startswith('"')
    text = literal[1:-1].replace('\\"', '"') if quoted else literal
    compare = _ORDER[sign]
    if not quoted and _NUMBER.fullmatch(text):
        number = float(text)

        def is_number(event: Event) -> bool:
            selected = _select(event, steps)
            return (
                isinstance(selected, int | float)
                and not isinstance(selected, bool)
                and compare(selected, number)
            )

        return is_number
    if sign not in {"=", "!="}:
        raise PatternError(f"{pattern}: {sign} compares numbers, and {literal} is none.")
    # An asterisk matches any text only at the start and end.
    head, tail = text.startswith("*"), len(text) > 1 and text.endswith("*")
    fixed = text[head : len(text) - tail]

    def is_text(event: Event) -> bool:
        selected = _select(event, steps)
        if isinstance(selected, bool) or not isinstance(selected, str | int | float):
            return False
        return _fits(str(selected), fixed, head, tail) == (sign == "=")

    return is_text


def _fits(text: str, fixed: str, head: bool, tail: bool) -> bool:
    if head and tail:
        return fixed in text
    if head:
        return text.endswith(fixed)
    return text.startswith(fixed) if tail else text == fixed
