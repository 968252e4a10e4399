"""Patterns as sets of texts."""

import itertools
from fnmatch import fnmatchcase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cfn_analysis.model.wildcards import covers, disjoint, matches, may_match, pattern

_TEXT = st.text("ab*?", max_size=5)


@settings(max_examples=100)
@given(_TEXT, _TEXT)
def test_patterns_are_compared_as_sets(wide: str, narrow: str) -> None:
    """A pattern matches everything that it covers, and two disjoint patterns have no common text."""
    texts: list[str] = []
    for size in range(4):
        texts += ["".join(letters) for letters in itertools.product("ab", repeat=size)]
    of_wide = {text for text in texts if fnmatchcase(text, wide)}
    of_narrow = {text for text in texts if fnmatchcase(text, narrow)}

    if covers(pattern(wide), pattern(narrow)):
        assert of_narrow <= of_wide
    if disjoint(pattern(wide), pattern(narrow)):
        assert not of_wide & of_narrow
    assert covers(pattern(wide), pattern(wide))


@pytest.mark.parametrize(
    ("pattern_text", "text", "expected"),
    [
        ("s3:Get*", "s3:GetObject", True),
        ("s3:Get*", "s3:PutObject", False),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("[a]*", "[a]b", True),  # only the two wildcards are special
        ("[a]*", "ab", False),
        ("a.c", "abc", False),
        ("*", "two\nlines", True),
    ],
)
def test_a_text_matches(pattern_text: str, text: str, expected: bool) -> None:
    """The two wildcards match any text and one character, and all else is literal."""
    assert matches(pattern_text, text) is expected


@pytest.mark.parametrize(
    ("pattern_text", "text", "expected"),
    [
        ("${Project}-*", "${Project}-cpu", True),
        ("${Project}-a*", "${Project}-b", False),  # the same value on both sides
        ("${Project}-*", "dev-cpu", True),
        ("${Project}-*", "/a/b", False),
        ("/own/*", "/own/${Name}", True),
        ("/own/*", "${Name}/log", True),
        ("/own/*", "/other/${Name}", False),
    ],
)
def test_a_text_with_references_may_match(pattern_text: str, text: str, expected: bool) -> None:
    """A reference can have any value, but the same one everywhere."""
    assert may_match(pattern_text, text) is expected
