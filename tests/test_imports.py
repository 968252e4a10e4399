"""Which room may import which: the arrows of the layout in CONTRIBUTING.md, as the real imports have them."""

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SRC = ROOT / "src"

ANALYSIS = ["cfn_analysis", "cfn_analysis.model", "cfn_analysis.updates", "cfn_analysis.reviewing"]
ANALYSIS += ["cfn_analysis.rules", "cfn_analysis.linting"]
# Room -> the other rooms that it may import. All rooms of csr_templates may also import ANALYSIS and SHARED.
MAY_IMPORT = {
    "cfn_analysis.model": [],
    "cfn_analysis.updates": ["cfn_analysis.model"],
    "cfn_analysis.reviewing": ["cfn_analysis.model", "cfn_analysis.updates"],
    "cfn_analysis.rules": ["cfn_analysis.model"],
    "cfn_analysis.linting": ["cfn_analysis.model", "cfn_analysis.rules"],
    "csr_templates.account": [],
    "csr_templates.stacks": [],
    "csr_templates.environments": [],
    "csr_templates.hand_over": ["csr_templates.environments"],
    "csr_templates.reference": ["csr_templates.hand_over"],
    "csr_templates.costs": ["csr_templates.account", "csr_templates.hand_over"],
    "csr_templates.preflight": ["csr_templates.account", "csr_templates.hand_over"],
    "csr_templates.operating": ["csr_templates.account"],
    "csr_templates.assembly": [
        "csr_templates.stacks",
        "csr_templates.environments",
        "csr_templates.hand_over",
        "csr_templates.reference",
        "csr_templates.costs",
    ],
    "csr_templates.cli": [
        "csr_templates.stacks",
        "csr_templates.environments",
        "csr_templates.hand_over",
        "csr_templates.reference",
        "csr_templates.costs",
        "csr_templates.account",
        "csr_templates.preflight",
        "csr_templates.assembly",
    ],
}
# The names, and the arithmetic of connections, that rooms share.
SHARED = {"csr_templates.naming", "csr_templates.connection_limits"}
# The public names, what starts the command, what rooms share, and the former address of the rules.
OUTSIDE = {"cfn_analysis", "csr_templates", "csr_templates.__main__", *SHARED, "csr_templates.rules"}
# What catches the errors of the clients that ``account`` creates.
ERRORS_OF_BOTO3 = {"csr_templates.preflight", "csr_templates.costs.refresh"}
# The one room that imports almost nothing of cfn_analysis either.
ACCOUNT = "csr_templates.account"
OF_ACCOUNT = {"cfn_analysis.model.wording", "cfn_analysis.model.escaping"}
# Library -> the rooms, or single modules, that may import it.
USERS = {
    "troposphere": {"csr_templates.stacks"},
    "awacs": {"csr_templates.stacks"},
    "cfnlint": {"cfn_analysis.rules", "cfn_analysis.linting"},
    "yaml": {"cfn_analysis.model", "csr_templates.hand_over"},
    "boto3": {"csr_templates.account"},
    "botocore": {"csr_templates.account", *ERRORS_OF_BOTO3},
}


@cache
def modules() -> dict[str, Path]:
    """Return dotted name -> file of all modules of both packages; a package has the name of its folder."""
    files = [*(SRC / "cfn_analysis").rglob("*.py"), *(SRC / "csr_templates").rglob("*.py")]
    return {
        ".".join(file.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__"): file
        for file in files
    }


@cache
def imports(file: Path) -> tuple[str, ...]:
    """Return the dotted name of everything that a file imports, under TYPE_CHECKING and in functions too."""
    names: list[str] = []
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: a relative import hides the room"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return tuple(names)


def imports_of_ours() -> Iterator[tuple[str, str]]:
    """Yield each module, with each module of the two packages that it imports."""
    for module, file in modules().items():
        for imported in ours(file):
            yield module, imported


def ours(file: Path) -> Iterator[str]:
    """Yield the modules of the two packages that a file imports, as ``modules`` names them."""
    for name in imports(file):
        if name.split(".")[0] in ("cfn_analysis", "csr_templates"):
            yield name if name in modules() else name.rpartition(".")[0]


def room_of(module: str) -> str:
    """Return the room of a module; a module outside the rooms is its own."""
    room = ".".join(module.split(".")[:2])
    return room if room in MAY_IMPORT else module


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_from_the_rooms_below_it(room: str) -> None:
    """No arrow leads upwards, not even one for types alone."""
    allowed = {room, *MAY_IMPORT[room]}
    if room.startswith("csr_templates"):
        allowed |= {*ANALYSIS, *SHARED}
    wrong = [
        f"{module} imports {imported}"
        for module, imported in imports_of_ours()
        if room_of(module) == room and room_of(imported) not in allowed
    ]

    assert wrong == []


def test_the_account_knows_nothing_of_templates() -> None:
    """It imports the words of messages and how they are escaped, and nothing else of ours."""
    from_other_rooms = {
        imported
        for module, imported in imports_of_ours()
        if room_of(module) == ACCOUNT and room_of(imported) != ACCOUNT
    }

    assert from_other_rooms == OF_ACCOUNT


def test_cfn_analysis_does_not_import_csr_templates() -> None:
    """The analysis works on any template: no module of it, in a room or not, imports the other package."""
    wrong = [
        f"{module} imports {imported}"
        for module, imported in imports_of_ours()
        if module.split(".")[0] == "cfn_analysis" and imported.split(".")[0] != "cfn_analysis"
    ]

    assert wrong == []


def test_every_module_is_in_a_room() -> None:
    """A new folder gets its arrows here, and its line in CONTRIBUTING.md."""
    assert {room_of(module) for module in modules()} == {*MAY_IMPORT, *OUTSIDE}
    layout = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert [room for room in MAY_IMPORT if f"  {room.rpartition('.')[2]}/ " not in layout] == []


@pytest.mark.parametrize("library", USERS)
def test_a_library_is_imported_where_it_belongs(library: str) -> None:
    """Only the stacks know troposphere, and only linting and the rules know cfn-lint."""
    users = []
    for module, file in modules().items():
        packages = {imported.split(".")[0] for imported in imports(file)}
        if library in packages:
            users.append(module)

    assert [module for module in users if not {module, room_of(module)} & USERS[library]] == []


def test_no_module_imports_itself_through_others() -> None:
    """There is no circle, within a room either."""
    packages = {module for module, file in modules().items() if file.name == "__init__.py"}
    graph: dict[str, set[str]] = {}
    for module, file in modules().items():
        if module not in packages:
            graph[module] = {imported for imported in ours(file) if imported not in packages}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))
