"""One mock account for all tests of preflight that need one, in two states."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import pytest

from csr_templates.preflight.facts import Facts
from csr_templates.preflight.results import CheckResult

from . import faults, mock_account
from .faults import Fault
from .mock_account import MockAccount
from .recorded import Call


class Outcome(NamedTuple):
    """The additional results while the account has a fault."""

    fault: Fault
    results: list[CheckResult]


class State(NamedTuple):
    """The account in one state.

    Attributes:
        facts: the responses of the account.
        results: the results of all checks.
        again: the results after all faults were created and removed.
        outcomes: the additional results for each fault of the state, by its name.
        calls: the calls of one run.
    """

    facts: Facts
    results: list[CheckResult]
    again: list[CheckResult]
    outcomes: dict[str, Outcome]
    calls: list[Call]


def listed_calls(operations_of_services: Mapping[str, Sequence[str]]) -> set[tuple[str, str]]:
    """Return service and operation of each call that a command lists."""
    calls: set[tuple[str, str]] = set()
    for service, operations in operations_of_services.items():
        calls.update((service, operation) for operation in operations)
    return calls


class Walk(NamedTuple):
    """The account, its results when empty, and its states before and after the stacks are deployed."""

    world: MockAccount
    empty: list[CheckResult]
    states: dict[str, State]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need the account."""
    for item in items:
        if "walk" in getattr(item, "fixturenames", ()) and "preflight" in item.path.parts:
            item.add_marker(pytest.mark.acceptance)


@pytest.fixture(scope="package")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """Yield an account that was empty, then ready for the first deploy, then with all stacks."""
    with mock_account.opened(tmp_path_factory.mktemp("out")) as world:
        empty = world.collect(world.start())
        world.bootstrap()
        states = {"new": _state(world, "new")}
        world.deploy()
        states["ready"] = _state(world, "ready")
        yield Walk(world, empty, states)


def _state(world: MockAccount, name: str) -> State:
    before = len(world.recorder.made)
    facts = world.start()
    results = world.collect(facts)
    calls = world.recorder.made[before:]
    outcomes = {
        fault: _outcome(world, facts, results, faults.FAULTS[name][fault]) for fault in faults.FAULTS[name]
    }
    return State(facts, results, world.collect(world.start()), outcomes, calls)


def _outcome(world: MockAccount, base: Facts, results: list[CheckResult], fault: Fault) -> Outcome:
    if "change" in fault:
        with_fault = world.collect(faults.with_change(base, fault["change"]))
    else:
        with faults.created(world, fault) as environment:
            with_fault = world.collect(base.without(*fault.get("services", "").split()), environment)
    usual = {(result.check, result.subject, result.status) for result in results}
    unusual = [result for result in with_fault if (result.check, result.subject, result.status) not in usual]
    return Outcome(fault, [result for result in unusual if result.status != "PASS"])
