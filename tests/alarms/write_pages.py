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

from .deployed import CRITICAL, NO_ONE, NORMAL
from .mutants import every_alarm
from .scenarios import Group, Scenario, groups, result, scenarios

DOCS: Final = Path(__file__).parents[2] / "docs"


class Words(NamedTuple):
    """The texts of a page that are not in the scenarios, as in pages.yaml."""

    introduction: str
    columns: list[str]
    on_call: str
    topics: Mapping[str, str]
    event: str
    sources: Mapping[str, str]
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
    firing = {what for scenario in scenarios() for what in result(scenario.name).fires}
    idle = [alarm.what for alarm in every_alarm() if alarm.what not in firing and alarm.topic != NO_ONE]
    lines = "".join(f"- {_name(what, words)}\n" for what in idle)
    return f"\n{words.without_scenario}\n{lines}" if idle else ""


def _section(group: Group, language: str, words: Words) -> str:
    with_notes = any(_note(one, language) for one in group.scenarios)
    columns = words.columns if with_notes else words.columns[:2]
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for one in group.scenarios:
        cells = [one.en if language == "en" else one.ja, "<br>".join(_told(one, words))]
        cells += [_note(one, language)] if with_notes else []
        lines.append(f"| {' | '.join(cells)} |")
    title = group.en if language == "en" else group.ja
    return f"\n## {title}\n\n" + "\n".join(lines) + "\n"


def _note(scenario: Scenario, language: str) -> str:
    return scenario.note_en if language == "en" else scenario.note_ja


def _told(scenario: Scenario, words: Words) -> Iterator[str]:
    """Yield a line for each notified topic."""
    found = result(scenario.name)
    if found.already:
        yield words.already + ", ".join(_name(what, words) for what in sorted(found.already))
    elif not found.fires:
        yield words.silent
    for topic in (CRITICAL, NORMAL, NO_ONE):
        told = sorted((one.minutes, what, one.end) for what, one in found.fires.items() if one.topic == topic)
        if told:
            yield f"{words.topics[topic]}: " + ", ".join(
                f"{what if topic == NO_ONE else _name(what, words)} "
                + (str(minutes) if minutes >= 0 else words.earlier)
                + ("" if end is None else words.until.format(end))
                for minutes, what, end in told
            )


def _name(what: str, words: Words) -> str:
    if not what.startswith("RDS "):
        return f"[{what}]({words.on_call}#{what})"
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
