"""``reference.page_lines``: the lines of a page that a build reads, and similar lines that it does not."""

import pytest

from csr_templates.reference import page_lines
from csr_templates.reference.page_lines import CellValue, TranslatedLine


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("<!-- generated: alarm-index -->", "alarm-index"),
        ("<!-- generated: alarm api-5xx -->", "alarm api-5xx"),
        ("<!-- generated: Alarm -->", ""),
        ("<!-- generated: alarm api errors -->", ""),
        ("<!-- /generated -->", ""),
    ],
)
def test_start_markers(line: str, name: str) -> None:
    """A name is a word in lower case, and at most one more word. All these lines are markers."""
    assert page_lines.name_in_start_marker(line) == name
    assert page_lines.is_marker(line)


@pytest.mark.parametrize(
    "line", ["<!-- generatedly -->", "generated: alarms", "| <!-- generated: alarms -->"]
)
def test_lines_without_marker(line: str) -> None:
    """A marker begins the line, with the whole word."""
    assert not page_lines.is_marker(line)


@pytest.mark.parametrize(
    ("line", "text"), [("### slow", "slow"), ("###### a # b", "a # b"), ("#slow", ""), ("####### slow", "")]
)
def test_headings(line: str, text: str) -> None:
    """A heading has one to six characters, and a space."""
    assert page_lines.heading(line) == text


def test_translations() -> None:
    """The label ends at the first colon."""
    line = "- First: a: b <!-- Users: They wait: long. -->"

    assert page_lines.translation(line) == TranslatedLine("First", "a: b", "Users", "They wait: long.")
    assert page_lines.translation("- First: a") is None


@pytest.mark.parametrize(
    "line", ["1. ...", "12. ...", "- First: ...", "- First: ... <!-- First: The door. -->", "**Do** ..."]
)
def test_unfinished_lines(line: str) -> None:
    """Three dots stand for the text of a step, of a list item or after a label."""
    assert page_lines.is_unfinished(line)


@pytest.mark.parametrize("line", ["1. Wait ...", "...", "1. ... and more", "First: ..."])
def test_finished_lines(line: str) -> None:
    """Dots in a text are part of the text."""
    assert not page_lines.is_unfinished(line)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["**Do**", "", "1. Open it."], True),
        (["**Do**", "1. Open it."], False),
        (["**Do**", "", "1. "], False),
        (["**Do**", "", "1.  Open it."], False),
        (["**Do it**", "", "1. Open it."], False),
        (["**Do**", ""], False),
    ],
)
def test_steps(lines: list[str], expected: bool) -> None:
    """An empty line separates the label and the list, or Markdown does not show a list."""
    assert page_lines.has_steps(lines, "Do") is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("**Contact** no one", True),
        ("**Contact**担当者", True),
        ("**Contact** ", False),
        ("Contact us", False),
    ],
)
def test_text_after_a_label(line: str, expected: bool) -> None:
    """The text follows on the same line; other languages write no space."""
    assert page_lines.has_text(["text", line], "Contact") is expected


def test_cells() -> None:
    r"""A bar after a backslash does not end a cell."""
    assert page_lines.cells(r"| a \| b | c |") == ["", r" a \| b ", " c ", ""]


def test_places() -> None:
    """A place is code with a file and a path; other code is not."""
    cell = "`api.yaml Stage.Name`, `Stage.Name`, `api.yaml A B`, `main.yaml Nat`"

    assert page_lines.places(cell) == [("api.yaml", "Stage.Name"), ("main.yaml", "Nat")]


@pytest.mark.parametrize(
    ("cell", "start", "value"),
    [
        ("at 5,000 s", 0, CellValue(3, 8, False)),
        ("at 0.5 or 7", 6, CellValue(10, 11, False)),
        ("`on`, 7", 0, CellValue(0, 4, True)),
        ("D4 and v1.2", 0, None),
    ],
)
def test_values(cell: str, start: int, value: CellValue | None) -> None:
    """A value is a number that is not part of a word, or code."""
    assert page_lines.next_value(cell, start) == value


def test_forms_of_values() -> None:
    """A whole text is a value only if nothing else is in it."""
    assert page_lines.is_value("5,000")
    assert not page_lines.is_value("5,000 s")
