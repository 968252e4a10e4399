"""Writes the generated tables into the pages of a folder, and into the README beside it.

``*.md`` is in English, ``*.ja.md`` in Japanese with the words of ``words.ja.json``, and so on.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from cfn_analysis.model.resolving import ResolveError
from csr_templates.assembly import folder as folders
from csr_templates.assembly.cost_tables import cost_tables
from csr_templates.assembly.folder import OutputError
from csr_templates.environments.files import read_flat
from csr_templates.reference import alarm_sections, markers
from csr_templates.reference.markers import START, PageError
from csr_templates.reference.on_call import ALARM_MARKER, INDEX
from csr_templates.reference.tables import SETTINGS, Tables
from csr_templates.reference.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from csr_templates.assembly.files import Assembly
    from csr_templates.reference.alarm_sections import AlarmSection
    from csr_templates.reference.alarms import Alarm
    from csr_templates.reference.markers import MarkedSection

_LANGUAGE: Final = re.compile(r".*\.([a-z]{2})\.md")
_OPTIONAL: Final = {"cost-by-stack"}  # repeats sums of another table


@dataclass(frozen=True)
class Pages:
    """The pages with generated tables, by path in the folder.

    Attributes:
        folder: their folder.
        found: their content.
        wanted: their new content.
        untranslated: a sentence for each missing translation; the pages show the English word.
        mistakes: a sentence for each mistake in a page, its markers or its words. Without mistakes, the
            pages can be written.
    """

    folder: Path
    found: Mapping[str, bytes]
    wanted: Mapping[str, bytes]
    untranslated: tuple[str, ...]
    mistakes: tuple[str, ...]

    @property
    def stale(self) -> tuple[str, ...]:
        """The pages that are not up to date."""
        return tuple(name for name, data in self.wanted.items() if data != self.found[name])

    @property
    def unchanged(self) -> tuple[str, ...]:
        """The pages that are up to date."""
        return tuple(name for name in self.wanted if name not in self.stale)

    def difference(self, name: str) -> str:
        """Return a stale page's unified diff."""
        path = Path(os.path.normpath(self.folder / name))
        return folders.unified(path.as_posix(), self.found[name], self.wanted[name])


def plan(assembly: Assembly, folder: Path) -> Pages:
    """Return the pages of a folder with their current and new content, without writing.

    Pages in a language without ``words.<language>.json`` are ignored.

    Raises:
        OutputError: a page cannot be read.
    """
    with _errors_as_sentences("read", folder):
        try:
            tables = _tables(assembly, folder)
        except PageError as error:
            return Pages(folder, {}, {}, (), (str(error),))
        except ResolveError as error:  # may be among the problems of the assembly already
            return Pages(folder, {}, {}, (), (str(error),) if assembly.is_clean else ())
        languages, mistakes = _languages(folder, tables)
        for language in languages:
            mistakes += language.mistakes(tables)
            language.read_translations(tables.alarms)
        pages = [(page, language) for language in languages for page in language.pages]
        names = {page.path: Path(os.path.relpath(page.path, folder)).as_posix() for page, _ in pages}
        pages.sort(key=lambda page: names[page[0].path])
        wanted: dict[str, bytes] = {}
        for page, language in pages:
            write = partial(tables.write, page=page.path.as_posix(), words=language.words)
            table = partial(_table, write=write, mistakes=mistakes)
            wanted[names[page.path]] = markers.rewrite(page.text, page.sections, table).encode()
        found = {names[page.path]: page.text.encode() for page, _ in pages}
        untranslated = [line for language in languages for line in language.untranslated(tables)]
        return Pages(folder, found, wanted, tuple(untranslated), tuple(dict.fromkeys(mistakes)))


def _languages(folder: Path, tables: Tables) -> tuple[list[_Language], list[str]]:
    """Return the languages with their pages, and a sentence for each page or word that cannot be read."""
    languages = {"": _Language(Words(), folder / "*.md")}
    mistakes: list[str] = []
    for path in sorted(folder.glob("words.??.json")):
        name = path.name.split(".")[1]
        words, wrong = _words(path)
        mistakes += wrong
        languages[name] = _Language(words, folder / f"*.{name}.md")
    readmes = Path(os.path.normpath(folder / "..")).glob("README*.md")
    marked = [path for path in readmes if START.partition("{")[0].encode() in path.read_bytes()]
    for path in sorted([*folder.glob("*.md"), *marked]):
        match = _LANGUAGE.fullmatch(path.name)
        if language := languages.get(match[1] if match else ""):
            mistakes += language.add(path, tables.names)
    return [*languages.values()], mistakes


class _Page(NamedTuple):
    path: Path
    text: str
    sections: Sequence[MarkedSection]


