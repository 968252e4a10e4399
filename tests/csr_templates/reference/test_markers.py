"""``reference.markers``: the generated parts of a page, and messages about damaged markers."""

import re

import pytest

from csr_templates.reference.markers import rewrite, sections

KNOWN = ["alarms", "settings"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "# Page\n<!-- generated: alarms -->\n| a |\n",
            "page.md, line 2: <!-- generated: alarms --> is not closed. Write <!-- /generated --> "
            "below the table.",
            id="not closed",
        ),
        pytest.param(
            "| a |\n<!-- /generated -->\n",
            "page.md, line 2: <!-- /generated --> has no start marker. Write <!-- generated: <name> --> "
            "above the table, or remove this line.",
            id="not opened",
        ),
        pytest.param(
            "<!-- generated: alarms -->\n<!-- generated: settings -->\n<!-- /generated -->\n",
            "page.md, line 2: <!-- generated: settings --> is inside <!-- generated: alarms --> of line 1. "
            "Write <!-- /generated --> above it.",
            id="nested",
        ),
        pytest.param(
            "<!-- generated: alarm -->\n<!-- /generated -->\n",
            "page.md, line 1: There is no table alarm. The tables are alarms, settings.",
            id="unknown name",
        ),
        *(
            pytest.param(
                f"text\n{line}\n<!-- /generated -->\n",
                f"page.md, line 2: {line.strip()} is a damaged marker. Write <!-- generated: <name> --> "
                "above a generated table and <!-- /generated --> below it, each on a separate line.",
                id=line,
            )
            for line in (
                "<!-- generated alarms -->",
                "<!-- generated: -->",
                "<!-- generated: alarms --> | a |",
                "<!--generated: alarms-->",
                " <!-- generated: alarms -->",
                "<!- generated: alarms -->",
                "<!-- generated: alarms",
                "<!-- / generated -->",
            )
        ),
    ],
)
def test_markers_that_are_refused(text: str, message: str) -> None:
    """The message about a damaged, unknown, nested or unclosed marker has the line and the correction."""
    assert sections(text, "page.md", KNOWN)[1] == [message]


def test_every_marker_that_is_wrong_is_reported() -> None:
    """The sections around wrong markers are found."""
    text = """<!-- /generated -->
<!-- generated: alarms -->
<!-- /generated -->
<!-- generated: alarm -->
<!-- /generated -->
<!-- generated alarms -->
<!-- /generated -->
<!-- generated: alarms -->
<!-- generated: settings -->
<!-- /generated -->
<!-- generated: alarms -->"""

    marked, findings = sections(text, "page.md", KNOWN)

    assert marked == [("alarms", 2, 2), ("settings", 9, 9)]
    assert [re.match("page.md, line ([0-9]+): ", mistake)[1] for mistake in findings] == [  # type: ignore[index]
        "1",
        "4",
        "6",
        "9",
        "11",
    ]


@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_only_what_is_between_markers_changes(ending: str) -> None:
    """All other text does not change. Generated text has the line endings of the page."""
    lines = [
        "# Page ",
        "<!-- Generated from x -->",
        "<!-- generated: alarms -->",
        "old",
        "<!-- /generated -->",
        "\tend",
    ]
    text = ending.join(lines)

    marked, _ = sections(text, "page.md", KNOWN)
    new = rewrite(text, marked, lambda section, old: [f"{section.name}, not {old[0]}", "|"])

    assert new == ending.join([*lines[:3], "alarms, not old", "|", *lines[4:]])


def test_mixed_line_endings_stay() -> None:
    """A line outside of the markers keeps its own ending."""
    text = "a\r\nb\n<!-- generated: alarms -->\n<!-- /generated -->\r\nc"

    new = rewrite(text, sections(text, "page.md", KNOWN)[0], lambda *_: ["x"])

    assert new == "a\r\nb\n<!-- generated: alarms -->\nx\n<!-- /generated -->\r\nc"
