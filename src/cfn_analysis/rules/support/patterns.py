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

    def plain(value: str, unknown: str) -> str:
        hidden = REFERENCE.sub(lambda reference: reference[0] if reference[0] in shared else UNKNOWN, value)
        return re.sub(unknown, UNKNOWN, hidden) if unknown else hidden

    wild, known = plain(pattern, r"[*?]"), plain(text, "")
    if UNKNOWN not in wild + known:
        return wild == known
    starts = wild.partition(UNKNOWN)[0], known.partition(UNKNOWN)[0]
    ends = wild.rpartition(UNKNOWN)[2][::-1], known.rpartition(UNKNOWN)[2][::-1]
    return all(_agree(pair, UNKNOWN in wild, UNKNOWN in known) for pair in (starts, ends))


def _agree(pair: tuple[str, str], first_open: bool, second_open: bool) -> bool:
    """Return whether one text begins like the other; a text without an unknown part is complete."""
    first, second = pair
    if len(first) > len(second):
        return second_open and first.startswith(second)
    return second.startswith(first) and (first_open or first == second)


def refuses(pattern: object, text: str) -> bool:
    """Return whether an AllowedPattern does not match a text; False for syntax that only Java supports."""
    if not isinstance(pattern, str) or re.search(r"\[\[|\\[pP]\{|&&", pattern):
        return False
    try:
        return re.fullmatch(pattern, text) is None
    except re.error:
        return False
