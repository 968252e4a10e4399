"""Which room may import which: the arrows of the layout in CONTRIBUTING.md, held by the real imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "csr_templates"

# Room -> the other rooms that it may import.
MAY_IMPORT = {
    "cloudformation": set[str](),
    "rules": set[str](),
    "stacks": {"cloudformation"},
    "environments": {"cloudformation"},
    "linting": {"rules", "cloudformation"},
    "hand_over": {"reviewing", "environments", "cloudformation"},
    "reference": {"hand_over", "cloudformation"},
    "preflight": {"hand_over", "cloudformation"},
    "reviewing": {"cloudformation"},
    "assembly": {"reference", "hand_over", "linting", "environments", "stacks", "cloudformation"},
    "cli": {
        "preflight",
        "reviewing",
        "assembly",
        "reference",
        "hand_over",
        "linting",
        "environments",
        "stacks",
        "cloudformation",
    },
}
# Library -> the rooms that may import it.
USERS = {
    "troposphere": {"stacks"},
    "awacs": {"stacks"},
    "cfnlint": {"rules", "linting"},
    "yaml": {"cloudformation", "hand_over"},
    "boto3": {"preflight"},
    "botocore": {"preflight"},
}
# The public names, what starts the command, and the names that rooms share, which imports nothing of ours.
STARTERS = {"__init__", "__main__", "naming"}


@cache
def modules() -> dict[str, Path]:
    """Return dotted name below the package -> file."""
    files = PACKAGE.rglob("*.py")
    return {".".join(file.relative_to(PACKAGE).with_suffix("").parts): file for file in files}


@cache
def imports(file: Path) -> tuple[str, ...]:
    """Return the dotted name of everything that a file imports, under TYPE_CHECKING and in functions too."""
    found: list[str] = []
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: a relative import hides the room"
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return tuple(found)


def ours(file: Path) -> Iterator[str]:
    """Yield the modules of the package that a file imports, as ``modules`` names them."""
    known = modules()
    for name in imports(file):
        if name.startswith("csr_templates."):
            below = name.removeprefix("csr_templates.")
            parent = below.rpartition(".")[0]
            yield below if below in known else parent if parent in known else f"{below}.__init__"


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_from_the_rooms_below_it(room: str) -> None:
    """No arrow leads upwards, not even one for types alone."""
    wrong = [
        f"{name} imports {imported}"
        for name, file in modules().items()
        if name.split(".")[0] == room
        for imported in ours(file)
        if imported.split(".")[0] not in MAY_IMPORT[room] | {room, "naming"}
    ]

    assert wrong == []


def test_every_module_is_in_a_room() -> None:
    """A new folder gets its arrows here, and its line in CONTRIBUTING.md."""
    rooms = {name.split(".")[0] for name in modules()}

    assert rooms - STARTERS == set(MAY_IMPORT)
    layout = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert [room for room in MAY_IMPORT if f"  {room}/ " not in layout] == []


ANALYSIS = {"cloudformation", "rules", "linting", "reviewing"}


def test_the_analysis_of_templates_does_not_import_this_project() -> None:
    """The rooms that work on any template import only each other, not even the names of this project."""
    wrong = [
        f"{name} imports {imported}"
        for name, file in modules().items()
        if name.split(".")[0] in ANALYSIS
        for imported in ours(file)
        if imported.split(".")[0] not in ANALYSIS
    ]

    assert wrong == []


@pytest.mark.parametrize("library", USERS)
def test_a_library_is_imported_where_it_belongs(library: str) -> None:
    """Only the stacks know troposphere, and only linting and the rules know cfn-lint."""
    users = {
        name
        for name, file in modules().items()
        if any(imported.split(".")[0] == library for imported in imports(file))
    }

    assert sorted(name for name in users if name.split(".")[0] not in USERS[library]) == []


def test_no_module_imports_itself_through_others() -> None:
    """There is no circle, within a room either."""
    packages = {name for name in modules() if name.endswith("__init__")}
    graph = {
        name: {one for one in ours(file) if one not in packages}
        for name, file in modules().items()
        if name not in packages
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))
