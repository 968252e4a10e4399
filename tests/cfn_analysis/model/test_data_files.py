"""Files of data: every slip in one is refused with its file, its line and what is allowed."""

import re
import shutil
from pathlib import Path

import pytest

from cfn_analysis.model import data_files
from cfn_analysis.model.schemas import resource_types
from tests.cfn_analysis.model.slips import SRC, files, slips

FILES = files()


def message_of(path: Path) -> str:
    """Return the message about the first mistake of a file, which must have one."""
    error = data_files.mistake_in(path)
    assert error is not None, f"accepted in silence: {path.name}"
    assert re.search(rf"{re.escape(path.name)}, line \d+: ", str(error)), error
    return str(error)


def copied(path: Path, folder: Path) -> Path:
    """Return a copy of a file of data beside its schemas, in a folder of the same name."""
    (folder / path.parent.name).mkdir(parents=True)
    for schema in path.parent.glob("*.schema.json"):
        shutil.copy(schema, folder / path.parent.name)
    return Path(shutil.copy(path, folder / path.parent.name))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_of_data_has_no_mistake(path: Path) -> None:
    """Each file has a form or a schema, which it keeps."""
    assert data_files.mistake_in(path) is None


# What no form or schema can tell from other content, since it may be meant.
MAY_BE_MEANT = {
    "first word missing": "a list of words with one word less",
    "last word missing": "a list of words with one word less, or the end of a sentence",
    "key misspelt": "the name of a type, of a property or of a statement",
    "value missing": "a colon in the middle of a text, followed by less text",
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_slips_in_any_file_are_refused(path: Path, tmp_path: Path) -> None:
    """The message has the file and the line; ``tests/acceptance/test_slips.py`` tries more."""
    for slip in slips(path):
        copy = copied(path, tmp_path / slip.kind)
        copy.write_bytes(slip.content)
        if slip.kind not in MAY_BE_MEANT or data_files.mistake_in(copy):
            message_of(copy)


def test_each_resource_type_in_a_file_exists() -> None:
    """A misspelt type would be read as one that no template has. Older schemas than these may lack a type."""
    types = resource_types("us-east-1") | resource_types("ap-northeast-1")
    for path in FILES:
        rows = [line for line in path.read_text("utf-8").splitlines() if not line.lstrip().startswith("#")]
        names = set(re.findall(r"\b(?:AWS|Alexa)::\w+::\w+(?![\w:*])", "\n".join(rows)))
        assert sorted(names - types) == [], path.name


def test_a_file_needs_a_form_or_a_schema(tmp_path: Path) -> None:
    """Otherwise, a new file would be accepted with any content."""
    (tmp_path / "a.txt").write_text("one two\n", "utf-8")
    (tmp_path / "b.yaml").write_text("one: two\n", "utf-8")
    assert "The form of the lines is missing" in str(data_files.mistake_in(tmp_path / "a.txt"))
    assert "The file has no schema. Write b.schema.json" in str(data_files.mistake_in(tmp_path / "b.yaml"))


def test_a_function_that_fails_has_the_mistake_of_its_file(tmp_path: Path) -> None:
    """The error of the function is its cause. Without a mistake, it is the error of the function."""
    copy = copied(SRC / "csr_templates/costs/billing.json", tmp_path)
    with pytest.raises(KeyError):
        data_files.parsed(copy, lambda content: content["nothing"])
    copy.write_text(copy.read_text("utf-8").replace('"free"', '"fre"'), "utf-8")
    with pytest.raises(data_files.DataError, match=r"billing.json, line \d+: .*Allowed keys: ") as caught:
        data_files.parsed(copy, lambda content: content["free"])
    assert isinstance(caught.value.__cause__, KeyError)


def test_a_placeholder_that_nothing_fills_is_refused(tmp_path: Path) -> None:
    """The message has the line, and the placeholders that are filled in."""
    copy = copied(SRC / "csr_templates/hand_over/deploy_scopes.txt", tmp_path)
    copy.write_text(copy.read_text("utf-8").replace("{RoleName}\n", "{project}\n"), "utf-8")
    assert "{project}" in message_of(copy)
    assert "{region}, {stack} and the name property" in message_of(copy)
