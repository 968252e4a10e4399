"""What many tests need: every stack rendered once, and hypothesis without luck in CI."""

import gc
import json
import os
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler.loadscope import LoadScopeScheduling  # type: ignore[import-untyped]

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.rendering import load
from cfn_analysis.model.resolving import resolve
from csr_templates import STACKS, render
from csr_templates.assembly.files import Assembly, assemble
from csr_templates.naming import PREFIX

gc.disable()  # until the tests are collected, because modules and tests are not garbage

ROOT = Path(__file__).resolve().parents[1]
PRODUCTION = ROOT / "out" / "parameters" / "prod"

settings.register_profile("default", deadline=None, max_examples=30)
settings.register_profile("ci", settings.get_profile("default"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")


class OneProcessPerFile(LoadScopeScheduling):  # type: ignore[misc]
    """Runs a file, or a folder whose tests share much, in one process, so that it is made once."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, _ = nodeid.partition("::")
        shared = ("tests/acceptance/docs", "tests/alarms", "tests/csr_templates/preflight")
        return next((folder for folder in shared if file.startswith(f"{folder}/")), file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneProcessPerFile:
    """Distribute the tests (pytest-xdist's own groups do nothing with pytest 9.2)."""
    return OneProcessPerFile(config, log)


@pytest.fixture(scope="session", autouse=True)
def cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the user's memory of clean lints out of the tests, and the tests out of it."""
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        os.environ[variable] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let Ctrl-C interrupt this process and those that it starts, also where a shell made it ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def templates() -> dict[str, dict[str, Any]]:
    """Stack name -> its template, as read back from the YAML that a build writes."""
    parsed = {}
    for stack in STACKS:
        t = stack.build()
        parsed[stack.name] = load(render(t.to_dict(), sections=t.sections))
    return parsed


@pytest.fixture(scope="session")
def built(templates: dict[str, dict[str, Any]]) -> dict[str, BuiltStack]:
    """Stack name -> the built stack, in deploy order."""
    return {
        stack.name: BuiltStack(
            stack.name,
            stack.template,
            stack.region,
            templates[stack.name],
            stack.build().sections,
            stack.per_deploy,
            stack.reads_from,
            name_pattern=f"{PREFIX}{stack.name}",
        )
        for stack in STACKS
    }


@pytest.fixture(scope="session")
def assembly() -> Assembly:
    """All files of a build of our stacks and environments."""
    return assemble(parameters=ROOT / "parameters", lint=False, in_repository=PurePosixPath("out"))


@pytest.fixture(scope="session")
def network(templates: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The network template."""
    return templates["network"]


@pytest.fixture(scope="session")
def api(templates: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The API template."""
    return templates["api"]


@pytest.fixture(scope="session")
def database(templates: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The database template."""
    return templates["database"]


@pytest.fixture(scope="session")
def frontend(templates: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The frontend template."""
    return templates["frontend"]


@pytest.fixture(scope="session")
def production(templates: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Stack -> the resources of production's stack, resolved."""
    resolved = {}
    for stack in STACKS:
        values = json.loads((PRODUCTION / f"{stack.name}.json").read_text())["Parameters"]
        resolved[stack.name] = resolve(
            templates[stack.name],
            values,
            region=stack.region,
            stack_name=f"{values['ProjectName']}-{values['Environment']}-{stack.name}",
        )
    return resolved


@pytest.fixture(scope="session")
def resources(production: dict[str, dict[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Stack -> logical ID -> resource."""
    return {stack: resolved["Resources"] for stack, resolved in production.items()}


def pytest_collection_finish() -> None:
    """Keep the collected tests and modules out of garbage collections, which would visit them often."""
    gc.freeze()
    gc.set_threshold(20_000)
    gc.enable()
