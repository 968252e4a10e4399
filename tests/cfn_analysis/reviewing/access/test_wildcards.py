"""Patterns as sets of texts."""

import itertools
from fnmatch import fnmatchcase

from hypothesis import given, settings
from hypothesis import strategies as st

from cfn_analysis.reviewing.access.wildcards import covers, disjoint, pattern

_TEXT = st.text("ab*?", max_size=5)


@settings(max_examples=100)
@given(_TEXT, _TEXT)
def test_patterns_are_compared_as_sets(wide: str, narrow: str) -> None:
    """A pattern matches everything that it covers, and two disjoint patterns have no common text."""
    texts = ["".join(one) for size in range(4) for one in itertools.product("ab", repeat=size)]
    hits = [{text for text in texts if fnmatchcase(text, one)} for one in (wide, narrow)]

    if covers(pattern(wide), pattern(narrow)):
        assert hits[1] <= hits[0]
    if disjoint(pattern(wide), pattern(narrow)):
        assert not hits[0] & hits[1]
    assert covers(pattern(wide), pattern(wide))
