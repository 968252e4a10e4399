"""The index of the rules, docs/rules.md."""

import re

import pytest

from cfn_analysis.rules import RULES
from cfn_analysis.rules.support.numbers import NUMBERS, REMOVED, REPLACED, next_number, ranges_text
from cfn_analysis.rules.template.ignore_without_reason import IgnoreWithoutReason

from . import harness, write_page


def test_the_page_is_current() -> None:
    """The page says what the rules say. If not: make rules."""
    assert write_page.PAGE.read_text("ascii") == write_page.page()


def test_every_rule_has_a_row() -> None:
    """The page has one row per rule, with an anchor, a title and a class, in the order of the services."""
    rows = re.findall(
        r'^\| <a id="(\w+)"></a>\[(\w+)\]\(\S+\) \| (.+) \| (\w+) \| \[source\]\(https:\S+\) \|$',
        write_page.page(),
        re.MULTILINE,
    )

    assert sorted(rows, key=lambda row: row[0][1:]) == [
        (rule.id.lower(), rule.id, write_page.escaped(rule.shortdesc), rule.finding_class) for rule in RULES
    ]


def test_texts_are_not_markup() -> None:
    """What Markdown would take for markup is escaped."""
    assert write_page.escaped("A * in a_name, <b> or `c` | d") == "A \\* in a\\_name, \\<b> or \\`c\\` \\| d"


@pytest.mark.parametrize(
    ("used", "expected"),
    [
        ([9900, 9902], 9903),
        ([9900, 9903], 9950),
        ([9900, 9903, 9950], None),
        ([9900, 9902, 9949], 9903),  # a number of another folder
        ([], 9900),
    ],
)
def test_next_number(monkeypatch: pytest.MonkeyPatch, used: list[int], expected: int | None) -> None:
    """The number after the last rule of a folder is free, and may be in the folder's second range."""
    monkeypatch.setitem(NUMBERS, "glue", (*range(9900, 9904), 9950))

    assert next_number("glue", used) == expected


def test_every_folder_has_room() -> None:
    """A new rule of any service gets a number without a change of the blocks."""
    used = {int(rule.id[1:]) for rule in RULES}

    full = [folder for folder in NUMBERS if next_number(folder, used) is None]
    assert not full, f"Give more numbers to {', '.join(full)} in NUMBERS of rules/support/numbers.py."


def test_each_retired_rule_has_a_row_and_its_successor_exists() -> None:
    """A number of an old finding or suppression can be looked up on the page."""
    page, ids = write_page.page(), {rule.id for rule in RULES}

    assert [
        name for name in (*REPLACED, *REMOVED) if f'<a id="{name.lower()}"></a>{name} |' not in page
    ] == []
    assert set(REPLACED.values()) <= ids
    assert (set(REPLACED) | set(REMOVED)) & ids == set()
    assert REPLACED.keys() & REMOVED.keys() == set()


def test_ranges_in_words() -> None:
    """Consecutive numbers are a range, others are alone."""
    assert ranges_text((9780, 9781, 9782, 9794)) == "9780 to 9782, 9794"


def test_a_rule_without_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule and the missing file are named."""
    assert write_page.untested() == []

    lost = write_page.PAGE.parent.with_name("tests") / "test_lost.py"
    monkeypatch.setattr(write_page, "file_of_tests", lambda _: lost)
    monkeypatch.setattr(write_page, "RULES", [IgnoreWithoutReason])

    assert write_page.untested() == [
        "W9500: tests/test_lost.py does not exist. Create it, with the tables good and bad."
    ]


def test_the_way_to_silence_a_rule_is_the_right_one() -> None:
    """The ignore that the page shows is one that has its effect and its reason."""
    (example,) = re.findall(r"```yaml\n(Resources:\n.*?)```", write_page.TEXT, re.DOTALL)

    assert harness.findings(IgnoreWithoutReason(), example) == []
    assert harness.findings(IgnoreWithoutReason(), re.sub(r"ignore_reasons:\n.*\n", "", example)) == [
        (
            "Resources/HealthMethod/Metadata/cfn-lint/config",
            "ignore_checks contains W9524 without a reason. Add ignore_reasons: {W9524: why it is fine "
            "here}.",
        )
    ]
