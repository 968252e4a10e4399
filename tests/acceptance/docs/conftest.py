"""A terminal to type the commands of the pages in, and what its sessions print."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from csr_templates import STACKS
from tests.docs.conftest import require_programs
from tests.docs.pages import HAND_OVER, OPERATIONS, RECOVERY, TYPED, Block, Page, filled, read

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
            chapters.setdefault(block.chapter, []).append(block)
    return {chapter: terminal.session(LOAD, blocks) for chapter, blocks in chapters.items()}


# Section of the page on recovery -> the stack that is deleted before its commands are typed.
DELETED = {"Network": "network", "Database": "database", "API": "api", "Frontend": "frontend"}
NEW_API = "The new ID of the API"
FAILOVER = "Fail over to the stack"
REST = "The rest"
# Sections that go on in the middle of one of those, together: the cluster is restored, and in no stack yet.
RESTORED = ("The wrong snapshot", "A point in time")
AGAIN = "Another restore"


def session_of(block: Block) -> str:
    """Return what a block of the page on recovery is typed together with."""
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
    (last,) = [index for index, block in enumerate(database) if "create-db-instance" in block.text]
    return [*database[: last + 1], database[last], again(database[last], LOSES_AN_INSTANCE), database[last]]


def executed(stack: str) -> Block:
    """Return the block that executes the change set of a deploy of a stack, as the model names it."""
    region = {one.name: one.region for one in STACKS}[stack]
    (block,) = [one for one in read(OPERATIONS).shell() if "execute-change-set" in one.text]
    arn = f"arn:aws:cloudformation:{region}:123456789012:changeSet/{PROJECT}-{stack}/1"
    return again(block, f"CHANGES={arn}\n{block.text}")


def brought_back(blocks: list[Block]) -> list[Block]:
    """Return all commands of the pages for a deleted network and the stacks that import from it."""
    operations = read(OPERATIONS).shell()
    network, default_group = [block for block in operations if block.section == "1. Network"]
    database = [block for block in operations if block.section == "2. Database"][-1]
    (failover,) = [block for block in blocks if block.section == FAILOVER]
    (package,) = [one for one in operations if "VERSION=''" in one.text]
    version = "VERSION=$(last_deploys api | grep -o '[^[:space:]]*$' | head -n 1)"
    deploys = {
        "network": [network, executed("network"), default_group],
        "database": [database, executed("database")],
        "api": [replace(package, text=package.text.replace("VERSION=''", version)), executed("api")],
    }
    (account,) = [one for one in operations if one.text.startswith("ACCOUNT=")]
    (after,) = [one for one in blocks if "set-stack-policy" in one.text]
    (subscribe,) = [one for one in operations if "sns subscribe" in one.text]
    typed = [again(account)]
    for section, stack in DELETED.items():
        if stack in deploys:
            typed += [again(block) for block in blocks if block.section == section]
            typed += map(again, deploys[stack])
            typed += [failover] if stack == "database" else []
            typed += [again(after, STACK=stack)]
    new_api = [block for block in blocks if block.section == NEW_API]
    return [*typed, *new_api, executed("frontend"), again(subscribe)]


@pytest.fixture(scope="session")
def recovery_sessions(operations: Page, terminal: Terminal) -> dict[str, Session]:
    """Each part of the page on recovery, typed into a new terminal after the functions of both pages."""
    blocks = read(RECOVERY).shell()
    (tools,) = [block.text for block in operations.shell() if "stack_output()" in block.text]
    (functions,) = [block for block in blocks if "prepare_import()" in block.text]
    return {
        part: terminal.session(
            f"{tools}\nexport BLOCK={functions.line}\n{functions.text}",
            brought_back(blocks)
            if part == NEW_API
            else [
                *(until_restored(blocks) if part == AGAIN else []),
                *(block for block in blocks if session_of(block) == part and block != functions),
            ],
            {AGAIN: "database", NEW_API: "network"}.get(part) or DELETED.get(part, ""),
        )
        for part in dict.fromkeys(map(session_of, blocks))
    }


@pytest.fixture(scope="session")
def hand_over(terminal: Terminal) -> Session:
    """The blocks for the author of a pipeline, as one script."""
    return terminal.session("", read(HAND_OVER).shell())
