"""A terminal to type the commands of the pages in, and what its sessions print."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.docs.conftest import require_programs
from tests.docs.pages import (
    BY_OPERATORS,
    HAND_OVER,
    read,
)

from .world import Session, Terminal, opened


@pytest.fixture(scope="session")
def terminal(
    production: dict[str, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Terminal]:
    """A shell whose ``aws`` talks to a mock."""
    require_programs()
    with opened(production, tmp_path_factory.mktemp("terminal")) as started:
        yield started


@pytest.fixture(scope="session")
def hand_over(terminal: Terminal) -> Session:
    """The blocks for the author of a pipeline, as one script."""
    return terminal.session([block for block in read(HAND_OVER).shell() if block.section != BY_OPERATORS])
