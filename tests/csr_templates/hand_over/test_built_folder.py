"""``built_folder``: reads an output folder, and rejects other files."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from csr_templates import STACKS
from csr_templates.assembly.files import read_environments
from csr_templates.hand_over import built_folder
from csr_templates.hand_over.built_folder import BuiltFolderError

OUT = Path(__file__).resolve().parents[3] / "out"
STACK = {
    "name": "network",
    "template": "main.yaml",
    "region": "us-east-1",
    "parameterFiles": {"prod": "parameters/prod/network.json"},
}
FILES: dict[str, Any] = {
    "stacks.json": {"formatVersion": 1, "stacks": [STACK], "files": {}},
    "main.yaml": {"Resources": {"A": {"Type": "AWS::SQS::Queue"}}},
    "parameters/prod/network.json": {"Parameters": {"A": "1"}},
}


def read(files: Mapping[str, Any]) -> built_folder.BuiltFolder:
    """Read a folder of JSON documents and texts."""
    content = {
        name: document if isinstance(document, bytes) else json.dumps(document).encode()
        for name, document in files.items()
    }

    def of(name: str) -> bytes:
        if name not in content:
            raise FileNotFoundError(name)
        return content[name]

    return built_folder.read(of, "out")


def test_our_folder_is_read_back() -> None:
    """The result has the stacks with sections, modules and policies, and the values of all environments."""
    folder = built_folder.read(lambda name: (OUT / name).read_bytes(), "out")

    for stack, listed in zip(folder.stacks, STACKS, strict=True):
        t = listed.build()
        template = t.to_dict()  # which adds the section of what it derives
        assert (stack.name, stack.file, stack.region) == (listed.name, listed.template, listed.region)
        assert dict(stack.sections) == dict(t.sections)
        assert stack.source == f"csr_templates/stacks/{stack.name}.py"
        assert stack.policies.stack["Statement"][0]["Effect"] == "Allow"
        assert dict(stack.template) == template
    ours = read_environments(STACKS, OUT.parent / "parameters")
    assert folder.environments == {environment.name: environment.parameters for environment in ours}


def test_an_earlier_manifest_is_accepted() -> None:
    """Keys that were added later can be missing."""
    folder = read(FILES)

    (stack,) = folder.stacks
    assert (stack.sections, stack.source, stack.policies.stack) == ({}, "", {})
    assert folder.accounts == {}


def test_accounts_are_read() -> None:
    """They are those of the manifest."""
    stated = {**FILES["stacks.json"], "accounts": {"prod": "123456789012"}}

    assert read({**FILES, "stacks.json": stated}).accounts == {"prod": "123456789012"}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"stacks.json": {**FILES["stacks.json"], "accounts": {"prod": 1}}},
            "out: accounts of stacks.json does not map environments to account IDs, such as "
            '{"prod": "123456789012"}. Build the folder again.',
        ),
        (
            {"stacks.json": None},
            "out/stacks.json does not exist, so the folder is not the output of a build.",
        ),
        (
            {"stacks.json": {"formatVersion": 2}},
            "out/stacks.json is not a manifest of format 1, the only format",
        ),
        (
            {"stacks.json": {"formatVersion": 1, "stacks": [{}], "files": {}}},
            "out/stacks.json does not contain the paths of the files of each stack.",
        ),
        (
            {"main.yaml": None},
            "out/stacks.json lists main.yaml, which cannot be read. Build the folder again.",
        ),
        ({"main.yaml": b"\xff"}, "out/main.yaml is not UTF-8. Build the folder again."),
        ({"main.yaml": {"A": 1}}, "Cannot read out/main.yaml: it has no mapping Resources"),
        (
            {"parameters/prod/network.json": b"{"},
            "Cannot read out/parameters/prod/network.json: it is not JSON",
        ),
        (
            {"parameters/prod/network.json": {"A": 1}},
            "Cannot read out/parameters/prod/network.json: it is neither",
        ),
    ],
)
def test_refused(changed: dict[str, Any], message: str) -> None:
    """The message contains the file and what to do."""
    files = {name: document for name, document in {**FILES, **changed}.items() if document is not None}
    with pytest.raises(BuiltFolderError) as caught:
        read(files)

    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../main.yaml", "a/../../b", "C:/b", ".git/config", "a\\b", 1]
)
@pytest.mark.parametrize("key", ["template", "parameterFiles", "stackPolicy", "source"])
def test_paths_outside_are_refused(key: str, path: Any) -> None:
    """A manifest of a pull request cannot make a review read other files of the machine."""
    entry = {**STACK, key: {"prod": path} if key == "parameterFiles" else path}
    document = {"formatVersion": 1, "stacks": [entry], "files": {}}
    with pytest.raises(BuiltFolderError) as caught:
        read({**FILES, "stacks.json": document, str(path): {"Resources": {}}})

    shown = str(path).replace("\\", "\\\\")
    assert str(caught.value) == (
        f'out/stacks.json contains the path "{shown}". A path must be relative and must not leave the '
        "folder, and its parts must not begin with a period. Build the folder again."
    )


@pytest.mark.parametrize(
    ("document", "values"),
    [
        ({"Parameters": {"A": "1", "B": 2, "C": True}}, {"A": "1", "B": "2", "C": "true"}),
        ([{"ParameterKey": "A", "ParameterValue": "1"}], {"A": "1"}),
        ([{"ParameterKey": "A", "UsePreviousValue": True}], {}),
        ([], {}),
    ],
)
def test_parameters(document: Any, values: dict[str, str]) -> None:
    """Both formats of parameter files are supported. A previous value is unknown."""
    assert built_folder.read_parameters(json.dumps(document), "p.json") == values
