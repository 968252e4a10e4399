"""``files``: invalid JSON, and values in messages."""

from collections.abc import Callable
from pathlib import Path

import pytest

from csr_templates.environments.files import Number, ParameterFinding, excerpt, read_flat

NO_JSON = "which is not valid JSON here. Check the commas, colons and quotes before it."
CONFLICT = "Keep the correct values, and remove the lines that start with <<<<<<<, ======= and >>>>>>>."
COMMA = "Found a comma before a closing bracket. Remove it."
COMMENT = "Found a comment, which JSON does not allow. Remove it."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '{\n  "A": 1,\n<<<<<<< HEAD\n  "B": 2\n=======\n  "B": 3\n>>>>>>> other\n}\n',
            f'Line 3: Found a merge conflict ("<<<<<<< HEAD"). {CONFLICT}',
        ),
        ('{\r\n  "A": 1\r\n>>>>>>> a\r\n}\r\n', f'Line 3: Found a merge conflict (">>>>>>> a"). {CONFLICT}'),
        ('{\n  "A": 1\n  "B": 2,\n  "C": 3\n}\n', rf'Line 3, column 3: Found "\"B\": 2,", {NO_JSON}'),
        ('{"A" 1}', f'Line 1, column 6: Found "1}}", {NO_JSON}'),
        ('\n{"A": x}', f'Line 2, column 7: Found "x}}", {NO_JSON}'),
        ('{\n  "A": 1,\n}\n', f"Line 2, column 9: {COMMA}"),
        ('{\n  "A": 1 ,\n\n}\n', f"Line 2, column 10: {COMMA}"),
        ('{\n  "A": [1, 2,]\n}\n', f"Line 2, column 13: {COMMA}"),
        ('{\n  "A": [1, 2, }\n', f"Line 2, column 13: {COMMA}"),
        ("/* ours */\n{}", f"Line 1, column 1: {COMMENT}"),
        ('{\n  "A": 1 // ours\n}', f"Line 2, column 10: {COMMENT}"),
        ('{\n  # ours\n  "A": 1\n}', f"Line 2, column 3: {COMMENT}"),
        ("{\n  \"A\": 'x'\n}", "Line 2, column 8: Found a single quote. Write text in double quotes."),
        ("{} {}", f'Line 1, column 4: Found "{{}}", {NO_JSON}'),
        ('{"A": True}', f'Line 1, column 7: Found "True}}", {NO_JSON}'),
        ('{"A": +1024}', f'Line 1, column 7: Found "+1024}}", {NO_JSON}'),
        (
            '{"A": 012345678901}',
            "Line 1, column 8: Found a number that starts with 0, which JSON does not allow. Write it in "
            "double quotes.",
        ),
        ('{"A": 10 5}', f'Line 1, column 10: Found "5}}", {NO_JSON}'),
        ('{\n  "A": 1\n', "Line 3, column 1: The file ends too early. Close the open brackets and quotes."),
    ],
    ids=[
        "merge conflict",
        "end of a merge conflict",
        "missing comma",
        "missing colon",
        "first column of a line",
        "comma",
        "comma before blanks",
        "comma in a list",
        "comma before the wrong bracket",
        "block comment",
        "comment",
        "comment of a shell",
        "single quote",
        "two objects",
        "Python's words",
        "number with a sign",
        "number with a leading zero",
        "two numbers",
        "end",
    ],
)
def test_no_json(tmp_path: Path, text: str, message: str) -> None:
    """The message contains line and column, and the rest of only that line."""
    file = tmp_path / "dev.json"
    file.write_text(text)

    assert read_flat(file) == (None, [ParameterFinding(file.as_posix(), "", message)])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"[]", "The file contains a list. Write one flat object."),
        (b'"dev"', 'The file contains "dev". Write one flat object.'),
        (b"1.0", "The file contains 1.0. Write one flat object."),
        (b"null", "The file contains null. Write one flat object."),
        (b" \n", "The file is empty. A file without values contains {}."),
        (b"\xef\xbb\xbf{}", "The file starts with a byte order mark. Save it as UTF-8 without BOM."),
        ("{}".encode("utf-16"), "Line 1: Found the byte 0xff, which is not UTF-8. Save it as UTF-8."),
        (b"[" * 100_000, "The brackets are nested too deeply. Write one flat object."),
        (
            b'\n{\n  "A": "\xe9",\n  "B": "b"\n}\n',
            "Line 3: Found the byte 0xe9, which is not UTF-8. Save it as UTF-8.",
        ),
    ],
    ids=["list", "text", "number", "null", "blank", "byte order mark", "UTF-16", "deep", "not UTF-8"],
)
def test_no_flat_object(tmp_path: Path, data: bytes, message: str) -> None:
    """The message is about the whole file, or about one line of it."""
    file = tmp_path / "dev.json"
    file.write_bytes(data)

    assert read_flat(file) == (None, [ParameterFinding(file.as_posix(), "", message)])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (Path.mkdir, "This is a folder. Use a file."),
        (lambda path: path.symlink_to("/dev/null"), "This is not a regular file. Use a file."),
        (
            lambda path: path.symlink_to("nowhere"),
            "The file does not exist. A file without values contains {}.",
        ),
        (lambda _: None, "The file does not exist. A file without values contains {}."),
    ],
    ids=["folder", "device", "broken link", "nothing"],
)
def test_no_file(tmp_path: Path, make: Callable[[Path], None], message: str) -> None:
    """A file that cannot be read is reported in the same way as other findings."""
    file = tmp_path / "dev.json"
    make(file)

    assert read_flat(file) == (None, [ParameterFinding(file.as_posix(), "", message)])


def test_file_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file without read permission is reported in the same way."""
    file = tmp_path / "dev.json"
    file.write_text("{}")

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    message = "The file cannot be read (Permission denied). Change its permissions."

    assert read_flat(file) == (None, [ParameterFinding(file.as_posix(), "", message)])


def test_numbers_keep_their_text(tmp_path: Path) -> None:
    """A number is as in the file, even if JSON does not support it."""
    file = tmp_path / "dev.json"
    file.write_text('{"A": 1.0, "B": 10, "C": NaN}')

    assert read_flat(file) == ({"A": Number("1.0"), "B": Number("10"), "C": Number("NaN")}, [])


@pytest.mark.parametrize(
    ("value", "text"),
    [("x" * 78, f'"{"x" * 78}"'), ("x" * 79, f'"{"x" * 76}...'), (Number("1.0"), "1.0"), ([], "a list")],
    ids=["80 characters", "81 characters", "number", "list"],
)
def test_value_in_a_message(value: object, text: str) -> None:
    """A message shows up to 80 characters of a value."""
    assert excerpt(value) == text
