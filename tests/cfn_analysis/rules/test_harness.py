"""The frames of snippets and messages, and what a snippet may leave out."""

import pytest

from .harness import Case, decoded, frame, row, rows_of


def test_a_frame_takes_its_arguments_in_order_or_by_name() -> None:
    """Holes without a default come first; a hole that appears twice is one argument."""
    fill = frame("<attributes=> <name> is <name>, <size=1>")

    assert fill("A") == " A is A, 1"
    assert fill("A", "x", size=2) == "x A is A, 2"
    assert row("<name>", "Resources/<name>", "<found>")("A", "b") == ("A", "Resources/A", "b")


@pytest.mark.parametrize(
    ("values", "named", "message"),
    [
        ((), {}, r"\['name'\] is missing"),
        (("A",), {"nam": "B"}, r"\['nam'\] is not in"),
        (("A", "B"), {}, r"zip\(\)"),
    ],
)
def test_a_wrong_argument_of_a_frame(values: tuple[str, ...], named: dict[str, str], message: str) -> None:
    """A missing, an unknown and a superfluous argument are errors, and not part of a snippet."""
    with pytest.raises((AssertionError, ValueError), match=message):
        frame("Name: <name>")(*values, **named)


def test_conditions_that_a_snippet_does_not_declare() -> None:
    """Each is independent and has its opposite; a declared condition is as the snippet says."""
    template = decoded("  A: {Type: T, Condition: NotB, Properties: {C: !If [D, 1, 2]}}\n")

    assert set(template["Conditions"]) == {"B", "NotB", "D", "NotD"}
    assert set(template["Parameters"]) == {"BParameter", "DParameter"}
    declared = decoded("Conditions: {B: !Equals [a, a]}\nResources: {A: {Type: T, Condition: B}}\n")
    assert declared["Conditions"] == {"B": {"Fn::Equals": ["a", "a"]}}


TABLE = {"text": "One: {Type: <kind>}", "path": "Resources/One", "message": "It is <kind>."}


def test_rows_of_a_yaml_file() -> None:
    """A row fills the holes of what is shared, or has its own; further findings share its values."""
    bad = {
        "a": {"kind": "T", "also": [{"path": "Resources/Two"}]},
        "b": {"text": "Resources: {}", "message": "m"},
    }
    text = "Resources:\n  One: {Type: T}"

    assert list(rows_of({**TABLE, "bad": bad}, "bad")) == [
        Case("a", text, [("Resources/One", "It is T."), ("Resources/Two", "It is T.")]),
        Case("b", "Resources: {}", [("Resources/One", "m")]),
    ]
    assert list(rows_of({**TABLE, "good": {"a": {"kind": "T"}}}, "good")) == [Case("a", text, [])]


@pytest.mark.parametrize(
    ("cells", "message"),
    [({}, r"\['kind'\] is missing"), ({"kind": "T", "knd": "U"}, r"\['knd'\] in a is neither")],
)
def test_a_wrong_row_of_a_yaml_file(cells: dict[str, str], message: str) -> None:
    """A missing value of a hole and a key that is not one are errors."""
    with pytest.raises(AssertionError, match=message):
        list(rows_of({**TABLE, "good": {"a": cells}}, "good"))
