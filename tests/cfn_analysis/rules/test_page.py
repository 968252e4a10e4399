"""The index of the rules, docs/rules.md."""

import re

import pytest

from cfn_analysis.rules import RULES, next_number
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
        (rule.id.lower(), rule.id, write_page.escaped(rule.shortdesc), rule.fault_class) for rule in RULES
    ]


def test_texts_are_not_markup() -> None:
    """What Markdown would take for markup is escaped."""
    assert write_page.escaped("A * in a_name, <b> or `c` | d") == "A \\* in a\\_name, \\<b> or \\`c\\` \\| d"


@pytest.mark.parametrize(
    ("used", "expected"),
    [([9900, 9902, 9919], None), ([9900, 9902, 9920], 9903), ([], 9900)],  # 9920 is of the next block
)
def test_next_number(used: list[int], expected: int | None) -> None:
    """The number after the last rule of a block is free, unless it belongs to the next block."""
    assert next_number(range(9900, 9920), used) == expected


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
