"""``docs/hand-over.md``: its list of limits of the policies agrees with the corpus of requests."""

import re
from pathlib import Path

import pytest

from tests.csr_templates.hand_over.corpus import requests

from .pages import HAND_OVER, HAND_OVER_JA, in_each_language

HEADINGS = {
    HAND_OVER: "### What the policies cannot limit",
    HAND_OVER_JA: "### ポリシーでは制限できないこと",
}


def named(page: Path) -> set[str]:
    """Return the actions that the section about limits names."""
    section = page.read_text(encoding="utf-8").split(f"{HEADINGS[page]}\n")[1].split("\n#")[0]
    items = "\n".join(re.findall(r"^- .*(?:\n +.*)*", section, re.MULTILINE))
    return set(re.findall(r"`([a-z0-9-]+:[A-Z]\w+)`", items))


@pytest.mark.parametrize("page", in_each_language(*HEADINGS), ids=lambda page: page.name)
def test_page_and_corpus_have_the_same_limits(page: Path) -> None:
    """What the corpus counts as a limit is named; what is named, the corpus shows to be allowed."""
    cases = requests()
    limits = {case.request.action for case in cases if case.expected == "limit"}
    allowed = {case.request.action for case in cases if case.expected == "may"}

    assert limits - named(page) == set()
    assert named(page) - limits - allowed == set()
    assert len(limits) > 15
