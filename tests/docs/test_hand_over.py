"""``docs/hand-over.md``: its statements for authors of pipelines are true for the files of a build."""

import json
import re
import shlex
from typing import Any

import pytest

from csr_templates.assembly.files import Assembly
from tests.docs.pages import cells, spans
from tests.system import REGIONS, ROOT, STACK_NAMES

PAGE = (ROOT / "docs" / "hand-over.md").read_text(encoding="utf-8")


def commands() -> list[str]:
    """Return every command of the AWS CLI on the page, each on one line."""
    commands_of_page = []
    for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL):
        joined = re.sub(r"\\\n\s*", " ", block)
        commands_of_page += re.findall(r"\baws [a-z0-9]+ [^\n]*", joined)
    return commands_of_page


def table(heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading, without its head."""
    text = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in text.split("\n") if line.startswith("|")][2:]
    return [cells(line) for line in lines]


@pytest.fixture(scope="module")
def files(assembly: Assembly) -> dict[str, bytes]:
    """Path -> content, as a build would write them."""
    return assembly.files


@pytest.fixture(scope="module")
def manifest(files: dict[str, bytes]) -> dict[str, Any]:
    """The content of stacks.json."""
    document: dict[str, Any] = json.loads(files["stacks.json"])
    return document


def test_page_has_commands() -> None:
    """The tests below look at what they think they look at."""
    assert len(commands()) > 20


@pytest.mark.parametrize("command", commands())
def test_every_command_names_its_region(command: str) -> None:
    """No command relies on a default region, and one that names a stack names the stack's region."""
    region = re.search(r"--region (\S+)", command)
    assert region

    for stack in re.findall(rf"csr-lambda-api-prod-({'|'.join(STACK_NAMES)})\b(?!-)", command):
        assert region[1] == REGIONS[stack]


@pytest.mark.parametrize("block", re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL))
def test_quotes_are_closed(block: str) -> None:
    """Each block can be pasted: its quotes are closed."""
    assert shlex.split(block, comments=True)


def test_every_file_is_explained(files: dict[str, bytes]) -> None:
    """The table of files covers each file of the set, and nothing that is not there."""
    explained: set[str] = set()
    unused = []
    for row in table("What is handed over"):
        for pattern in patterns_of(row[0]):
            matching = {path for path in files if re.fullmatch(pattern, path)}
            explained |= matching
            if not matching:
                unused.append(pattern)

    assert files.keys() - explained == set()
    assert unused == []


def patterns_of(cell: str) -> list[str]:
    """Return the patterns of the paths that a cell of the table of files names."""
    patterns = []
    for name in spans(cell):
        pattern = re.sub("<[a-z]+>", "[a-z]+", re.escape(name))
        if "numbered" in cell:
            pattern = pattern.replace(r"\.json", r"(-[0-9]+)?\.json")
        patterns.append(pattern)
    return patterns


def test_names_exist(templates: dict[str, dict[str, Any]], manifest: dict[str, Any]) -> None:
    """Outputs, logical IDs, parameters and keys of the manifest that the page names are there."""
    outputs: set[str] = set()
    for template in templates.values():
        outputs.update(template["Outputs"])
    api = next(stack for stack in manifest["stacks"] if stack["name"] == "api")
    edition = next(
        resource["Properties"]["Description"]
        for resource in templates["api"]["Resources"].values()
        if resource["Type"] == "AWS::ApiGateway::Deployment"
    )

    assert set(re.findall(r"OutputKey=='(\w+)'", PAGE)) <= outputs
    assert "LambdaCodeS3ObjectVersion" in api["perDeploy"]
    assert "ManageApiGatewayAccount" in templates["api"]["Parameters"]
    assert re.fullmatch("Edition [0-9]+", edition)
    for key in ("parameterFiles", "perDeploy", "bootstrap", "region", "template"):
        assert key in api
        assert key in PAGE
