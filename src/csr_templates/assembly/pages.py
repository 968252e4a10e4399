"""Writes the generated tables into the pages of a folder.

``*.md`` is in English, ``*.ja.md`` in Japanese with the words of ``words.ja.json``, and so on.
"""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
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
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from csr_templates.assembly.files import Assembly

_LANGUAGE: Final = re.compile(r".*\.([a-z]{2})\.md")


@dataclass(frozen=True)
class Pages:
    """The pages with generated tables, by file name.

    Attributes:
        folder: their folder.
        found: their content.
        wanted: their new content.
        untranslated: a sentence for each missing translation; the pages show the English word.
    """

    folder: Path
    found: Mapping[str, bytes]
    wanted: Mapping[str, bytes]
    untranslated: tuple[str, ...]

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
        OutputError: a page, its markers or its words are wrong.
    """
    with _errors_as_sentences("read", folder):
        tables = _tables(assembly)
        languages = {"": Words()}
        for path in sorted(folder.glob("words.??.json")):
            languages[path.name.split(".")[1]] = _words(path)
        found: dict[str, bytes] = {}
        wanted: dict[str, bytes] = {}
        places: dict[tuple[str, str], str] = {}
        for path in sorted(folder.glob("*.md")):
            name = path.as_posix()
            text = _page_text(path)
            if not (sections := markers.sections(text, name, tables.names)):
                continue
            language = match[1] if (match := _LANGUAGE.fullmatch(path.name)) else ""
            if language not in languages:
                raise PageError(
                    f"{path.with_name(f'words.{language}.json').as_posix()} does not exist, but {name} needs "
                    "its translations. Create the file."
                )
            for section in sections:
                place = f"{name}, line {section.start}"
                first = places.setdefault((language, section.name), place)
                if section.name != SETTINGS and first != place:
                    raise PageError(
                        f"{place}: The table {section.name} is already in {first}. Remove one of the two."
                    )
            found[path.name] = text.encode()
            table = partial(tables.write, page=name, words=languages[language])
            wanted[path.name] = markers.rewrite(text, sections, table).encode()
        for language in languages:
            if absent := [name for name in tables.names if (language, name) not in places]:
                pages = folder / (f"*.{language}.md" if language else "*.md")
                raise PageError(
                    f"{pages.as_posix()}: No page has {' or '.join(map(START.format, absent))}. Restore "
                    "removed markers, and add a section for each new table."
                )
    untranslated = [
        f"{words.file}: {json.dumps(word, ensure_ascii=False)} is missing, so the pages show the English "
        "text. Add the translation."
        for words in languages.values()
        for word in words.missing
    ]
    return Pages(folder, found, wanted, tuple(untranslated))


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


def _page_text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise PageError(f"{path.as_posix()}: byte {error.start} is not UTF-8. Save it as UTF-8.") from error


def _words(path: Path) -> Words:
    values, mistakes = read_flat(path)
    texts = {key: value for key, value in (values or {}).items() if isinstance(value, str) and value}
    wrong = [key for key in values or {} if key not in texts]
    if mistakes or wrong:
        lines = [
            *map(str, mistakes),
            *(
                f"{path.as_posix()}: {json.dumps(key)}: The value must be a text that is not empty."
                for key in wrong
            ),
        ]
        raise PageError("\n".join(lines))
    return Words(texts, path.as_posix())


@contextmanager
def _errors_as_sentences(action: str, folder: Path) -> Iterator[None]:
    try:
        yield
    except (PageError, ResolveError) as error:
        raise OutputError(str(error)) from error
    except OSError as error:
        raise OutputError(
            f"Cannot {action} the pages in {folder}: {error.strerror or error} ({error.filename or folder}). "
            "Make sure that you can read and write them, then build again."
        ) from error
