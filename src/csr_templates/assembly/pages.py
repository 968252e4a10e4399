"""Writes the generated tables into the pages of a folder, and into the README beside it.

``*.md`` is in English, ``*.ja.md`` in Japanese with the words of ``words.ja.json``, and so on.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from cfn_analysis.model.resolving import ResolveError
from csr_templates.assembly import folder as folders
from csr_templates.assembly.cost_tables import cost_tables
from csr_templates.assembly.folder import OutputError
from csr_templates.environments.files import read_flat
from csr_templates.reference import alarm_sections, markers, page_lines
from csr_templates.reference.markers import PageError
from csr_templates.reference.on_call import ALARM_MARKER, INDEX
from csr_templates.reference.tables import SETTINGS, Tables
from csr_templates.reference.words import Words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from csr_templates.assembly.files import Assembly
    from csr_templates.reference.markers import MarkedSection

_LANGUAGE: Final = re.compile(r".*\.([a-z]{2})\.md")
_OPTIONAL: Final = {"cost-by-stack"}  # repeats sums of another table


@dataclass(frozen=True)
class Pages:
    """The pages with generated tables, by path in the folder.

    Attributes:
        folder: their folder.
        current: their content.
        rewritten: their new content.
        untranslated: a sentence for each missing translation; the pages show the English word.
        findings: a sentence for each error in a page, its markers or its words. Without findings, the pages
            can be written.
    """

    folder: Path
    current: Mapping[str, bytes]
    rewritten: Mapping[str, bytes]
    untranslated: tuple[str, ...]
    findings: tuple[str, ...]

    @property
    def stale(self) -> tuple[str, ...]:
        """The pages that are not up to date."""
        return tuple(name for name, data in self.rewritten.items() if data != self.current[name])

    @property
    def unchanged(self) -> tuple[str, ...]:
        """The pages that are up to date."""
        return tuple(name for name in self.rewritten if name not in self.stale)

    def difference(self, name: str) -> str:
        """Return a stale page's unified diff."""
        path = Path(os.path.normpath(self.folder / name))
        return folders.unified(path.as_posix(), self.current[name], self.rewritten[name])


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
        return _with_tables(folder, tables)


def _with_tables(folder: Path, tables: Tables) -> Pages:
    """Return the pages of a folder with these tables."""
    languages, findings = _languages(folder, tables)
    for language in languages:
        findings += language.findings(tables)
    pages: list[tuple[str, _Page, _Language]] = []
    for language in languages:
        pages += [(page.name, page, language) for page in language.pages]
    pages.sort(key=lambda entry: entry[0])
    current: dict[str, bytes] = {}
    rewritten: dict[str, bytes] = {}
    for name, page, language in pages:
        current[name] = page.text.encode()
        rewritten[name] = _rewritten(page, tables, language.words, findings).encode()
    untranslated: list[str] = []
    for language in languages:
        untranslated += language.untranslated(tables)
    return Pages(folder, current, rewritten, tuple(untranslated), tuple(dict.fromkeys(findings)))


def _rewritten(page: _Page, tables: Tables, words: Words, findings: list[str]) -> str:
    """Return the text of a page with its tables; a table with an error is unchanged, and a finding."""

    def write(section: MarkedSection, lines: Sequence[str]) -> Sequence[str]:
        try:
            return tables.write(section, lines, page.path.as_posix(), words)
        except PageError as error:
            findings.extend(str(error).split("\n"))
            return lines

    return markers.rewrite(page.text, page.sections, write)


def _languages(folder: Path, tables: Tables) -> tuple[list[_Language], list[str]]:
    """Return the languages with their pages, and a sentence for each page or word that cannot be read."""
    languages = {"": _Language(Words(), folder, "*.md")}
    findings: list[str] = []
    for path in sorted(folder.glob("words.??.json")):
        name = path.name.split(".")[1]
        words, findings_of_words = _words(path)
        findings += findings_of_words
        languages[name] = _Language(words, folder, f"*.{name}.md")
    for path in sorted([*folder.glob("*.md"), *_marked_readmes(folder)]):
        match = _LANGUAGE.fullmatch(path.name)
        language = languages.get(match[1] if match else "")
        if language:
            findings += language.add(path, tables.names)
    return [*languages.values()], findings


