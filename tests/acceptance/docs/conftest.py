"""A terminal to type the commands of the pages in, and what its sessions print."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from csr_templates import STACKS
from tests.docs.conftest import require_programs
from tests.docs.pages import (
    BY_OPERATORS,
    HAND_OVER,
    LOAD,
    OPERATIONS,
    RECOVERY,
    TYPED,
    Block,
    Page,
    by_line,
    filled,
    read,
)

from .account import PROJECT
from .world import Session, Terminal, opened


@pytest.fixture(scope="session")
def operations() -> Page:
    """The operators' page in English."""
    return read(OPERATIONS)


@pytest.fixture(scope="session")
def terminal(
    production: dict[str, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Terminal]:
    """A shell whose ``aws`` talks to a mock."""
    require_programs()
    with opened(production, tmp_path_factory.mktemp("terminal")) as one:
        yield one


@pytest.fixture(scope="session")
def sessions(operations: Page, terminal: Terminal) -> dict[str, Session]:
    """Each chapter of the operators' pages, typed into a new terminal after the functions."""
    chapters: dict[str, list[Block]] = {}
    for path in TYPED:
        for block in read(path).shell():
            chapters.setdefault(block.chapter, []).extend(by_line(block))
    return {chapter: terminal.session(LOAD, blocks) for chapter, blocks in chapters.items()}


# Section of the page on recovery -> the stack that is deleted before its commands are typed.
DELETED = {"Network": "network", "Database": "database", "API": "api", "Frontend": "frontend"}
NEW_API = "The new ID of the API"
FAILOVER = "Fail over to the stack"
REST = "The rest"
# Sections that go on in the middle of one of those, together: the cluster is restored, and in no stack yet.
RESTORED = ("The wrong snapshot", "A point in time")
AGAIN = "Another restore"
RESTORE = "Restore the database"


def session_of(block: Block) -> str:
    """Return what a block of the page on recovery is typed together with."""
    if block.chapter == RESTORE:
        return RESTORE
    if block.section in RESTORED:
        return AGAIN
    if block.section == FAILOVER:  # after the deploy of the database
        return NEW_API
    return block.section if block.section in (*DELETED, NEW_API) else REST


def again(block: Block, text: str = "", **chosen: str) -> Block:
    """Return a block, perhaps with another text, that is typed for the sake of those after it."""
    return replace(block, line=0, text=filled(text or block.text, **chosen))


LOSES_AN_INSTANCE = (
    "aws rds delete-db-instance --region ap-northeast-1 "
    "--db-instance-identifier csr-lambda-api-prod-restored\n"
)


def until_restored(blocks: list[Block]) -> list[Block]:
    """Return what is typed until the cluster has its instances, the last block more than once."""
    database = [again(block) for block in blocks if block.section == "Database"]
    (last,) = [index for index, block in enumerate(database) if "prepare_check" in block.text]
    return [*database[: last + 1], database[last], again(database[last], LOSES_AN_INSTANCE), database[last]]


def change_set(stack: str) -> str:
    """Return the ARN of the change set of a deploy of a stack, as the model names it."""
    region = {one.name: one.region for one in STACKS}[stack]
    return f"arn:aws:cloudformation:{region}:123456789012:changeSet/{PROJECT}-{stack}/1"


def of_section(blocks: list[Block], section: str, **chosen: str) -> list[Block]:
    """Return the blocks of a section of the page on recovery, with its change sets."""
    stack = "frontend" if section == NEW_API else DELETED[section]
    return [
        replace(line, text=filled(line.text, CHANGE_SET=change_set(stack), **chosen))
        for block in blocks
        if block.section == section
        for line in by_line(block)
    ]


def brought_back(blocks: list[Block]) -> list[Block]:
    """Return all commands of the pages for a deleted network and the stacks that import from it."""
    (failover,) = [block for block in blocks if block.section == FAILOVER]
    (after,) = [one for one in blocks if one.text.startswith("end_recovery ")]
    version = Block("", 0, "sh", "VERSION=$(last_deploys api | grep -o '[^[:space:]]*$' | head -n 1)\n")
    typed = []
    for section, stack in DELETED.items():
        if stack == "frontend":
            continue
        if stack == "api":
            typed.append(version)
            found = of_section(blocks, section, VERSION="@")
            typed += [replace(one, text=one.text.replace("@", '"$VERSION"')) for one in found]
        else:
            typed += of_section(blocks, section)
        typed += by_line(failover) if stack == "database" else []
        typed += [again(after, STACK=stack)]
    subscribe = Block(
        "", 0, "sh", "subscribe critical email a@example.com\nsubscribe normal email a@example.com\n"
    )
    return [*typed, *of_section(blocks, NEW_API), subscribe]


def alternatives(block: Block) -> list[Block]:
    """Return the calls of a block; before a restore that is an alternative, the last one is deleted."""
    calls: list[Block] = []
    for call in by_line(block):
        if session_of(call) == RESTORE and call.text.startswith(("restore_backup", "restore_snapshot")):
            calls.append(again(call, "delete_old_cluster csr-lambda-api-prod-aurora-cluster-restored\n"))
        calls.append(call)
    return calls


@pytest.fixture(scope="session")
def recovery_sessions(terminal: Terminal) -> dict[str, Session]:
    """Each part of the page on recovery, typed into a new terminal."""
    blocks = read(RECOVERY).shell()
    return {
        part: terminal.session(
            LOAD,
            brought_back(blocks)
            if part == NEW_API
            else of_section(blocks, part)
            if part in DELETED
            else [
                *(until_restored(blocks) if part == AGAIN else []),
                *(
                    line
                    for block in blocks
                    if session_of(block) == part and "RESTORED" not in block.text  # the end of a rehearsal
                    for line in alternatives(block)
                ),
            ],
            {AGAIN: "database", NEW_API: "network"}.get(part) or DELETED.get(part, ""),
        )
        for part in dict.fromkeys(map(session_of, blocks))
    }


@pytest.fixture(scope="session")
def hand_over(terminal: Terminal) -> Session:
    """The blocks for the author of a pipeline, as one script."""
    return terminal.session("", [one for one in read(HAND_OVER).shell() if one.section != BY_OPERATORS])
