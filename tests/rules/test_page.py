"""The page about the rules, docs/rules.md."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

import csr_templates.rules
from csr_templates.rules import IgnoreWithoutReason
from csr_templates.rules.__main__ import ours, page

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


def test_the_page_is_current() -> None:
    """The page says what the rules say. If not: python -m csr_templates.rules > docs/rules.md."""
    assert PAGE.read_text("ascii") == page(ours())


def test_the_command_prints_the_page() -> None:
    """The package prints its page."""
    done = subprocess.run(
        [sys.executable, "-m", "csr_templates.rules"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == page(ours())


def test_every_rule_is_on_the_page_once() -> None:
    """The page has one section per rule, in the order of their numbers."""
    sections = re.findall(r"^### (.+)$", page(ours()), re.MULTILINE)
    ids = [getattr(csr_templates.rules, name)().id for name in csr_templates.rules.__all__]

    assert sections == sorted(ids, key=lambda rule: rule[1:])


def test_no_number_is_given_twice() -> None:
    """E and W share their numbers: a rule can become the other one day."""
    numbers = [rule.id[1:] for rule in ours()]

    assert len(set(numbers)) == len(numbers)


class _Example(CloudFormationLintRule):
    id = "W9999"
    shortdesc = "A * in a_name"
    description = "Write <name>."
    source_url = "https://example.com/page"
    tags = ["one", "two"]  # noqa: RUF012 - the base class declares it like this


def test_texts_are_no_markup() -> None:
    """What Markdown would take for markup is escaped."""
    assert page([_Example()]).endswith(
        "| [W9999](#w9999) | A \\* in a\\_name |\n"
        "\n### W9999\n\n**A \\* in a\\_name.** Write \\<name>.\n\n"
        "[Source](https://example.com/page). Tags: one, two.\n"
    )


def test_the_way_to_silence_a_rule_is_the_right_one(judge: Judge) -> None:
    """The ignore that the page shows is one that has its effect and its reason."""
    (example,) = (
        block for block in re.findall(r"```yaml\n(.*?)```", page([]), re.DOTALL) if "ignore_checks" in block
    )

    assert judge(IgnoreWithoutReason, example) == []
    assert judge(IgnoreWithoutReason, re.sub(r"ignore_reasons:\n.*\n", "", example)) == [
        (
            "Resources/HealthMethod/Metadata/cfn-lint/config",
            "ignore_checks holds W9074 without a reason. Add ignore_reasons: {W9074: why it is fine here}.",
        )
    ]