class _Language:
    """The pages in a language.

    Attributes:
        words: its words.
        pattern: the pattern of its pages.
        pages: those with generated tables.
        is_complete: whether all its pages could be read.
    """

    def __init__(self, words: Words, pattern: Path) -> None:
        self.words = words
        self.pattern = pattern.as_posix()
        self.pages: list[_Page] = []
        self.is_complete = True

    def add(self, path: Path, known: Collection[str]) -> list[str]:
        """Add a page, if it has generated tables; return a sentence for each mistake in its markers."""
        try:
            text = path.read_bytes().decode()
        except UnicodeDecodeError as error:
            self.is_complete = False
            return [f"{path.as_posix()}: byte {error.start} is not UTF-8. Save it as UTF-8."]
        sections, mistakes = markers.sections(text, path.as_posix(), known)
        self.is_complete &= not mistakes
        if sections:
            self.pages.append(_Page(path, text, sections))
        return mistakes

    def read_translations(self, alarms: Mapping[str, Alarm]) -> None:
        """Take the texts of the alarms from the pages, unless they translate another English text."""
        for name, section in self._translated(alarms):
            for key, text in alarm_sections.current(alarms[name], section):
                self.words.alarms[name, key] = text

    def mistakes(self, tables: Tables) -> Iterator[str]:
        """Yield a sentence for each table that is missing or on two pages, and each incomplete section."""
        places: dict[str, tuple[str, int]] = {}
        for page in self.pages:
            name = page.path.as_posix()
            for section in page.sections:
                first, line = places.setdefault(section.name, (name, section.start))
                if section.name != SETTINGS and (first, line) != (name, section.start):
                    yield (
                        f"{name}, line {section.start}: The table {section.name} is already in {first}, line "
                        f"{line}. Remove one of the two."
                    )
            yield from alarm_sections.incomplete(_alarm_markers(page), page.text, name, self.words)
        absent = [name for name in tables.names if name not in places and name not in _OPTIONAL]
        others = [START.format(name) for name in absent if not name.startswith(ALARM_MARKER)]
        if others and self.is_complete:
            yield f"{self.pattern}: No page has {' or '.join(others)}. Restore removed markers."
        if INDEX in places or self.is_complete:  # the page with the sections was read
            on_call, _ = places.get(INDEX, (self.pattern, 0))
            for alarm in tables.alarms.values():
                if f"{ALARM_MARKER}{alarm.name}" in absent:
                    yield (
                        f"{on_call}: The alarm {alarm.name} has no section. Add it, and complete the "
                        f"dots:\n\n{alarm_sections.form(alarm, self.words)}\n"
                    )

    def untranslated(self, tables: Tables) -> Iterator[str]:
        """Yield a sentence for each missing translation."""
        if not self.words.translated:
            return
        for page in self.pages:
            sections = alarm_sections.read(page.text)
            for name in _alarm_markers(page):
                if name in sections:
                    yield from alarm_sections.untranslated(
                        tables.alarms[name], sections[name], page.path.as_posix(), self.words
                    )
        for word in self.words.missing:
            yield (
                f"{self.words.file}: {json.dumps(word, ensure_ascii=False)} is missing, so the pages show "
                "the English text. Add the translation."
            )

    def _translated(self, alarms: Mapping[str, Alarm]) -> Iterator[tuple[str, AlarmSection]]:
        for page in self.pages if self.words.translated else ():
            for name, section in alarm_sections.read(page.text).items():
                if name in alarms:
                    yield name, section


def _alarm_markers(page: _Page) -> dict[str, int]:
    """Return alarm -> number of the line with its marker."""
    return {
        section.name.removeprefix(ALARM_MARKER): section.start
        for section in page.sections
        if section.name.startswith(ALARM_MARKER)
    }


def _table(
    section: MarkedSection,
    lines: Sequence[str],
    write: Callable[[MarkedSection, Sequence[str]], Sequence[str]],
    mistakes: list[str],
) -> Sequence[str]:
    """Return the lines of a table; the current ones if it has a mistake, which is added to the others."""
    with _collected(mistakes):
        return write(section, lines)
    return lines


@contextmanager
def _collected(mistakes: list[str]) -> Iterator[None]:
    """Add the mistake of a page to the others, so that a build reports all of them."""
    try:
        yield
    except PageError as error:
        mistakes += str(error).split("\n")


def write(pages: Pages) -> None:
    """Replace each stale page.

    Raises:
        OutputError: a page cannot be written.
    """
    with _errors_as_sentences("write to", pages.folder):
        for name in pages.stale:
            folders.replace((pages.folder / name).resolve(), pages.wanted[name])


def _tables(assembly: Assembly, folder: Path) -> Tables:
    environments = {environment.name: environment.parameters for environment in assembly.environments}
    for environment in assembly.environments:
        if environment.is_production:
            cost = cost_tables(folder, assembly.stacks, environments, environment.name)
            return Tables(assembly.stacks, environments, environment.name, cost)
    raise PageError(
        "The pages show the values of production, but no parameter file is for production. Specify a folder "
        "with one: --parameters DIR. Or remove --pages."
    )


def _words(path: Path) -> tuple[Words, list[str]]:
    """Return the words of a file, and a sentence for each one that is wrong."""
    values, mistakes = read_flat(path)
    texts = {key: value for key, value in (values or {}).items() if isinstance(value, str) and value}
    wrong = [
        f"{path.as_posix()}: {json.dumps(key)}: The value must be a text that is not empty."
        for key in values or {}
        if key not in texts
    ]
    return Words(texts, path.as_posix()), [*map(str, mistakes), *wrong]


@contextmanager
def _errors_as_sentences(action: str, folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"Cannot {action} the pages in {folder}: {error.strerror or error} ({error.filename or folder}). "
            "Make sure that you can read and write them, then build again."
        ) from error
