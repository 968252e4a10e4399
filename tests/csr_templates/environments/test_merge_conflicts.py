"""``merge_conflicts``: the markers of Git, and the two sides between them."""

from __future__ import annotations

import pytest

from csr_templates.environments.merge_conflicts import Marker, first_marker, sides

CONFLICT = "a\n<<<<<<< HEAD\nb\n=======\nc\nd\n>>>>>>> other\ne\n"
DIFF3 = (
    "a\n<<<<<<< HEAD\nb\n||||||| 1234567\n<<<<<<<<< x\n=========\n>>>>>>>>> y\n=======\n>>>>>>> other\ne\n"
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (CONFLICT, ("a\nb\ne\n", "a\nc\nd\ne\n")),
        (CONFLICT + CONFLICT, ("a\nb\ne\na\nb\ne\n", "a\nc\nd\ne\na\nc\nd\ne\n")),
        (DIFF3, ("a\nb\ne\n", "a\ne\n")),
        ("<<<<<<<\na\n=======\n>>>>>>>", ("a", "")),
        ("a\n", None),
        ("", None),
        ("=======\n", None),
        ("<<<<<<< a\n=======\n", None),
        ("<<<<<<< a\n>>>>>>> b\n", None),
        ("<<<<<<< a\n<<<<<<< b\n=======\n>>>>>>> c\n", None),
        ("<<<<<<<a\n=======\n>>>>>>> c\n", None),
        ("<<<<<<< a\n|||||||\n|||||||\n=======\n>>>>>>> c\n", None),
    ],
)
def test_sides(text: str, found: tuple[str, str] | None) -> None:
    """Each side contains its lines of a conflict and all common lines.

    An incomplete conflict has no sides.
    """
    assert sides(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (CONFLICT, Marker(2, "<<<<<<< HEAD")),
        ("a\r\n=======\r\n", Marker(2, "=======")),
        (">>>>>>> x", Marker(1, ">>>>>>> x")),
        (" <<<<<<< a\n<<<<<<<<\n<<<<<<\n=======a\n", None),
    ],
)
def test_first_marker(text: str, found: Marker | None) -> None:
    """A marker is a separate line, from its first column."""
    assert first_marker(text) == found
