"""``docs/on-call.md``: read at night, on a phone, by someone who was just woken up."""

import re
from pathlib import Path
from typing import Any

import pytest

from csr_templates import STACKS
from csr_templates.operating.command_line import COMMANDS
from tests.system import DEFAULT_PROJECT, PROJECT

from .pages import (
    JAPANESE,
    ON_CALL,
    ON_CALL_JA,
    TROUBLESHOOTING,
    TROUBLESHOOTING_JA,
    in_each_language,
    read,
    slug,
)

each_page = pytest.mark.parametrize("path", in_each_language(ON_CALL, ON_CALL_JA), ids=lambda path: path.name)


def sections(text: str) -> dict[str, str]:
    """Return heading -> text of the sections that have the name of an alarm."""
    parts = re.split(r"^### ", text, flags=re.MULTILINE)[1:]
    named = (part.split("\n", 1) for part in parts)
    return {
        title: re.split(r"^## ", body, flags=re.MULTILINE)[0] for title, body in named if " " not in title
    }


@each_page
def test_page_fits_a_phone(path: Path) -> None:
    """There is nothing to scroll sideways: neither a table nor a block of commands, but one picture."""
    page = read(path)

    assert page.tables == []
    assert [block.language for block in page.blocks] == ["mermaid"]
    assert len(sections(path.read_text("utf-8"))) > 20


@each_page
def test_dashboards_are_one_tap_away(path: Path, production: dict[str, dict[str, Any]]) -> None:
    """The links lead to the dashboards of production, each in its region."""
    text = path.read_text("utf-8")
    for stack in STACKS:
        console = f"https://{stack.region}.console.aws.amazon.com/cloudwatch/home?region={stack.region}"
        for resource in production[stack.name]["Resources"].values():
            if resource["Type"] == "AWS::CloudWatch::Dashboard":
                name = resource["Properties"]["DashboardName"].replace(PROJECT, DEFAULT_PROJECT)
                assert f"[{stack.name}]({console}#dashboards/dashboard/{name})" in text


def test_commands_in_the_alarms_exist(production: dict[str, dict[str, Any]]) -> None:
    """An alarm names only commands that the policy of the person on call allows."""
    named: set[str] = set()
    for stack in production.values():
        for resource in stack["Resources"].values():
            if resource["Type"] == "AWS::CloudWatch::Alarm":
                description = resource["Properties"].get("AlarmDescription", "")
                named.update(re.findall(r"\(([a-z]+(?:-[a-z]+)+)\)", description))

    assert named
    assert named - {command.name for command in COMMANDS if command.is_on_call} == set()


@pytest.mark.parametrize(
    ("path", "troubleshooting"),
    [(ON_CALL, TROUBLESHOOTING), *([(ON_CALL_JA, TROUBLESHOOTING_JA)] if JAPANESE else [])],
    ids=["english", "japanese"],
)
def test_each_situation_is_one_click_away(path: Path, troubleshooting: Path) -> None:
    """Every section about a problem is linked from an alarm or from the index by symptom."""
    sections = {slug(title) for level, title in read(troubleshooting).headings if level > 1}
    linked = {link.partition("#")[2] for link in read(path).links() if link.startswith(troubleshooting.name)}

    assert len(sections) > 15
    assert sections - linked == set(), (
        f"{path.name} does not link these sections of {troubleshooting.name}. Link each from an alarm or "
        "from the index by symptom, or remove the section."
    )