def _marked_readmes(folder: Path) -> list[Path]:
    """Return the READMEs beside a folder that have generated tables; other projects' have none."""
    start = page_lines.start_marker("").removesuffix(" -->").encode()
    readmes = Path(os.path.normpath(folder / "..")).glob("README*.md")
    return [path for path in readmes if start in path.read_bytes()]


class _Page(NamedTuple):
    """A page with generated tables.

    Attributes:
        path: its path.
        name: its path in the folder of the pages.
        text: its content.
        sections: where its tables are.
    """

    path: Path
    name: str
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

    def __init__(self, words: Words, folder: Path, pattern: str) -> None:
        self.words = words
        self.pattern = (folder / pattern).as_posix()
        self.pages: list[_Page] = []
        self.is_complete = True
        self._folder = folder

    def add(self, path: Path, names: Collection[str]) -> list[str]:
        """Add a page, if it has generated tables; return a sentence for each wrong marker in it.

        ``names`` are those of the tables.
        """
        try:
            text = path.read_bytes().decode()
        except UnicodeDecodeError as error:
            self.is_complete = False
            return [f"{path.as_posix()}: byte {error.start} is not UTF-8. Save it as UTF-8."]
        sections, findings = markers.sections(text, path.as_posix(), names)
        if findings:
            self.is_complete = False
        if sections:
            name = Path(os.path.relpath(path, self._folder)).as_posix()
            self.pages.append(_Page(path, name, text, sections))
        return findings

    def findings(self, tables: Tables) -> Iterator[str]:
        """Yield a sentence for each table that is missing or on two pages, and each incomplete section."""
        places: dict[str, tuple[str, int]] = {}  # table -> its first page and line
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
        yield from self._missing_tables(tables, places.keys())
        if INDEX in places:
            yield from self._missing_alarms(tables, places.keys(), page_name=places[INDEX][0])
        elif not any(name.startswith(ALARM_MARKER) for name in places):
            return  # the whole page is missing, not each of its sections
        elif self.is_complete:  # the page with the sections was read
            yield from self._missing_alarms(tables, places.keys(), page_name=self.pattern)

    def _missing_tables(self, tables: Tables, on_pages: Collection[str]) -> Iterator[str]:
        """Yield a sentence for the tables, except those of alarms, that are not on a page."""
        missing = [
            page_lines.start_marker(name)
            for name in tables.names
            if name not in on_pages and name not in _OPTIONAL and not name.startswith(ALARM_MARKER)
        ]
        if missing and self.is_complete:
            yield (
                f"{self.pattern}: No page has {' or '.join(missing)}. Restore removed markers, or the page."
            )

    def _missing_alarms(self, tables: Tables, on_pages: Collection[str], page_name: str) -> Iterator[str]:
        """Yield a sentence for each alarm that does not have a section on the page for them."""
        for alarm in tables.alarms.values():
            if f"{ALARM_MARKER}{alarm.name}" not in on_pages:
                yield (
                    f"{page_name}: The alarm {alarm.name} has no section. Add it, and complete the "
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


def _alarm_markers(page: _Page) -> dict[str, int]:
    """Return alarm -> number of the line with its marker."""
    return {
        section.name.removeprefix(ALARM_MARKER): section.start
        for section in page.sections
        if section.name.startswith(ALARM_MARKER)
    }


def write(pages: Pages) -> None:
    """Replace each stale page.

    Raises:
        OutputError: a page cannot be written.
    """
    with _errors_as_sentences("write to", pages.folder):
        for name in pages.stale:
            folders.replace((pages.folder / name).resolve(), pages.rewritten[name])


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
    findings = [str(mistake) for mistake in mistakes]
    texts: dict[str, str] = {}
    for key, value in (values or {}).items():
        if isinstance(value, str) and value:
            texts[key] = value
        else:
            findings.append(
                f"{path.as_posix()}: {json.dumps(key)}: The value must be a text that is not empty."
            )
    return Words(texts, path.as_posix()), findings


@contextmanager
def _errors_as_sentences(action: str, folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"Cannot {action} the pages in {folder}: {error.strerror or error} ({error.filename or folder}). "
            "Make sure that you can read and write them, then build again."
        ) from error
