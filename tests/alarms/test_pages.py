"""The pages about the scenarios, docs/alarm-scenarios.md and its Japanese version."""

import re
from pathlib import Path

import pytest

from . import write_pages
from .deployed import CRITICAL, NORMAL
from .mutants import every_alarm
from .scenarios import Told, result, scenarios
from .timelines import Bar, timeline
from .write_pages import ENGLISH, JAPANESE, PAGES, Words

TOPICS = ENGLISH.topics


@pytest.mark.acceptance
@pytest.mark.parametrize("words", [ENGLISH, JAPANESE], ids=["English", "Japanese"])
def test_an_alarm_that_no_event_triggers_is_listed(words: Words, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page ends with the alarms that fire in none of its events."""
    idle = next(every_alarm())._replace(what="idle")
    monkeypatch.setattr(write_pages, "every_alarm", lambda: iter([idle]))

    assert write_pages.page("en", words).endswith(f"- [idle]({words.on_call}#idle)\n")


def without_links(text: str) -> str:
    """Return a row without the addresses of its links."""
    return re.sub(r"\(on-call\.md#[\w-]+\)", "", text)


def test_changed_results_are_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The check shows the row whose minutes change, without links, and what to run. Then it succeeds."""
    path = tmp_path / "docs" / "page.md"
    path.parent.mkdir()
    monkeypatch.setattr(write_pages, "DOCS", path.parent)
    monkeypatch.setattr(write_pages, "PAGES", {path: ("en", ENGLISH)})
    write_pages.write()
    current = path.read_text("utf-8")
    row = next(line for line in current.split("\n") if re.search(r"\) \d+ to \d+", line))
    earlier = re.sub(r"\) (\d+) to ", r") 9\1 to ", row)
    path.write_text(current.replace(row, earlier), "utf-8")
    capsys.readouterr()

    assert write_pages.check() == 1
    shown = capsys.readouterr().out.split("\n")
    assert [f"-{without_links(earlier)}", f"+{without_links(row)}"] == shown[3:5]
    assert shown[-2].endswith("If they are intended, run: make scenarios")
    path.write_text(current, "utf-8")
    assert write_pages.check() == 0


@pytest.mark.skipif(len(PAGES) == 1, reason="The team has no Japanese pages.")
def test_every_scenario_is_in_both_languages() -> None:
    """A scenario has its sentence, and its note if there is one, in English and Japanese."""
    for scenario in scenarios():
        assert scenario.en
        assert scenario.ja
        assert scenario.en.isascii()
        assert not scenario.ja.isascii()
        assert bool(scenario.note_en) == bool(scenario.note_ja), scenario.name


def test_ten_events_have_a_picture() -> None:
    """Each of them notifies the critical topic."""
    events = [scenario for scenario in scenarios() if scenario.timeline]

    assert len(events) == 10
    for event in events:
        topics = {told.topic for told in result(event.name).fires.values()}
        assert CRITICAL in topics, event.name


def test_a_picture_has_what_the_simulation_found() -> None:
    """A bar from the notification to its end; a moment is a diamond, and a bar without end is the longest."""
    event = next(scenario for scenario in scenarios() if scenario.timeline)
    event = event._replace(changes=((0, 30, 1, {}),))
    bars = [
        Bar("api-5xx 1 to 6", Told(CRITICAL, 1, 6), False),
        Bar("RDS event 2", Told(CRITICAL, 2), True),
        Bar("api-quota 70", Told(NORMAL, 70), False),
        Bar("earlier", Told(NORMAL, -5, 3), False),
    ]

    lines = timeline(event, bars, TOPICS, "Event", " to {}")

    assert lines[5:] == [
        "  section Event",
        "  0 to 30 :done, 2026-01-01 00:00, 2026-01-01 00:30",
        "  section critical",
        "  api-5xx 1 to 6 :crit, 2026-01-01 00:01, 2026-01-01 00:06",
        "  RDS event 2 :crit, milestone, 2026-01-01 00:02, 2026-01-01 00:02",
        "  section normal",
        "  api-quota 70 :active, 2026-01-01 01:10, 2026-01-01 01:15",
        "  earlier :active, 2026-01-01 00:00, 2026-01-01 00:03",
    ]
