"""Metric math, evaluated in the same way as by CloudWatch, for functions that are safe in alarms.

An expression is evaluated for each timestamp. A metric is a number at that time, or None without a data
point. AWS recommends not to use functions over a whole series, such as AVG(m1), in alarms. These functions,
and functions with undocumented results, are not supported.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

Values = Mapping[str, float | None]  # ID of a metric -> its value at the timestamp

_TOKEN: Final = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(==|!=|<=|>=|&&|\|\||[-+*/^<>(),\[\]]))")
_COMPARISONS: Final[Mapping[str, Callable[[float, float], float]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
_ARITHMETIC: Final[Mapping[str, Callable[[float, float], float]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_LOGIC: Final = {"AND": "AND", "&&": "AND", "OR": "OR", "||": "OR"}
_OVER_ARRAYS: Final[Mapping[str, Callable[[Sequence[float]], float]]] = {
    "MAX": max,
    "MIN": min,
    "SUM": sum,
    "AVG": lambda values: sum(values) / len(values),
}


class MathError(ValueError):
    """An expression that CloudWatch would reject, or whose meaning is not documented."""


class Expression(NamedTuple):
    """An expression that can be evaluated.

    Attributes:
        at: the values of the metrics at a timestamp -> the value of the expression there.
        is_series: False for a number, which exists at every timestamp.
    """

    at: Callable[[Values], float | None]
    is_series: bool


def expression(text: str) -> Expression:
    """Parse an expression.

    Raises:
        MathError: the expression is invalid, or uses an unsupported function.
    """
    reader = _Reader(text)
    parsed = reader.logical()
    if reader.token:
        raise MathError(f"{text}: {reader.token} is not expected there.")
    if not parsed.is_series:
        raise MathError(f"{text}: the result must be a time series.")
    return parsed


class _Reader:
    """Recursive descent parser for OR and AND, comparisons, sums, products, powers and other parts."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.token = ""
        self.advance()

    def advance(self) -> str:
        """Advance to the next token and return the previous one."""
        before = self.token
        match = _TOKEN.match(self.text, self.position)
        if not match:
            if self.text[self.position :].strip():
                raise MathError(f"{self.text}: cannot be read from {self.text[self.position :]!r} on.")
            self.token = ""
            return before
        self.position = match.end()
        self.token = match[0].strip()
        return before

    def expect(self, token: str) -> None:
        """Skip a required token."""
        if self.token != token:
            raise MathError(f"{self.text}: expected {token}, found {self.token or 'the end'}.")
        self.advance()

    def logical(self) -> Expression:
        left = self.comparison()
        while self.token in _LOGIC:
            both = _LOGIC[self.advance()] == "AND"
            left = _logic(left, self.comparison(), both)
        return left

    def comparison(self) -> Expression:
        left = self.sum()
        while self.token in _COMPARISONS:
            compare = _COMPARISONS[self.advance()]
            left = _pair(left, self.sum(), compare)
        return left

    def sum(self) -> Expression:
        left = self.product()
        while self.token in {"+", "-"}:
            apply = _ARITHMETIC[self.advance()]
            left = _pair(left, self.product(), apply)
        return left

    def product(self) -> Expression:
        left = self.power()
        while self.token in {"*", "/"}:
            apply = _ARITHMETIC[self.advance()]
            left = _pair(left, self.power(), apply)
        return left

    def power(self) -> Expression:
        left = self.single()
        while self.token == "^":
            self.advance()
            left = _pair(left, self.single(), operator.pow)
        return left

    def single(self) -> Expression:
        if self.token == "-":
            self.advance()
            return _pair(Expression(lambda _: 0.0, False), self.single(), operator.sub)
        if self.token == "(":
            self.advance()
            inner = self.logical()
            self.expect(")")
            return inner
        token = self.advance()
        if token[:1].isdigit():
            number = float(token)
            return Expression(lambda _: number, False)
        if not token[:1].isalpha():
            raise MathError(f"{self.text}: expected a metric or a number, found {token or 'the end'}.")
        if self.token == "(":
            return self.function(token)
        if not token[0].islower():
            raise MathError(f"{self.text}: {token} is not the id of a metric.")
        return Expression(lambda values: values[token], True)

    def function(self, name: str) -> Expression:
        self.expect("(")
        if name in _OVER_ARRAYS:
            call = self.over_array(name)
        elif name in {"IF", "FILL"}:
            arguments = [self.logical()]
            while self.token == ",":
                self.advance()
                if self.token in {"REPEAT", "LINEAR"}:
                    raise MathError(f"{self.text}: FILL with {self.token} looks at other timestamps.")
                arguments.append(self.logical())
            call = _if(self.text, arguments) if name == "IF" else _fill(self.text, arguments)
        else:
            raise MathError(f"{self.text}: the function {name} is not known here.")
        self.expect(")")
        return call

    def over_array(self, name: str) -> Expression:
        if self.token != "[":
            raise MathError(f"{self.text}: AWS advises against {name} of a whole series in an alarm.")
        self.advance()
        members = [self.logical()]
        while self.token == ",":
            self.advance()
            members.append(self.logical())
        self.expect("]")
        combine = _OVER_ARRAYS[name]

        def at(values: Values) -> float | None:
            points = [member.at(values) for member in members]
            # A missing value is treated as 0 if the other series has a value.
            if all(point is None for point in points):
                return None
            return combine([point or 0.0 for point in points])

        return Expression(at, True)


def _pair(left: Expression, right: Expression, apply: Callable[[float, float], float]) -> Expression:
    """Combine two operands.

    If only one series has a value, the missing value is 0. If neither has a value, the result has no value. A
    data point with a division by zero is dropped.
    """
    series = left.is_series or right.is_series

    def at(values: Values) -> float | None:
        a, b = left.at(values), right.at(values)
        if series and not any(
            point is not None and side.is_series for point, side in ((a, left), (b, right))
        ):
            return None
        try:
            return apply(a or 0.0, b or 0.0)
        except ZeroDivisionError:
            return None

    return Expression(at, series)


def _logic(left: Expression, right: Expression, both: bool) -> Expression:
    return _pair(
        left, right, (lambda a, b: float(bool(a and b))) if both else (lambda a, b: float(bool(a or b)))
    )


def _if(text: str, arguments: Sequence[Expression]) -> Expression:
    """Return IF: dropped without a condition, and 0 if the selected branch has no value."""
    if len(arguments) not in {2, 3}:
        raise MathError(f"{text}: IF takes two or three arguments.")
    condition, yes, *no = arguments

    def at(values: Values) -> float | None:
        truth = condition.at(values)
        if truth is None:
            return None
        if truth:
            return yes.at(values) or 0.0
        return no[0].at(values) if no else None

    return Expression(at, True)


def _fill(text: str, arguments: Sequence[Expression]) -> Expression:
    """Return FILL with a number or another series."""
    if len(arguments) != 2 or not arguments[0].is_series:
        raise MathError(f"{text}: FILL takes a series and what fills it.")
    series, filler = arguments

    def at(values: Values) -> float | None:
        point = series.at(values)
        return filler.at(values) if point is None else point

    return Expression(at, True)
