"""Writes the generated tables into the pages of a folder.

``*.md`` is in English, ``*.ja.md`` in Japanese with the words of ``words.ja.json``, and so on.
"""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cfn_analysis.model.resolving import ResolveError
from csr_templates.assembly import folder as folders
from csr_templates.assembly.folder import OutputError
from csr_templates.environments.files import read_flat
from csr_templates.reference import markers
from csr_templates.reference.markers import START, PageError
from csr_templates.reference.tables import SETTINGS, Tables
from csr_templates.reference.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from csr_templates.assembly.files import Assembly
    from csr_templates.reference.markers import Section

_LANGUAGE: Final = re.compile(r".*\.([a-z]{2})\.md")


@dataclass(frozen=True)
class Pages:
    """The pages with generated tables, by file name.

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
        path = (self.folder / name).as_posix()
        return folders.unified(path, self.found[name], self.wanted[name])


def plan(assembly: Assembly, folder: Path) -> Pages:
    """Return the pages of a folder with their current and new content, without writing.

    Raises:
        OutputError: a page cannot be read.
    """
    with _errors_as_sentences("read", folder):
        try:
            tables = _tables(assembly)
        except PageError as error:
            return Pages(folder, {}, {}, (), (str(error),))
        except ResolveError as error:  # may be among the problems of the assembly already
            return Pages(folder, {}, {}, (), (str(error),) if assembly.is_clean else ())
        return _Plan(tables, folder).pages()


class _Plan:
    """The pages of a folder, and what is wrong with them."""

    def __init__(self, tables: Tables, folder: Path) -> None:
        self._tables = tables
        self._folder = folder
        self._mistakes: list[str] = []
        self._languages = {"": Words()}
        for path in sorted(folder.glob("words.??.json")):
            words, mistakes = _words(path)
            self._languages[path.name.split(".")[1]] = words
            self._mistakes += mistakes
        self._places: dict[tuple[str, str], str] = {}  # language and name of a section -> its first place

    def pages(self) -> Pages:
        """Return the pages."""
        found: dict[str, bytes] = {}
        wanted: dict[str, bytes] = {}
        for path in sorted(self._folder.glob("*.md")):
            data = path.read_bytes()
            if (text := self._text(path, data)) is None:
                continue
            sections, mistakes = markers.sections(text, path.as_posix(), self._tables.names)
            self._mistakes += mistakes
            if sections:
                found[path.name] = data
                wanted[path.name] = self._rewritten(path, text, sections).encode()
        for language in self._languages:
            self._find_absent(language)
        untranslated = [
            f"{words.file}: {json.dumps(word, ensure_ascii=False)} is missing, so the pages show the English "
            "text. Add the translation."
            for words in self._languages.values()
            for word in words.missing
        ]
        return Pages(self._folder, found, wanted, tuple(untranslated), tuple(dict.fromkeys(self._mistakes)))

    def _text(self, path: Path, data: bytes) -> str | None:
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            self._mistakes.append(f"{path.as_posix()}: byte {error.start} is not UTF-8. Save it as UTF-8.")
            return None

    def _rewritten(self, path: Path, text: str, sections: Sequence[Section]) -> str:
        name = path.as_posix()
        language = match[1] if (match := _LANGUAGE.fullmatch(path.name)) else ""
        if language not in self._languages:
            words = path.with_name(f"words.{language}.json").as_posix()
            self._mistakes.append(
                f"{words} does not exist, but {name} needs its translations. Create the file."
            )
            self._languages[language] = Words({}, words)
        for section in sections:
            place = f"{name}, line {section.start}"
            first = self._places.setdefault((language, section.name), place)
            if section.name != SETTINGS and first != place:
                self._mistakes.append(
                    f"{place}: The table {section.name} is already in {first}. Remove one of the two."
                )

        def table(section: Section, lines: Sequence[str]) -> Sequence[str]:
            try:
                return self._tables.write(section, lines, page=name, words=self._languages[language])
            except PageError as error:
                self._mistakes.extend(str(error).split("\n"))
                return lines

        return markers.rewrite(text, sections, table)

    def _find_absent(self, language: str) -> None:
        absent = [name for name in self._tables.names if (language, name) not in self._places]
        if absent:
            pages = self._folder / (f"*.{language}.md" if language else "*.md")
            self._mistakes.append(
                f"{pages.as_posix()}: No page has {' or '.join(map(START.format, absent))}. Restore "
                "removed markers, and add a section for each new table."
            )


def write(pages: Pages) -> None:
    """Replace each stale page.

    Raises:
        OutputError: a page cannot be written.
    """
    with _errors_as_sentences("write to", pages.folder):
        for name in pages.stale:
            folders.replace((pages.folder / name).resolve(), pages.wanted[name])


def _tables(assembly: Assembly) -> Tables:
    environments = {one.name: one.parameters for one in assembly.environments}
    for one in assembly.environments:
        if one.is_production:
            return Tables(assembly.stacks, environments, one.name)
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
