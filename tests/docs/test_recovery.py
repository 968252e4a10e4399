"""docs/recovery.md: its commands bring back each stack, and no data is lost on the way."""

from __future__ import annotations

import pytest

from ..drill.recovering import faults
from .conftest import DELETED, session_of
from .pages import CHOSEN_SNAPSHOT, RECOVERY, read
from .world import Session

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
    drill = session.model.drill
    changes = {stack: drill.deploy(stack)}

    found = list(faults(session.model.before, drill, [stack], changes))
    # The snapshot is moto's, which the model does not look into.
    assert [one for one in found if "DatabaseCluster" not in one] == []


def test_restore_uses_the_chosen_snapshot(recovery_sessions: dict[str, Session]) -> None:
    """The snapshot that a person has chosen is restored, under the identifier that the cluster had."""
    (restored,) = [
        one.parameters
        for one in recovery_sessions["Database"].seen
        if one.name == "restore-db-cluster-from-snapshot"
    ]

    assert restored["SnapshotIdentifier"] == CHOSEN_SNAPSHOT
    assert restored["DBClusterIdentifier"] == "csr-lambda-api-prod-aurora-cluster"
