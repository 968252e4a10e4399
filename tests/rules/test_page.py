"""The page about the rules, docs/rules.md."""

from __future__ import annotations

import re

from csr_templates.rules import RULES
from csr_templates.rules.template.ignore_without_reason import IgnoreWithoutReason

from . import harness, write_page


def test_the_page_is_current() -> None:
    """The page says what the rules and their tables say. If not: make rules."""
    assert write_page.PAGE.read_text("ascii") == write_page.page()


def test_every_rule_has_a_section() -> None:
    """The page has one section per rule, in the order of their numbers."""
    assert re.findall(r"^### (\w+)$", write_page.PAGE.read_text("ascii"), re.M) == [rule.id for rule in RULES]


def test_the_examples_are_what_they_are_called() -> None:
    """A rule finds in its bad example on the page what it finds in the test, and nothing in the good one."""
    for text in write_page.PAGE.read_text("ascii").split("\n### ")[1:]:
        rule = next(made() for made in RULES if made.id == text[:5])
        module = harness.tables_of(harness.file_of_tests(rule))
        rows = [next(harness.cases(module.BAD)), next(harness.cases(module.GOOD))]
        examples = re.findall(r"^(?:Bad|Good)\b[^\n]*:\n\n```yaml\n(.*?)```", text, re.M | re.DOTALL)
        for case, example in zip(rows, examples, strict=True):
            assert harness.findings(rule, example, case.regions, case.parameters) == case.expected


def test_texts_are_not_markup() -> None:
    """What Markdown would take for markup is escaped."""
    assert write_page.escaped("A * in a_name, <b> or `c` | d") == "A \\* in a\\_name, \\<b> or \\`c\\` \\| d"


def test_the_next_free_number_follows_the_last() -> None:
    """The number after the last rule of a folder is free."""
    taken = {int(rule.id[1:]) for rule in RULES}

    assert write_page.next_free("logs") - 1 in taken
    assert write_page.next_free("logs") not in taken


def test_the_way_to_silence_a_rule_is_the_right_one() -> None:
    """The ignore that the page shows is one that has its effect and its reason."""
    (example,) = re.findall(r"```yaml\n(Resources:\n.*?)```", write_page.INTRODUCTION, re.DOTALL)

    assert harness.findings(IgnoreWithoutReason(), example) == []
    assert harness.findings(IgnoreWithoutReason(), re.sub(r"ignore_reasons:\n.*\n", "", example)) == [
        (
            "Resources/HealthMethod/Metadata/cfn-lint/config",
            "ignore_checks contains W9524 without a reason. Add ignore_reasons: {W9524: why it is fine "
            "here}.",
        )
    ]
