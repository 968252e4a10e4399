"""The picture of an event: a Gantt chart of Mermaid with its notifications, and their ends.

GitHub draws it in Markdown, in its light and in its dark theme: https://mermaid.js.org/syntax/gantt.html
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from .deployed import CRITICAL, NO_ONE, NORMAL
from .scenarios import Scenario, Told

TOPICS: Final = (CRITICAL, NORMAL, NO_ONE)
# Minute 0. Mermaid needs a date, but the axis only shows hours and minutes.
_START: Final = datetime(2026, 1, 1)
# As wide as a page on GitHub, so that the text is not scaled. The names of the topics are left of the bars.
_SETTINGS: Final = (
    '%%{init: {"gantt": {"useWidth": 880, "leftPadding": 125, "rightPadding": 25, "barHeight": 22, '
    '"barGap": 6, "fontSize": 13, "sectionFontSize": 13}}}%%'
)
# Red, blue and grey, with a text of enough contrast in both themes.
_COLORS: Final = {CRITICAL: "crit", NORMAL: "active", NO_ONE: "done"}
_EVENT_COLOR: Final = "done"


class Bar(NamedTuple):
    """A notification in the picture.

    Attributes:
        text: its name and minutes.
        told: the topic and the minutes.
        is_moment: whether it never ends, such as an event of RDS.
    """

    text: str
    told: Told
    is_moment: bool


def timeline(
    scenario: Scenario, bars: list[Bar], topics: Mapping[str, str], event: str, until: str
) -> list[str]:
    """Return the lines of a chart: a section for the event, and one for each notified topic.

    Args:
        scenario: the event.
        bars: its notifications, in the order of the picture.
        topics: topic -> the name of its section.
        event: the name of the section of the event.
        until: the text of an end, for a minute.
    """
    lines = [_SETTINGS, "gantt", "  dateFormat YYYY-MM-DD HH:mm", "  axisFormat %H:%M", "  todayMarker off"]
    periods = list(_periods(scenario))
    last = _last_minute(periods, bars)
    if periods:
        lines.append(f"  section {event}")
    for first, end in periods:
        lines.append(_line(f"{first}{until.format(end)}", _EVENT_COLOR, first, end))
    for topic in TOPICS:
        of_topic = [bar for bar in bars if bar.told.topic == topic]
        if of_topic:
            lines.append(f"  section {topics[topic]}")
        for bar in of_topic:
            first = max(bar.told.minutes, 0)
            if bar.is_moment:
                lines.append(_line(bar.text, f"{_COLORS[topic]}, milestone", first, first))
            else:
                end = last if bar.told.end is None else bar.told.end
                lines.append(_line(bar.text, _COLORS[topic], first, end))
    return lines


def _periods(scenario: Scenario) -> Iterator[tuple[int, int]]:
    """Yield the first and the last minute of each different period of the event."""
    periods = {(first, scenario.minutes if end is None else end) for first, end, _, _ in scenario.changes}
    yield from sorted(periods)


def _last_minute(periods: list[tuple[int, int]], bars: list[Bar]) -> int:
    """Return the end of the picture: five minutes after all else if a notification does not end."""
    minutes = [end for _, end in periods]
    minutes += [bar.told.minutes for bar in bars]
    minutes += [bar.told.end for bar in bars if bar.told.end is not None]
    last = max(minutes)
    if all(bar.told.end is not None or bar.is_moment for bar in bars):
        return last
    return last + 5


def _line(text: str, tags: str, first: int, end: int) -> str:
    return f"  {text} :{tags}, {_time(first)}, {_time(end)}"


def _time(minute: int) -> str:
    return (_START + timedelta(minutes=minute)).strftime("%Y-%m-%d %H:%M")
