"""The frames of snippets and messages, and what a snippet may leave out."""

import pytest

from .harness import decoded, frame, row


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
    found = decoded("  A: {Type: T, Condition: NotB, Properties: {C: !If [D, 1, 2]}}\n")

    assert set(found["Conditions"]) == {"B", "NotB", "D", "NotD"}
    assert set(found["Parameters"]) == {"BParameter", "DParameter"}
    declared = decoded("Conditions: {B: !Equals [a, a]}\nResources: {A: {Type: T, Condition: B}}\n")
    assert declared["Conditions"] == {"B": {"Fn::Equals": ["a", "a"]}}
