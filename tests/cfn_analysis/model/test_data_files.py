"""Files of data: every slip in one is refused with its file, its line and what is allowed."""

import random
import re
import shutil
from pathlib import Path

import pytest

from cfn_analysis.model import data_files

SRC = Path(__file__).resolve().parents[3] / "src"
FILES = [
    path for package in ("cfn_analysis", "csr_templates") for path in data_files.data_files(SRC / package)
]


def message_of(path: Path) -> str:
    """Return the message about the first mistake of a file, which must have one."""
    error = data_files.mistake_in(path)
    assert error is not None, f"accepted in silence: {path.name}"
    assert re.search(rf"{re.escape(path.name)}, line \d+: ", str(error)), error
    return str(error)


def copied(path: Path, folder: Path) -> Path:
    """Return a copy of a file of data beside its schemas, in a folder of the same name."""
    (folder / path.parent.name).mkdir()
    for schema in path.parent.glob("*.schema.json"):
        shutil.copy(schema, folder / path.parent.name)
    return Path(shutil.copy(path, folder / path.parent.name))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_of_data_has_no_mistake(path: Path) -> None:
    """Each file has a form or a schema, which it keeps."""
    assert data_files.mistake_in(path) is None


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_slip_in_any_file_is_refused(path: Path, tmp_path: Path) -> None:
    """An empty file, another encoding, a line twice and a misspelt key are refused."""
    copy = copied(path, tmp_path)
    whole = copy.read_bytes()
    copy.write_bytes(b"")
    message_of(copy)
    copy.write_bytes(whole + b"\xff\xfe")
    assert "not UTF-8" in message_of(copy)
    copy.write_bytes(_with_slip(path, whole.decode()).encode())
    message_of(copy)


def _with_slip(path: Path, text: str) -> str:
    """Return a text with a row twice, or with a misspelt key."""
    if path.suffix == ".txt":
        return f"{text}{random.Random(69).choice(data_files.table(path))}\n"
    if path.suffix == ".yaml":
        return f'{text}"misspelt key": [1]\n'
    return text.replace("{", '{"misspelt key": 1,', 1)


def test_a_placeholder_that_nothing_fills_is_refused(tmp_path: Path) -> None:
    """The message has the line, and the placeholders that are filled in."""
    copy = copied(SRC / "csr_templates/hand_over/deploy_scopes.txt", tmp_path)
    copy.write_text(copy.read_text("utf-8").replace("{RoleName}\n", "{project}\n"), "utf-8")
    assert "{project}" in message_of(copy)
    assert "{region}, {stack} and the name property" in message_of(copy)
