"""Patterns with ``*`` and ``?``, as IAM and CloudFront have them, and which texts they match.

Only these two characters are special. Parts may be known only in the deployed stack.

A pattern is a tuple of tokens: a character matches itself, ``ANY`` any text, ``ONE`` one character, and a
longer token an unknown but fixed text.
"""

import json
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any, Final

from cfn_analysis.model.intrinsics import as_strings, is_unknown, parts_of_sub

Pattern = tuple[str, ...]

ANY: Final = "any"
ONE: Final = "one"
EVERYTHING: Final[Pattern] = (ANY,)
_COMPARISONS: Final = 16384
"""Comparisons that are kept: those of two policies repeat for each statement and environment."""
_REFERENCE: Final = re.compile(r"(\$\{[^{}]*\})")


def matches(pattern_text: str, text: str) -> bool:
    """Return whether a pattern matches a text of which all parts are known."""
    return _expression(pattern_text).fullmatch(text) is not None


@cache
def _expression(pattern_text: str) -> re.Pattern[str]:
    literal = re.escape(pattern_text)
    return re.compile(literal.replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def may_match(pattern_text: str, text: str) -> bool:
    """Return whether a pattern can match a text, for some values of the references ``${Name}`` in both.

    A reference in both has the same value; a reference in only one of them can have any value.
    """
    shared = set(_REFERENCE.findall(pattern_text)) & set(_REFERENCE.findall(text))
    return not disjoint(
        _with_references(pattern_text, shared, wildcards=True),
        _with_references(text, shared, wildcards=False),
    )


def _with_references(text: str, shared: set[str], *, wildcards: bool) -> Pattern:
    """Return a text as a pattern: a shared reference matches itself, another one any text."""
    tokens: list[str] = []
    for part in _REFERENCE.split(text):
        if part in shared:
            tokens += part
        elif _REFERENCE.fullmatch(part):
            tokens.append(ANY)
        else:
            tokens += pattern(part, wildcards=wildcards)
    return tuple(tokens)


def pattern(value: Any, *, wildcards: bool = True) -> Pattern:
    """Return a resolved value as a pattern, with or without ``*`` and ``?`` as ``wildcards``."""
    parts = parts_of_sub(value)
    if parts is not None:
        tokens: list[str] = []
        for part in parts:
            tokens += pattern(part, wildcards=wildcards)
        return tuple(tokens)
    if is_unknown(value) or isinstance(value, dict | list):
        return (f"not known: {json.dumps(value, sort_keys=True, default=str)}",)
    text = str(as_strings(value))
    if not wildcards:
        return tuple(text)
    return tuple({"*": ANY, "?": ONE}.get(character, character) for character in text)


def lower(mixed: Pattern) -> Pattern:
    """Return a pattern in lower case."""
    return tuple(token.lower() if len(token) == 1 else token for token in mixed)


def is_known(tokens: Pattern) -> bool:
    """Return whether all parts of a pattern are known."""
    return all(len(token) == 1 or token in (ANY, ONE) for token in tokens)


@lru_cache(maxsize=_COMPARISONS)
def covers(wide: Pattern, narrow: Pattern) -> bool:
    """Return whether a pattern certainly matches all texts of another pattern: narrow is a subset of wide."""
    if ANY not in wide and ONE not in wide:
        return wide == narrow
    # places = all positions in wide that the tokens of narrow so far can lead to.
    # Subset if wide is at its end when narrow is; an unknown text of narrow matches only ANY or itself.
    places = _after_any(wide, {0})
    for token in narrow:
        following: set[int] = set()
        for place in places:
            token_of_wide = wide[place] if place < len(wide) else ""
            if token_of_wide == ANY:
                following.add(place)
            elif token_of_wide == token or (token_of_wide == ONE and len(token) == 1):
                following.add(place + 1)
        if not following:
            return False
        places = _after_any(wide, following)
    return len(wide) in places


@lru_cache(maxsize=_COMPARISONS)
def disjoint(first: Pattern, second: Pattern) -> bool:
    """Return whether two patterns certainly have no common text: their intersection is empty."""
    # Search positions (left, right) that one common text can lead to: (0, 0) can; ANY is skipped or consumes
    # a token of the other side; equal tokens advance both.
    left_side, right_side = _with_any_text(first), _with_any_text(second)
    pending = [(0, 0)]
    seen = set(pending)
    while pending:
        left, right = pending.pop()
        if left == len(left_side) and right == len(right_side):
            return False
        left_token = left_side[left] if left < len(left_side) else ""
        right_token = right_side[right] if right < len(right_side) else ""
        steps: list[tuple[int, int]] = []
        if ANY in (left_token, right_token):
            steps += [(left + 1, right), (left, right + 1)]
        elif left_token and right_token and (left_token == right_token or ONE in (left_token, right_token)):
            steps.append((left + 1, right + 1))
        for step in steps:
            if step not in seen and step[0] <= len(left_side) and step[1] <= len(right_side):
                seen.add(step)
                pending.append(step)
    return True


def _with_any_text(side: Pattern) -> Pattern:
    """Return a pattern in which an unknown text can be any text."""
    return tuple(ANY if len(token) > 1 and token != ONE else token for token in side)


def any_covers(wide: Iterable[Pattern], narrow: Pattern) -> bool:
    """Return whether one of several patterns matches all texts of another pattern."""
    return any(covers(covering, narrow) for covering in wide)


def _after_any(wide: Pattern, places: set[int]) -> set[int]:
    """Return positions, and those reached by skipping each ``ANY`` at them."""
    reached = set(places)
    for place in places:
        while place < len(wide) and wide[place] == ANY:
            place += 1
            reached.add(place)
    return reached
