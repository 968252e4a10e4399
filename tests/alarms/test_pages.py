"""The pages about the scenarios, docs/alarm-scenarios.md and its Japanese version."""

from __future__ import annotations

from pathlib import Path

import pytest

from .scenarios import scenarios
from .write_pages import PAGES, Words, page


@pytest.mark.parametrize(("path", "arguments"), PAGES.items(), ids=lambda value: getattr(value, "name", None))
def test_the_pages_are_current(path: Path, arguments: tuple[str, Words]) -> None:
    """The pages are up to date. If not, run make scenarios."""
    assert path.read_text("utf-8") == page(*arguments)


def test_every_scenario_is_in_both_languages() -> None:
    """A scenario has its sentence, and its note if there is one, in English and Japanese."""
    for one in scenarios():
        assert one.en
        assert one.ja
        assert one.en.isascii()
        assert not one.ja.isascii()
        assert bool(one.note_en) == bool(one.note_ja), one.name
