"""Answers that can be known only in the deployed stack: no, unknown or yes.

With ``NO < UNKNOWN < YES`` (the logic of Kleene), and -1, 0 and 1 for them:

    a & b = min(a, b)        a | b = max(a, b)        ~a = -a
"""

from collections.abc import Iterable
from enum import Enum
from functools import reduce
from operator import and_, or_
from typing import Final, NoReturn


class Truth(Enum):
    """An answer; ``str`` returns it in words."""

    NO = -1
    UNKNOWN = 0
    YES = 1

    def __and__(self, other: "Truth") -> "Truth":
        return Truth(min(self.value, other.value))

    def __or__(self, other: "Truth") -> "Truth":
        return Truth(max(self.value, other.value))

    def __invert__(self) -> "Truth":
        return Truth(-self.value)

    def __bool__(self) -> NoReturn:
        raise TypeError("an answer can be unknown: compare it with YES, NO or UNKNOWN")

    def __str__(self) -> str:
        return {Truth.NO: "false", Truth.UNKNOWN: "not known", Truth.YES: "true"}[self]


NO: Final = Truth.NO
UNKNOWN: Final = Truth.UNKNOWN
YES: Final = Truth.YES


def truth_of(answer: bool) -> Truth:
    """Return a known answer."""
    if answer:
        return YES
    return NO


def all_of(answers: Iterable[Truth]) -> Truth:
    """Return whether all are true."""
    return reduce(and_, answers, YES)


def any_of(answers: Iterable[Truth]) -> Truth:
    """Return whether at least one is true."""
    return reduce(or_, answers, NO)
