"""``make scenarios``: runs the scenarios, and writes docs/alarm-scenarios.md and its Japanese version.

``make check`` compares the pages with the results (``--check``). The difference shows which minutes change.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from difflib import unified_diff
from pathlib import Path
from typing import Final, NamedTuple

from tests.data import read_yaml

from .deployed import NO_ONE
from .mutants import every_alarm
from .scenarios import Group, Scenario, Told, groups, result, scenarios
from .timelines import TOPICS, Bar, timeline

DOCS: Final = Path(__file__).parents[2] / "docs"


class Words(NamedTuple):
    """The texts of a page that are not in the scenarios, as in pages.yaml."""

    introduction: str
    columns: list[str]
    on_call: str
    topics: Mapping[str, str]
    event: str
    sources: Mapping[str, str]
    separator: str
    until: str
    earlier: str
    silent: str
    already: str
    without_scenario: str


_WORDS = read_yaml(Path(__file__).with_name("pages.yaml"))
ENGLISH: Final = Words(**_WORDS["en"])
JAPANESE: Final = Words(**_WORDS["ja"])

PAGES: Final = {DOCS / "alarm-scenarios.md": ("en", ENGLISH)}
if (DOCS / "words.ja.json").is_file():  # the team has Japanese pages
    PAGES[DOCS / "alarm-scenarios.ja.md"] = ("ja", JAPANESE)


def page(language: str, words: Words) -> str:
    """Return a page in Markdown."""
    sections = "".join(_section(group, language, words) for group in groups())
    return words.introduction + sections + _without_scenario(words)


def _without_scenario(words: Words) -> str:
    firing: set[str] = set()
    for scenario in scenarios():
        firing |= result(scenario.name).fires.keys()
    idle = [alarm.what for alarm in every_alarm() if alarm.what not in firing and alarm.topic != NO_ONE]
    if not idle:
        return ""
    lines = "".join(f"- {_link(what, words)}\n" for what in idle)
    return f"\n{words.without_scenario}\n{lines}"


def _section(group: Group, language: str, words: Words) -> str:
    """Return the table of a group, and the pictures of its events."""
    with_notes = any(_note(scenario, language) for scenario in group.scenarios)
    columns = words.columns if with_notes else words.columns[:2]
    lines = ["", f"## {_title(group, language)}", ""]
    lines += [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for scenario in group.scenarios:
        cells = [_title(scenario, language), "<br>".join(_notified(scenario, words))]
        if with_notes:
            cells.append(_note(scenario, language))
        lines.append(f"| {' | '.join(cells)} |")
    for scenario in group.scenarios:
        if scenario.timeline:
            picture = timeline(scenario, _bars(scenario, words), words.topics, words.columns[0], words.until)
            lines += ["", f"### {_title(scenario, language)}", "", "```mermaid", *picture, "```"]
    return "\n".join(lines) + "\n"


def _title(what: Group | Scenario, language: str) -> str:
    return what.en if language == "en" else what.ja


def _note(scenario: Scenario, language: str) -> str:
    return scenario.note_en if language == "en" else scenario.note_ja


def _notified(scenario: Scenario, words: Words) -> Iterator[str]:
    """Yield a line for each notified topic."""
    run = result(scenario.name)
    if run.already:
        yield words.already + words.separator.join(_link(what, words) for what in sorted(run.already))
    elif not run.fires:
        yield words.silent
    for topic in TOPICS:
        notifications = []
        for what, told in _in_order(scenario):
            if told.topic == topic:
                name = what if topic == NO_ONE else _link(what, words)
                notifications.append(f"{name} {_minutes(told, words)}")
        if notifications:
            yield f"{words.topics[topic]}: {words.separator.join(notifications)}"


def _bars(scenario: Scenario, words: Words) -> list[Bar]:
    """Return the notifications of a scenario, for its picture."""
    bars = []
    for what, told in _in_order(scenario):
        name = _event(what, words).replace("`", "") if _is_event(what) else what
        bars.append(Bar(f"{name} {_minutes(told, words)}", told, _is_event(what)))
    return bars


def _in_order(scenario: Scenario) -> list[tuple[str, Told]]:
    """Return what fires in a scenario, with its first notification, in the order of time."""
    return sorted(result(scenario.name).fires.items(), key=lambda entry: (entry[1].minutes, entry[0]))


def _minutes(told: Told, words: Words) -> str:
    start = str(told.minutes) if told.minutes >= 0 else words.earlier
    if told.end is None:
        return start
    return start + words.until.format(told.end)


def _link(what: str, words: Words) -> str:
    """Return an alarm with a link to its section of the on-call page, or an event of RDS."""
    return _event(what, words) if _is_event(what) else f"[{what}]({words.on_call}#{what})"


def _is_event(what: str) -> bool:
    return what.startswith("RDS ")


def _event(what: str, words: Words) -> str:
    source, category = what.removeprefix("RDS ").split(" ", 1)
    return words.event.format(category, words.sources[source])


def write() -> int:
    """Write the pages, and return the exit status."""
    for path, arguments in PAGES.items():
        path.write_text(page(*arguments), "utf-8", newline="\n")
        print(f"{path.name}: {len(scenarios())} scenarios.")
    return 0


def check() -> int:
    """Print the difference between the pages and the results, and return the exit status."""
    status = 0
    for path, arguments in PAGES.items():
        name = path.relative_to(DOCS.parent).as_posix()
        old = path.read_text("utf-8") if path.exists() else ""
        if old != (new := page(*arguments)):
            lines = unified_diff(old.split("\n"), new.split("\n"), name, name, n=0, lineterm="")
            print("\n".join(re.sub(r"\]\([^)]*\)", "]", line) for line in lines))  # without the links
            print(f"{name}: not the results of the scenarios. If they are intended, run: make scenarios")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(check() if sys.argv[1:] == ["--check"] else write())
