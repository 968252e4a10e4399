"""Typical slips in files of data: what goes wrong when a person edits a table of lines, YAML or JSON."""

import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from cfn_analysis.model import data_files

SRC = Path(__file__).resolve().parents[3] / "src"


class Slip(NamedTuple):
    """A slip in a file: its kind, the file, and the wrong content."""

    kind: str
    path: Path
    content: bytes


def files(src: Path = SRC) -> list[Path]:
    """Return all files of data of both packages, found by their place."""
    return [path for name in ("cfn_analysis", "csr_templates") for path in data_files.data_files(src / name)]


def slips(path: Path, seed: int = 69) -> Iterator[Slip]:
    """Yield a slip of each kind in a file; a kind that the file has no place for is left out."""
    whole = path.read_bytes()
    yield Slip("empty", path, b"")
    yield Slip("not UTF-8", path, whole + b"# \xff\xfe\n")
    lines = whole.decode().splitlines(keepends=True)
    kinds = OF_TABLES if path.suffix == ".txt" else OF_DOCUMENTS
    for kind, edit in kinds.items():
        chooser = random.Random(f"{seed} {path.name} {kind}")
        content = edit(lines, chooser)
        if content is not None and content.encode() != whole:
            yield Slip(kind, path, content.encode())


# ---- Tables of lines ----


def _rows(lines: list[str]) -> list[int]:
    """Return the numbers of the lines that are rows of their own."""
    rows = []
    for number, line in enumerate(lines):
        is_continued = line.rstrip("\n").endswith("\\") or (number and lines[number - 1].endswith("\\\n"))
        if line.strip() and not line.startswith(("#", "https:")) and not is_continued:
            rows.append(number)
    return rows


def _edited_row(edit: Callable[[str], str]) -> Callable[[list[str], random.Random], str | None]:
    """Return a function that edits one row."""

    def in_lines(lines: list[str], chooser: random.Random) -> str | None:
        rows = _rows(lines)
        if not rows:
            return None
        number = chooser.choice(rows)
        return "".join([*lines[:number], edit(lines[number]), *lines[number + 1 :]])

    return in_lines


def _without_first_word(row: str) -> str:
    return row.partition(" ")[2] or "\n"


def _without_last_word(row: str) -> str:
    return row.rstrip("\n").rpartition(" ")[0] + "\n"


def _with_placeholder(row: str) -> str:
    return row.rstrip("\n").rpartition(" ")[0] + " {project}\n"


def _misspelt(row: str) -> str:
    """Return a row whose first word has a colon less or a letter in the wrong case."""
    if "::" in row:
        return row.replace("::", ":", 1)
    return row.replace(":", "", 1) if ":" in row else row.swapcase()


def _number_for_a_text(row: str) -> str:
    return re.sub(r"^\S+", "17", row)


def _cut(lines: list[str], chooser: random.Random) -> str | None:
    """Return the file up to the middle of a line."""
    number = chooser.randrange(len(lines) // 2, len(lines))
    return "".join([*lines[:number], lines[number][: len(lines[number]) // 2]])


OF_TABLES: dict[str, Callable[[list[str], random.Random], str | None]] = {
    "first word missing": _edited_row(_without_first_word),
    "last word missing": _edited_row(_without_last_word),
    "line twice": _edited_row(lambda row: row + row),
    "placeholder": _edited_row(_with_placeholder),
    "misspelt": _edited_row(_misspelt),
    "number for a text": _edited_row(_number_for_a_text),
    "cut": _cut,
}


# ---- YAML and JSON ----

_KEY = re.compile(r"""^(\s*(?:- )?)("?)(\w[\w ./:*-]*?)\2:(?=\s)(.*)$""")


def _edited_entry(
    edit: Callable[[re.Match[str]], str], suits: Callable[[re.Match[str]], bool]
) -> Callable[[list[str], random.Random], str | None]:
    """Return a function that edits one line with a key that suits."""

    def in_lines(lines: list[str], chooser: random.Random) -> str | None:
        matches = {number: _KEY.match(line.rstrip("\n")) for number, line in enumerate(lines)}
        keys = {number: match for number, match in matches.items() if match and suits(match)}
        if not keys:
            return None
        number = chooser.choice(sorted(keys))
        return "".join([*lines[:number], edit(keys[number]) + "\n", *lines[number + 1 :]])

    return in_lines


def _has_text(match: re.Match[str]) -> bool:
    """Return whether the value is one text on the line of its key."""
    value = match[4].strip().removesuffix(",")
    return bool(value) and value[0] not in "[{|>&*" and not re.fullmatch(r"[\d.]+|true|false|null", value)


def _with_value(value: str) -> Callable[[re.Match[str]], str]:
    def edit(match: re.Match[str]) -> str:
        comma = "," if match[4].endswith(",") else ""
        return f"{match[1]}{match[2]}{match[3]}{match[2]}: {value}{comma}"

    return edit


def _misspelt_key(match: re.Match[str]) -> str:
    key = match[3][:-2] + match[3][:-3:-1]
    return f"{match[1]}{match[2]}{key}{match[2]}:{match[4]}"


OF_DOCUMENTS: dict[str, Callable[[list[str], random.Random], str | None]] = {
    "key misspelt": _edited_entry(_misspelt_key, lambda match: len(set(match[3][-2:])) == 2),
    "line twice": _edited_entry(lambda match: f"{match[0]}\n{match[0].replace('- ', '  ')}", _has_text),
    # A default may be a number.
    "number for a text": _edited_entry(
        _with_value("17"), lambda match: _has_text(match) and match[3] != "default"
    ),
    "placeholder": _edited_entry(_with_value('"{project}"'), _has_text),
    "value missing": _edited_entry(_with_value(""), _has_text),
    "cut": _cut,
}
