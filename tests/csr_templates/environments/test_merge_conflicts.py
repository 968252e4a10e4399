"""``merge_conflicts``: the markers of Git, and the two sides between them."""

import pytest

from csr_templates.environments.merge_conflicts import Marker, first_marker, sides

CONFLICT = "a\n<<<<<<< HEAD\nb\n=======\nc\nd\n>>>>>>> other\ne\n"
DIFF3 = (
    "a\n<<<<<<< HEAD\nb\n||||||| 1234567\n<<<<<<<<< x\n=========\n>>>>>>>>> y\n=======\n>>>>>>> other\ne\n"
)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (CONFLICT, ("abe", "acde")),
        (CONFLICT + CONFLICT, ("abeabe", "acdeacde")),
        (CONFLICT.replace("\n", "\r\n"), ("abe", "acde")),
        (DIFF3, ("abe", "ae")),
        ("<<<<<<<\na\n=======\n>>>>>>>", ("a", "")),
        ("a\n", ("a", "a")),
        ("", ("", "")),
        ("<<<<<<< a\nb\n=======\nc\n", ("b", "c")),
    ],
)
def test_sides(text: str, lines: tuple[str, str]) -> None:
    """Each side contains its lines of a conflict and all common lines, also without the last marker."""
    assert sides(text) == (list(lines[0]), list(lines[1]))


@pytest.mark.parametrize(
    ("text", "marker"),
    [
        (CONFLICT, Marker(2, "<<<<<<< HEAD")),
        ("a\r\n=======\r\n", Marker(2, "=======")),
        (">>>>>>> x", Marker(1, ">>>>>>> x")),
        (" <<<<<<< a\n<<<<<<<<\n<<<<<<\n=======a\n", None),
    ],
)
def test_first_marker(text: str, marker: Marker | None) -> None:
    """A marker is a separate line, from its first column."""
    assert first_marker(text) == marker
