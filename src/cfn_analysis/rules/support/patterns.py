"""Comparison of texts with unknown parts: whether they can be equal."""

import re

REFERENCE = re.compile(r"\$\{[^{}]*\}")
UNKNOWN = "\0"


def may_meet(pattern: str, text: str) -> bool:
    """Return whether a text can match a pattern with ``*`` and ``?``, for any values of the references.

    A reference in both has the same value; a reference in only one of them can have any value. Only the texts
    before the first and after the last unknown part are compared.
    """
    shared = set(REFERENCE.findall(pattern)) & set(REFERENCE.findall(text))

    def plain(value: str, wild: str) -> str:
        hidden = REFERENCE.sub(lambda found: found[0] if found[0] in shared else UNKNOWN, value)
        return re.sub(wild, UNKNOWN, hidden) if wild else hidden

    one, other = plain(pattern, r"[*?]"), plain(text, "")
    if UNKNOWN not in one + other:
        return one == other
    starts = one.partition(UNKNOWN)[0], other.partition(UNKNOWN)[0]
    ends = one.rpartition(UNKNOWN)[2][::-1], other.rpartition(UNKNOWN)[2][::-1]
    return all(_agree(pair, UNKNOWN in one, UNKNOWN in other) for pair in (starts, ends))


def _agree(pair: tuple[str, str], first_open: bool, second_open: bool) -> bool:
    """Return whether one text begins like the other; a text without an unknown part is complete."""
    one, other = pair
    if len(one) > len(other):
        return second_open and one.startswith(other)
    return other.startswith(one) and (first_open or one == other)


def refuses(pattern: object, text: str) -> bool:
    """Return whether an AllowedPattern does not match a text; False for syntax that only Java supports."""
    if not isinstance(pattern, str) or re.search(r"\[\[|\\[pP]\{|&&", pattern):
        return False
    try:
        return re.fullmatch(pattern, text) is None
    except re.error:
        return False
