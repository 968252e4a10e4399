"""Files of data that people edit: tables of lines, YAML and JSON, with the line of each mistake.

A table of lines (``.txt``) describes itself at its beginning: comments in words, and a comment with the form
of a line as a regular expression. The first group of the form, if it has one, must differ in each line. With
``words`` in place of ``form``, the lines only wrap: no word may appear twice. A row continues on the next
line after a backslash, and a line with a URL is the source of the rows below it. A ``{name}`` is filled in if
the comment ``placeholders`` above the form lists it; others are refused.

YAML and JSON have a JSON schema: ``<file>.schema.json``, or ``<folder>.schema.json`` for all files of a
folder; it may have a list of ``placeholders``, too. Reading a table always checks it. The schemas are checked
by ``mistake_in``, which the commands ask before a review, a cost or a lint, and when they fail; ``make
check`` and the tests always do.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

T = TypeVar("T")

_COMMENTS: Final = ("#", "https:")
_FORM: Final = re.compile(r"# (form|words): (.+)")
_PLACEHOLDERS: Final = "# placeholders: "
# Not a variable of CloudFormation or IAM, ${Name}.
_PLACEHOLDER: Final = re.compile(r"(?<![${])\{([A-Za-z]\w*)\}")
_SCHEMA: Final = ".schema.json"


class DataError(Exception):
    """A mistake in a file of data; the message has the file, the line and what is allowed."""


def table(path: Path) -> list[str]:
    """Return the rows of a table of lines.

    Raises:
        DataError: a row does not have the form of the table, or appears twice.
    """
    rows: list[str] = []
    keys: dict[str, int] = {}
    form = _form(path)
    for number, row in _numbered_rows(path):
        match = form.row.fullmatch(" ".join(row.split()))
        if match is None:
            raise mistake(path, number, f"{row!r} does not have the form of this table.", form.allowed)
        _refuse_placeholders(path, number, row, form.placeholders, form.allowed)
        for key in row.split() if form.is_of_words else [match[form.row.groups and 1]]:
            if key in keys:
                what = f"{key!r} is in line {keys[key]}, too."
                raise mistake(path, number, what, "Allowed: once. Remove one of them.")
            keys[key] = number
        rows.append(row)
    if not rows:
        raise mistake(path, 1, "The table is empty.", form.allowed)
    return rows


def words(path: Path) -> tuple[str, ...]:
    """Return the words of a table whose lines only wrap.

    Raises:
        DataError: a line does not have the form of the table, or a word appears twice.
    """
    return tuple(" ".join(table(path)).split())


def document(path: Path) -> Any:
    """Return the content of a file of YAML or JSON.

    Raises:
        DataError: it cannot be read, is empty, or an object of JSON has a key twice.
    """
    text = _text(path)
    content = _json(path, text) if path.suffix == ".json" else _yaml(path, text)
    if not content:
        raise mistake(path, 1, "The file is empty.", "Restore its content.")
    return content


def parsed(path: Path, parse: Callable[[Any], T]) -> T:
    """Return what a function makes of the content of a file of YAML or JSON.

    Only if the function fails, the file is compared with its schema: this takes longer than most functions.

    Raises:
        DataError: the file has a mistake, and the function failed.
    """
    content = document(path)
    try:
        return parse(content)
    except Exception as error:
        if wrong := mistake_in(path):
            raise wrong from error
        raise


def mistake(path: Path, line: int, what: str, allowed: str) -> DataError:
    """Return the error of a line."""
    here = Path.cwd()
    shown = path.relative_to(here) if path.is_relative_to(here) else path
    return DataError(f"{shown.as_posix()}, line {line}: {what} {allowed}")


def data_files(folder: Path) -> list[Path]:
    """Return the files of data below a folder: tables, and YAML and JSON other than schemas."""
    files = [path for path in folder.rglob("*.*") if path.suffix in (".txt", ".yaml", ".json")]
    return sorted(path for path in files if not path.name.endswith(_SCHEMA))


def mistake_in(path: Path) -> DataError | None:
    """Return the first mistake of a file of data, which needs a form or a schema; None if it has none."""
    try:
        if path.suffix == ".txt":
            table(path)
        else:
            document(path)
            _compare_with_schema(path)
    except DataError as error:
        return error
    return None


def first_mistake(folders: Sequence[Path]) -> DataError | None:
    """Return the first mistake of all files of data below some folders; None if there is none."""
    for folder in folders:
        for path in data_files(folder):
            if error := mistake_in(path):
                return error
    return None


# ---- Tables of lines ----


class _Form(NamedTuple):
    """What the beginning of a table says about its rows."""

    is_of_words: bool
    row: re.Pattern[str]
    placeholders: list[str]
    allowed: str


def _form(path: Path) -> _Form:
    comments: list[str] = []
    placeholders: list[str] = []
    for line in _text(path).splitlines():
        match = _FORM.fullmatch(line)
        if match is not None:
            allowed = f"Allowed: {' '.join(comments)}"
            return _Form(match[1] == "words", _compiled(path, match[2]), placeholders, allowed)
        if not line.startswith("#"):
            break
        if line.startswith(_PLACEHOLDERS):
            placeholders = line.removeprefix(_PLACEHOLDERS).split()
            continue
        comments.append(line.removeprefix("#").strip())
    needed = "Allowed first are comments: what a line has, and '# form: ' with a regular expression."
    raise mistake(path, len(comments) + 1, "The form of the lines is missing.", needed)


def _compiled(path: Path, form: str) -> re.Pattern[str]:
    try:
        return re.compile(form, re.ASCII)
    except re.error as error:
        raise mistake(path, 1, f"The form {form!r} is not a regular expression: {error}.", "") from error


def _numbered_rows(path: Path) -> Iterator[tuple[int, str]]:
    """Yield each row with the number of its first line."""
    begun = ""
    first = 0
    for number, line in enumerate(_text(path).splitlines(), start=1):
        if not begun and line.startswith(_COMMENTS):
            continue
        first = first if begun else number
        begun += line
        if begun.endswith("\\"):
            begun = begun.removesuffix("\\")
            continue
        yield first, begun
        begun = ""
    if begun:
        raise mistake(path, first, "The row ends with a backslash.", "Continue it on the next line.")


def _refuse_placeholders(path: Path, number: int, text: str, names: Sequence[str], allowed: str) -> None:
    """Refuse a placeholder that matches none of the names, which are regular expressions."""
    if "{" not in text:
        return
    for match in _PLACEHOLDER.finditer(text):
        if not any(re.fullmatch(name, match[1]) for name in names):
            raise mistake(path, number, f"Nothing fills in {match[0]}.", allowed)


def _text(path: Path) -> str:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise mistake(path, line, "The file is not UTF-8.", "Save it as UTF-8.") from error
    if text and not text.endswith("\n"):
        last = text.count("\n") + 1
        raise mistake(path, last, "The last line is not complete.", "Allowed: a line feed at its end.")
    return text


# ---- YAML and JSON ----


def _json(path: Path, text: str) -> Any:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        entries = dict(pairs)
        if len(entries) < len(pairs):
            raise _RepeatedKeyError
        return entries

    try:
        return json.loads(text, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        raise mistake(path, error.lineno, f"This is not JSON: {error.msg}.", "Correct it.") from error
    except _RepeatedKeyError:
        _nodes(path)
        raise


class _RepeatedKeyError(Exception):
    """A key appears twice in an object."""


def _yaml(path: Path, text: str) -> Any:
    import yaml

    from cfn_analysis.model.yaml_text import Loader

    try:
        return yaml.load(text, Loader=Loader)
    except yaml.YAMLError as error:
        raise _syntax_error(path, error) from error


def _syntax_error(path: Path, error: Exception) -> DataError:
    mark = getattr(error, "problem_mark", None)
    line = 1 if mark is None else mark.line + 1
    what = getattr(error, "problem", None) or str(error)
    return mistake(path, line, f"This is not YAML: {what}.", "Correct it.")


def _nodes(path: Path) -> Any:
    """Return the nodes of a file of YAML or JSON, which know their lines.

    Raises:
        DataError: it cannot be read, or a mapping has a key twice.
    """
    import yaml

    from cfn_analysis.model.yaml_text import Loader

    try:
        root = yaml.compose(_text(path), Loader=Loader)
    except yaml.YAMLError as error:
        raise _syntax_error(path, error) from error
    _refuse_repeated_keys(path, root)
    return root


def _refuse_repeated_keys(path: Path, node: Any) -> None:
    if isinstance(node.value, str):
        return
    if node.id == "sequence":
        for item in node.value:
            _refuse_repeated_keys(path, item)
        return
    lines: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if key.value in lines:
            what = f"The key {key.value!r} is in line {lines[key.value]}, too."
            raise mistake(path, line, what, "Allowed: once. Remove one of them.")
        lines[key.value] = line
        _refuse_repeated_keys(path, value)


def _compare_with_schema(path: Path) -> None:
    import jsonschema  # a dependency of cfn-lint

    root = _nodes(path)
    schema = _schema(path)
    errors = sorted(jsonschema.Draft7Validator(schema).iter_errors(document(path)), key=_order)
    if errors:
        error = jsonschema.exceptions.best_match(errors[:1])
        line = _line_of_name(root, list(error.absolute_path), _wrong_key(error))
        where = ".".join(str(step) for step in error.absolute_path)
        subject = f"{where}: " if where else ""
        raise mistake(path, line, f"{subject}{error.message}.", _allowed(error))
    names = schema.get("placeholders", [])
    allowed = f"Allowed placeholders: {', '.join(names) or 'none'}."
    for number, text in enumerate(_text(path).splitlines(), start=1):
        if not text.lstrip().startswith("#"):
            _refuse_placeholders(path, number, text, names, allowed)


def _order(error: Any) -> list[str]:
    return [str(step) for step in error.absolute_path]


@cache
def _schema_of_file(path: Path) -> Mapping[str, Any]:
    schema: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return schema


def _schema(path: Path) -> Mapping[str, Any]:
    for name in (path.stem, path.parent.name):
        schema = path.with_name(f"{name}{_SCHEMA}")
        if schema.exists():
            return _schema_of_file(schema)
    raise mistake(path, 1, "The file has no schema.", f"Write {path.stem}{_SCHEMA} beside it.")


def _wrong_key(error: Any) -> str | None:
    """Return the key of an object that a schema does not allow; None for another error."""
    if error.validator != "additionalProperties":
        return None
    keys = set(error.instance) - set(error.schema.get("properties", {}))
    patterns = error.schema.get("patternProperties", {})
    return min(str(key) for key in keys if not any(re.search(pattern, str(key)) for pattern in patterns))


def _line_of_name(node: Any, steps: Sequence[str | int], wrong_key: str | None) -> int:
    """Return the line of the value at a path, or of a key in it."""
    if steps and isinstance(steps[0], int):
        return _line_of_name(node.value[steps[0]], steps[1:], wrong_key)
    key = steps[0] if steps else wrong_key
    if key is None or node.id != "mapping":
        return int(node.start_mark.line) + 1
    for key_node, value in node.value:
        if key_node.value != str(key):
            continue
        if len(steps) > 1 or (steps and wrong_key):
            return _line_of_name(value, steps[1:], wrong_key)
        return int(key_node.start_mark.line) + 1
    return int(node.start_mark.line) + 1


def _allowed(error: Any) -> str:
    schema = error.schema
    if error.validator in ("additionalProperties", "required"):
        names = [*schema.get("properties", {}), *schema.get("patternProperties", {})]
        return f"Allowed keys: {', '.join(names)}."
    if "description" in schema:
        return f"Allowed: {schema['description']}"
    if error.validator == "type":
        return f"Allowed: {schema['type']}."
    return f"Allowed: {error.validator} {json.dumps(error.validator_value)}."
