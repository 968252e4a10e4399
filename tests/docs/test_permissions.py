"""``docs/permissions.md``: its list of limits of the policies agrees with the corpus of requests."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.hand_over.corpus import requests

from .pages import PERMISSIONS, PERMISSIONS_JA

HEADINGS = {
    PERMISSIONS: "## What the policies cannot limit",
    PERMISSIONS_JA: "## ポリシーでは制限できないこと",
}
BY_HAND = 200  # characters of a line of the English page, which are more than in a line of Japanese


def named(page: Path) -> set[str]:
    """Return the actions that the chapter about limits names."""
    chapter = page.read_text(encoding="utf-8").split(f"{HEADINGS[page]}\n")[1].split("\n## ")[0]
    items = "\n".join(re.findall(r"^ *- .*(?:\n +.*)*", chapter, re.MULTILINE))
    return set(re.findall(r"`([a-z0-9-]+:[A-Z]\w+)`", items))


@pytest.mark.parametrize("page", HEADINGS, ids=lambda page: page.name)
def test_page_and_corpus_have_the_same_limits(page: Path) -> None:
    """What the corpus counts as a limit is named; what is named, the corpus shows to be allowed."""
    asked = requests()
    limits = {one.request.action for one in asked if one.expected == "limit"}
    allowed = {one.request.action for one in asked if one.expected == "may"}

    assert limits - named(page) == set()
    assert named(page) - limits - allowed == set()
    assert len(limits) > 15


def test_lines_are_short() -> None:
    """A reviewer reads lines, not wide cells."""
    lines = PERMISSIONS.read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if len(line) >= BY_HAND or line.startswith("|")] == []
