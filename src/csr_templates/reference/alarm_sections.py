"""The sections of the on-call page, one for each alarm: what people write there, and what is missing.

The heading is the name of the alarm. On an English page, the texts of the alarm are generated from its
description. On a page in another language, they are written in the section, each with the English text that
it translates, which the page does not show:

- 最初に確認: ... <!-- First: ... -->
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from csr_templates.reference import page_lines
from csr_templates.reference.markdown import prose
from csr_templates.reference.page_lines import END_MARKER, start_marker

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from csr_templates.reference.alarms import Alarm
    from csr_templates.reference.words import Words

LABELS: Final = {
    "Users": "Effect on users",
    "First": "Check first",
    "Then": "Then check",
    "Related": "Related",
    "Metric": "Metric",
}
"""Key of an alarm's text -> its label on the page."""


class Translation(NamedTuple):
    """A text of an alarm on a page in another language.

    Attributes:
        line: its number on the page.
        label: before the colon.
        text: in the language of the page.
        english: the text that it translates.
    """

    line: int
    label: str
    text: str
    english: str


class AlarmSection(NamedTuple):
    """What people wrote below a heading of a page.

    Attributes:
        line: number of the heading.
        translations: by the key of the text.
        body: all lines below the heading.
    """

    line: int
    translations: dict[str, Translation]
    body: list[str]


def read(text: str) -> dict[str, AlarmSection]:
    """Return heading -> section of a page."""
    sections: dict[str, AlarmSection] = {}
    section = AlarmSection(0, {}, [])  # above the first heading
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if heading := page_lines.heading(line):
            section = AlarmSection(number, {}, [])
            sections[heading] = section
            continue
        section.body.append(line)
        if translated := page_lines.translation(line):
            section.translations[translated.key] = Translation(
                number, translated.label, translated.text, translated.english
            )
    return sections


def form(alarm: Alarm, words: Words) -> str:
    """Return the section to write for an alarm, indented."""
    lines = [f"### {alarm.name}", ""]
    if words.translated:
        lines += [_line(key, english, words) for key, english in alarm.texts.items()]
        lines.append("")
    lines += [start_marker(f"alarm {alarm.name}"), END_MARKER, ""]
    lines += [f"**{words('Do')}**", "", "1. ...", ""]
    lines.append(f"**{words('Contact')}** ...")
    return "\n".join(f"    {line}".rstrip() for line in lines)


def incomplete(markers: Mapping[str, int], text: str, page: str, words: Words) -> Iterator[str]:
    """Yield a sentence for each part of an alarm's section that is missing on a page."""
    sections = read(text)
    do, contact = words("Do"), words("Contact")
    for name, line in markers.items():
        section = sections.get(name)
        if section is None or start_marker(f"alarm {name}") not in section.body:
            yield (
                f"{page}, line {line}: The heading above this marker is not the name of the alarm, to which "
                f'its notification refers. Write "### {name}".'
            )
            continue
        if not page_lines.has_steps(section.body, do):
            yield (
                f'{page}, section {name}: What to do is missing. Below the table, write "**{do}**", an empty '
                'line, and a list that starts with "1. ".'
            )
        if not page_lines.has_text(section.body, contact):
            yield (
                f"{page}, section {name}: Whom to contact is missing. At the end of the section, write "
                f'"**{contact}** " and whom to contact, and when.'
            )
        for number, text_line in enumerate(section.body, section.line + 1):
            if page_lines.is_unfinished(text_line):
                yield (
                    f'{page}, line {number}: The section {name} is not finished: "{text_line}". Replace the '
                    "dots with the text."
                )


def untranslated(alarm: Alarm, section: AlarmSection, page: str, words: Words) -> Iterator[str]:
    """Yield a sentence for each text of an alarm whose translation is missing, old or superfluous."""
    for key, english in alarm.texts.items():
        translation = section.translations.get(key)
        if translation is None:
            yield (
                f"{page}, section {alarm.name}: The {key} text is not translated. Above the marker, write: "
                f"{_line(key, english, words)}"
            )
        elif translation.english != english:
            yield (
                f"{page}, line {translation.line}: The {key} text of {alarm.name} has changed. Translate it "
                f"again: {_line(key, english, words)}"
            )
        elif translation.label != words(LABELS[key]):
            yield (
                f'{page}, line {translation.line}: found "{translation.label}" before the {key} text; '
                f'allowed: "{words(LABELS[key])}".'
            )
    for key, translation in section.translations.items():
        if key not in alarm.texts:
            yield f"{page}, line {translation.line}: {alarm.name} has no {key} text. Remove the line."


def english_lines(alarm: Alarm, words: Words) -> Iterator[str]:
    """Yield the lines of an alarm's texts on an English page."""
    for key, text in alarm.texts.items():
        yield f"- {words(LABELS[key])}: {prose(text)}"


def _line(key: str, english: str, words: Words) -> str:
    return f"- {words(LABELS[key])}: ... <!-- {key}: {english} -->"
