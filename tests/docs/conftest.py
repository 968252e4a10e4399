"""The pages, the templates with production's values, and a terminal to run the commands in."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from csr_templates import STACKS
from csr_templates.cloudformation.resolving import resolve

from .pages import HAND_OVER, OPERATIONS, RECOVERY, ROOT, TYPED, Block, Page, read
from .world import Session, Terminal, opened

PROJECT = "csr-lambda-api-prod"
ENVIRONMENT = ROOT / "out" / "parameters" / "prod"


@pytest.fixture(scope="session")
def operations() -> Page:
    """The operators' page in English."""
    return read(OPERATIONS)


@pytest.fixture(scope="session")
def production(templates: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Stack -> what production's stack holds, resolved."""
    found = {}
    for stack in STACKS:
        values = json.loads((ENVIRONMENT / f"{stack.name}.json").read_text())["Parameters"]
        found[stack.name] = resolve(
            templates[stack.name],
            values,
            region=stack.region,
            stack_name=f"{values['ProjectName']}-{values['Environment']}-{stack.name}",
        )
    return found


@pytest.fixture(scope="session")
def resources(production: dict[str, dict[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Stack -> logical ID -> resource."""
    return {stack: resolved["Resources"] for stack, resolved in production.items()}


def require_programs() -> None:
    """Skip what runs commands where their programs are missing, except in CI."""
    if sys.platform != "linux":
        pytest.skip("the commands need GNU date")
    missing = [program for program in ("bash", "jq") if shutil.which(program) is None]
    if missing and not os.environ.get("CI"):
        pytest.skip(f"not installed: {', '.join(missing)}")
    assert not missing, f"CI must run the commands of the pages, but lacks {', '.join(missing)}."


@pytest.fixture(scope="session")
def terminal(
    production: dict[str, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Terminal]:
    """A shell whose ``aws`` talks to a mock."""
    require_programs()
    with opened(
        {stack: resolved["Resources"] for stack, resolved in production.items()},
        {stack: list(resolved["Outputs"]) for stack, resolved in production.items()},
        tmp_path_factory.mktemp("terminal"),
    ) as one:
        yield one


@pytest.fixture(scope="session")
def sessions(operations: Page, terminal: Terminal) -> dict[str, Session]:
    """Each chapter of the operators' pages, typed into a new terminal after the functions."""
    (preamble,) = [block.text for block in operations.shell() if "stack_output()" in block.text]
    chapters: dict[str, list[Block]] = {}
    for path in TYPED:
        for block in read(path).shell():
            chapters.setdefault(block.chapter, []).append(block)
    return {chapter: terminal.session(preamble, blocks) for chapter, blocks in chapters.items()}


# Section of the page on recovery -> the stack that is deleted before its commands are typed.
DELETED = {"Network": "network", "Database": "database", "API": "api", "Frontend": "frontend"}


REST = "The rest"


def session_of(block: Block) -> str:
    """Return what a block of the page on recovery is typed together with."""
    return block.section if block.section in DELETED else REST


@pytest.fixture(scope="session")
def recovery_sessions(operations: Page, terminal: Terminal) -> dict[str, Session]:
    """Each part of the page on recovery, typed into a new terminal after the functions of both pages."""
    blocks = read(RECOVERY).shell()
    (tools,) = [block.text for block in operations.shell() if "stack_output()" in block.text]
    (functions,) = [block for block in blocks if "prepare_import()" in block.text]
    return {
        part: terminal.session(
            f"{tools}\nexport BLOCK={functions.line}\n{functions.text}",
            [block for block in blocks if session_of(block) == part and block != functions],
            DELETED.get(part, ""),
        )
        for part in dict.fromkeys(map(session_of, blocks))
    }


@pytest.fixture(scope="session")
def hand_over(terminal: Terminal) -> Session:
    """The blocks for the author of a pipeline, as one script."""
    return terminal.session("", read(HAND_OVER).shell())
