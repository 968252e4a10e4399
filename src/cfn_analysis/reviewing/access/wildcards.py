"""Patterns with ``*`` and ``?`` as sets of texts. Parts may be known only in the deployed stack.

A pattern is a tuple of tokens: a character matches itself, ``ANY`` any text, ``ONE`` one character, and a
longer token an unknown but fixed text.
"""

import json
from collections.abc import Iterable
from typing import Any, Final

from cfn_analysis.model.intrinsics import as_strings, is_unknown, parts_of_sub

Pattern = tuple[str, ...]

ANY: Final = "any"
ONE: Final = "one"
EVERYTHING: Final[Pattern] = (ANY,)


def pattern(value: Any, *, wildcards: bool = True) -> Pattern:
    """Return a resolved value as a pattern.

    Args:
        value: a text, a number, or a function that only the deployed stack can resolve.
        wildcards: whether ``*`` and ``?`` are wildcards.
    """
    match value:
        case {"Fn::Sub": _} if (parts := parts_of_sub(value)) is not None:
            return tuple(token for part in parts for token in pattern(part, wildcards=wildcards))
    if is_unknown(value) or isinstance(value, dict | list):
        return (f"not known: {json.dumps(value, sort_keys=True, default=str)}",)
    text = str(as_strings(value))
    if not wildcards:
        return tuple(text)
    return tuple({"*": ANY, "?": ONE}.get(character, character) for character in text)


def lower(one: Pattern) -> Pattern:
    """Return a pattern in lower case."""
    return tuple(token.lower() if len(token) == 1 else token for token in one)


def is_known(one: Pattern) -> bool:
    """Return whether all parts of a pattern are known."""
    return all(len(token) == 1 or token in (ANY, ONE) for token in one)


def covers(wide: Pattern, narrow: Pattern) -> bool:
    """Return whether a pattern certainly matches all texts of another pattern."""
    places = _after_any(wide, {0})
    for token in narrow:
        following: set[int] = set()
        for place in places:
            asked = wide[place] if place < len(wide) else ""
            if asked == ANY:
                following.add(place)
            elif asked == token or (asked == ONE and len(token) == 1):
                following.add(place + 1)
        if not following:
            return False
        places = _after_any(wide, following)
    return len(wide) in places


def disjoint(one: Pattern, other: Pattern) -> bool:
    """Return whether two patterns certainly have no common text."""
    loose, strict = (
        tuple(ANY if len(token) > 1 and token != ONE else token for token in side) for side in (one, other)
    )
    pending = [(0, 0)]
    seen = set(pending)
    while pending:
        left, right = pending.pop()
        if left == len(loose) and right == len(strict):
            return False
        a = loose[left] if left < len(loose) else ""
        b = strict[right] if right < len(strict) else ""
        steps = []
        if a == ANY:
            steps += [(left + 1, right), (left, right + 1)]
        if b == ANY:
            steps += [(left, right + 1), (left + 1, right)]
        if a and b and (a == b or ONE in (a, b)) and ANY not in (a, b):
            steps.append((left + 1, right + 1))
        for step in steps:
            if step not in seen and step[0] <= len(loose) and step[1] <= len(strict):
                seen.add(step)
                pending.append(step)
    return True


def any_covers(wide: Iterable[Pattern], narrow: Pattern) -> bool:
    """Return whether one of several patterns matches all texts of another pattern."""
    return any(covers(one, narrow) for one in wide)


def _after_any(wide: Pattern, places: set[int]) -> set[int]:
    """Return positions, and those reached by skipping each ``ANY`` at them."""
    found = set(places)
    for place in places:
        while place < len(wide) and wide[place] == ANY:
            place += 1
            found.add(place)
    return found
