"""``reference.alarm_sections``: what is missing in the section of an alarm."""

import pytest

from csr_templates.reference import alarm_sections
from csr_templates.reference.alarms import Alarm
from csr_templates.reference.words import Words

ALARM = Alarm("slow", {}, {"Users": "They wait.", "First": "The door."}, "shop", ["normal"])
GERMAN = Words({"Effect on users": "Wirkung", "Check first": "Zuerst"}, "words.de.json")
PAGE = """\
# Page

### slow

- Wirkung: Nutzer warten. <!-- Users: They wait. -->
- Zuerst: Die Tuer. <!-- First: The door. -->

<!-- generated: alarm slow -->
<!-- /generated -->

**Do**

1. Open it.

**Contact** no one.

## Other
"""


def incomplete(page: str) -> list[str]:
    """Return what is missing in the section, whose marker is in line 8."""
    return list(alarm_sections.incomplete({"slow": 8}, page, "page.md", Words()))


def untranslated(page: str) -> list[str]:
    """Return which texts are not translated."""
    section = alarm_sections.read(page)["slow"]
    return list(alarm_sections.untranslated(ALARM, section, "page.de.md", GERMAN))


@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_complete_section(ending: str) -> None:
    """Nothing is missing, and the translations are current."""
    page = PAGE.replace("\n", ending)

    assert incomplete(page) == []
    assert untranslated(page) == []
    translations = alarm_sections.read(page)["slow"].translations
    assert {key: translation.text for key, translation in translations.items()} == {
        "Users": "Nutzer warten.",
        "First": "Die Tuer.",
    }


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "### slow",
            "### Slow",
            "page.md, line 8: The heading above this marker is not the name of the alarm, to which its "
            'notification refers. Write "### slow".',
        ),
        (
            "1. Open it.",
            "Open it.",
            'page.md, section slow: What to do is missing. Below the table, write "**Do**", an empty line, '
            'and a list that starts with "1. ".',
        ),
        (
            "**Contact** no one.",
            "**Contact**",
            "page.md, section slow: Whom to contact is missing. At the end of the section, write "
            '"**Contact** " and whom to contact, and when.',
        ),
        (
            "1. Open it.",
            "1. ...",
            'page.md, line 13: The section slow is not finished: "1. ...". Replace the dots with the text.',
        ),
        (
            "**Contact** no one.",
            "**Contact** ...",
            'page.md, line 15: The section slow is not finished: "**Contact** ...". Replace the dots with '
            "the text.",
        ),
        (
            "- Zuerst: Die Tuer. <!--",
            "- Zuerst: ... <!--",
            'page.md, line 6: The section slow is not finished: "- Zuerst: ... <!-- First: The door. -->". '
            "Replace the dots with the text.",
        ),
    ],
)
def test_incomplete_section(old: str, new: str, message: str) -> None:
    """A section needs the alarm's name as its heading, what to do, and whom to contact."""
    assert incomplete(PAGE.replace(old, new)) == [message]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "- Zuerst: Die Tuer. <!-- First: The door. -->\n",
            "",
            "page.de.md, section slow: The First text is not translated. Above the marker, write: "
            "- Zuerst: ... <!-- First: The door. -->",
        ),
        (
            "First: The door.",
            "First: The gate.",
            "page.de.md, line 6: The First text of slow has changed. Translate it again: "
            "- Zuerst: ... <!-- First: The door. -->",
        ),
        (
            "Zuerst:",
            "Dann:",
            'page.de.md, line 6: found "Dann" before the First text; allowed: "Zuerst".',
        ),
        (
            "\n<!-- generated",
            "- Dann: Der Flur. <!-- Then: The hall. -->\n<!-- generated",
            "page.de.md, line 7: slow has no Then text. Remove the line.",
        ),
    ],
)
def test_untranslated_text(old: str, new: str, message: str) -> None:
    """A missing, old, mislabeled or superfluous translation is reported with what to write."""
    assert untranslated(PAGE.replace(old, new, 1)) == [message]
