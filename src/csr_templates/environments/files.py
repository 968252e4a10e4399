"""Strict reader of flat JSON files: errors are reported with their place, values are never guessed."""

from __future__ import annotations

import json
import re
import stat
from typing import TYPE_CHECKING, Any, NamedTuple

from cfn_analysis.model.wording import quoted, repeated

if TYPE_CHECKING:
    from pathlib import Path

_TRAILING_COMMA = r",\s*[}\]]"


class ParameterFinding(NamedTuple):
    """An error in the parameter files.

    Attributes:
        file: the file as the operator named it, such as ``parameters/dev.json``; or the folder.
        key: the parameter; empty for the file as a whole.
        message: the value found, the allowed values, and the remedy.
    """

    file: str
    key: str
    message: str

    def __str__(self) -> str:
        """Return the finding as one line."""
        return ": ".join(part for part in (self.file, self.key, self.message) if part)


class Number(NamedTuple):
    """A JSON number as written: ``1024`` and ``1024.0`` are different texts."""

    text: str


class Pairs(list[tuple[str, Any]]):
    """A JSON object with all its keys, including repeated ones."""


def read_flat(path: Path) -> tuple[dict[str, Any] | None, list[ParameterFinding]]:
    """Return the values of a flat JSON file and its errors.

    Numbers are ``Number``, nested objects ``Pairs``. The values are None if the file cannot be read or is not
    a JSON object.
    """
    file = path.as_posix()
    try:
        text = _decoded(path)
        parsed = json.loads(
            text, object_pairs_hook=Pairs, parse_int=Number, parse_float=Number, parse_constant=Number
        )
    except json.JSONDecodeError as error:
        return None, [ParameterFinding(file, "", _syntax_error(error))]
    except RecursionError:
        return None, [
            ParameterFinding(file, "", "The brackets are nested too deeply. Write one flat object.")
        ]
    except _UnreadableError as error:
        return None, [ParameterFinding(file, "", str(error))]
    if not isinstance(parsed, Pairs):
        return None, [
            ParameterFinding(file, "", f"The file contains {excerpt(parsed)}. Write one flat object.")
        ]
    twice = repeated(key for key, _ in parsed)
    return dict(parsed), [ParameterFinding(file, key_text(key), _repeated(key, parsed)) for key in twice]


def excerpt(value: Any) -> str:
    """Return a value of a file for a message, cut at 80 characters."""
    if isinstance(value, Pairs):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        text = quoted(value)
    elif isinstance(value, Number):
        text = value.text
    else:
        text = json.dumps(value)
    if len(text) > 80:
        return f"{text[:77]}..."
    return text


class _UnreadableError(Exception):
    """The file does not have a text to parse; the message states why."""


def _decoded(path: Path) -> str:
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):  # reading a pipe may never end
            if stat.S_ISDIR(mode):
                raise _UnreadableError("This is a folder. Use a file.")
            raise _UnreadableError("This is not a regular file. Use a file.")
        data = path.read_bytes()
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            raise _UnreadableError("The file does not exist. A file without values contains {}.") from error
        reason = error.strerror or error
        raise _UnreadableError(f"The file cannot be read ({reason}). Change its permissions.") from error
    if data.startswith(b"\xef\xbb\xbf"):
        raise _UnreadableError("The file starts with a byte order mark. Save it as UTF-8 without BOM.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _UnreadableError(
            f"Line {line}: Found the byte 0x{data[error.start]:02x}, which is not UTF-8. Save it as UTF-8."
        ) from error
    if not text.strip():
        raise _UnreadableError("The file is empty. A file without values contains {}.")
    return text


def _syntax_error(error: json.JSONDecodeError) -> str:
    """Return the place and cause of a syntax error, in words that do not depend on the Python version."""
    from csr_templates.environments import merge_conflicts  # rarely needed

    text, position = error.doc, error.pos
    if marker := merge_conflicts.first_marker(text):
        return f"Line {marker.line}: {merge_conflicts.sentence(marker, 'values')}"
    before = text[:position].rstrip()
    if before.endswith(",") and re.match(_TRAILING_COMMA, text[len(before) - 1 :]):
        position = len(before) - 1  # older Python versions point behind the comma
    rest = text[position:]
    if re.match(_TRAILING_COMMA, rest):
        advice = "Found a comma before a closing bracket. Remove it."
    elif not rest.strip():
        advice = "The file ends too early. Close the open brackets and quotes."
    elif rest.startswith(("//", "/*", "#")):
        advice = "Found a comment, which JSON does not allow. Remove it."
    elif re.search(r"[^0-9.]-?0\Z", text[:position]) and re.match("[0-9]", rest):
        advice = "Found a number that starts with 0, which JSON does not allow. Write it in double quotes."
    elif rest.startswith("'"):
        advice = "Found a single quote. Write text in double quotes."
    else:
        rest_of_line = excerpt(rest.split("\n", 1)[0])
        advice = (
            f"Found {rest_of_line}, which is not valid JSON here. Check the commas, colons and quotes "
            "before it."
        )
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    return f"Line {line}, column {column}: {advice}"


def _repeated(key: str, pairs: Pairs) -> str:
    values = " and ".join(excerpt(value) for name, value in pairs if name == key)
    return f"The key appears more than once, as {values}. Keep one."


def key_text(key: str) -> str:
    """Return a key for a message, in quotes if it contains special characters."""
    if re.fullmatch("[A-Za-z0-9]+", key):
        return key
    return quoted(key)
