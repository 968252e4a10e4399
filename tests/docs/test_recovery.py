"""docs/recovery.md: its commands bring back each stack, and no data is lost on the way."""

from __future__ import annotations

import re

import pytest

from .conftest import DELETED, session_of
from .model import files
from .pages import CHOSEN_SNAPSHOT, RECOVERY, Block, Page, read
from .world import Session, Terminal

pytestmark = pytest.mark.xdist_group("commands")

PARTS = list(dict.fromkeys(map(session_of, read(RECOVERY).shell())))


@pytest.mark.parametrize("part", PARTS)
def test_part_runs(part: str, recovery_sessions: dict[str, Session]) -> None:
    """A part, pasted from top to bottom, runs without an error: each command is one that the CLI takes."""
    session = recovery_sessions[part]

    assert session.err == ""
    assert session.status == 0


@pytest.mark.parametrize(("section", "stack"), DELETED.items())
def test_commands_bring_back_the_stack(
    section: str, stack: str, recovery_sessions: dict[str, Session]
) -> None:
    """After the commands a deploy replaces, removes and generates nothing, and all data is there."""
    session = recovery_sessions[section]
    assert session.model is not None
    imported = session.model.wrong()
    others = [one for one in session.model.gone if one != stack]
    changes = session.model.drill.deploy(stack)

    assert any(one.startswith(f"{stack}: other resources: ") for one in imported)
    assert (changes.replaced, changes.generated, changes.removed) == ({}, [], [])
    assert session.model.wrong() == [f"{one}: still missing" for one in reversed(others)]


def test_new_value_of_a_secret_is_noticed(operations: Page, terminal: Terminal) -> None:
    """If a secret gets another value while it is imported, the import ends with an error that says which."""
    blocks = read(RECOVERY).shell()
    (tools,) = [block.text for block in operations.shell() if "stack_output()" in block.text]
    (functions,) = [block.text for block in blocks if "prepare_import()" in block.text]
    name = next(
        one["ResourceIdentifier"]["Id"]["Name"]
        for one in files().json("recovery/prod/api.json")["ResourcesToImport"]
        if one["ResourceType"] == "AWS::SecretsManager::Secret"
    )
    prepare, run = [block for block in blocks if block.section == "API"]
    change = (
        "aws secretsmanager put-secret-value --region ap-northeast-1 "
        f"--secret-id {name} --secret-string {{}}\n"
    )
    session = terminal.session(tools + functions, [prepare, Block("", 0, "sh", change), run], deleted="api")

    assert session.status == 1
    assert re.search(f"secret:{name}-.*: the value was version .* and is now ", session.err)


def test_restore_uses_the_chosen_snapshot(recovery_sessions: dict[str, Session]) -> None:
    """The snapshot that a person has chosen is restored, under the identifier that the cluster had."""
    (restored,) = [
        one.parameters
        for one in recovery_sessions["Database"].seen
        if one.name == "restore-db-cluster-from-snapshot"
    ]

    assert restored["SnapshotIdentifier"] == CHOSEN_SNAPSHOT
    assert restored["DBClusterIdentifier"] == "csr-lambda-api-prod-aurora-cluster"
