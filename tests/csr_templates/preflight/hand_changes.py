"""Changes by hand, one at a time: each value of each resource, members of lists, and whole resources.

``benchmarks/drift.py`` measures what ``verify --detect-drift`` says about them; a test takes a few.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from csr_templates.hand_over.operator_policies import VERIFY
from csr_templates.preflight.drift import detection, rows
from csr_templates.preflight.results import FAIL, PASS, SKIP, UNKNOWN, WARN, CheckResult
from csr_templates.preflight.services import cloudformation_calls

from .drifting_account import DriftingAccount, changed

if TYPE_CHECKING:
    from csr_templates.preflight.resolved_environment import EnvironmentStack, ResolvedEnvironment

Steps = tuple[str | int, ...]
NAMED: Final = "named"
EXPECTED: Final = "named as expected"
NOT_COMPARABLE: Final = "not comparable"
SILENT: Final = "silent"


class HandChange(NamedTuple):
    """A change by hand.

    Attributes:
        kind: what is done: another value, a removed one, an added member, or a deleted resource.
        stack: short name of the stack.
        logical_id: of the resource.
        steps: of the place in its properties; empty for the whole resource.
        value: the new value; None removes it.
    """

    kind: str
    stack: str
    logical_id: str
    steps: Steps
    value: Any


class Verdict(NamedTuple):
    """What is said about a change: one of the words above, and the results about other resources."""

    word: str
    effect: str
    false_alarms: list[CheckResult]


def changes(environment: ResolvedEnvironment, seed: int) -> Iterator[HandChange]:
    """Yield all changes; the new values are random."""
    chance = random.Random(seed)
    account = DriftingAccount(environment)
    for stack in environment.stacks:
        for logical_id in stack.resources:
            yield HandChange("deleted resource", stack.name, logical_id, (), None)
            properties = account.properties(stack, logical_id)
            for steps, value in _places(properties, ()):
                of_place = [("other value", steps, _other(value, chance)), ("removed value", steps, None)]
                if isinstance(value, Mapping):  # empty: what is added to it, the template does not set
                    of_place = [("removed value", steps, None)]
                elif isinstance(value, list):
                    of_place = [("added member", (*steps, len(value)), _added(value, chance))]
                for kind, place, new in of_place:
                    yield HandChange(kind, stack.name, logical_id, place, new)


def verdict(environment: ResolvedEnvironment, change: HandChange) -> Verdict:
    """Return what is said about a change, in an account where only this stack is looked at."""
    account = DriftingAccount(environment)
    stack = next(stack for stack in environment.stacks if stack.name == change.stack)
    account.actual[change.stack, change.logical_id] = _actual(account, stack, change)
    results = results_of(account, _only(environment, stack))
    others = [
        result
        for result in results
        if result.status in (FAIL, WARN, UNKNOWN) and result.subject != change.logical_id
    ]
    return Verdict(_word(results, stack, change), _effect(results, change), others)


def results_of(account: DriftingAccount, environment: ResolvedEnvironment) -> list[CheckResult]:
    """Return the results about the drift of an account."""
    facts = account.start(environment.project, environment.name, VERIFY)
    detection.detect(account, environment, facts, lambda names, seconds: None)  # type: ignore[arg-type]
    for stack in environment.chosen:
        facts.add([account.ask(cloudformation_calls.stack.query(stack.region, stack.deployed_name))])
    return rows.results(environment, facts)


def _only(environment: ResolvedEnvironment, stack: EnvironmentStack) -> ResolvedEnvironment:
    only = copy.copy(environment)
    only.chosen = (stack,)
    return only


def _actual(account: DriftingAccount, stack: EnvironmentStack, change: HandChange) -> Any:
    if not change.steps:
        return None
    properties = account.properties(stack, change.logical_id)
    if change.kind != "added member":
        return changed(properties, change.steps, change.value)
    members = properties
    for step in change.steps[:-1]:
        members = members[step]
    return changed(properties, change.steps[:-1], [*members, change.value])


def _word(results: list[CheckResult], stack: EnvironmentStack, change: HandChange) -> str:
    about = [
        result for result in results if (result.check, result.subject) == (rows.DRIFT, change.logical_id)
    ]
    if any(result.status in (FAIL, WARN) for result in about):
        return NAMED
    if any(result.status == PASS and "as expected" in result.sentence for result in about):
        return EXPECTED
    sentences = [result.sentence for result in results if result.status == SKIP]
    if any(_is_said(sentence, stack, change) for sentence in sentences):
        return NOT_COMPARABLE
    return SILENT


def _is_said(sentence: str, stack: EnvironmentStack, change: HandChange) -> bool:
    """Return whether the resource, or the property or what contains it, is listed as not comparable."""
    type_name = stack.resources[change.logical_id]["Type"]
    path = "/".join("*" if isinstance(step, int) else step for step in change.steps)
    for part in sentence.removeprefix("Not comparable: ").rstrip(".").split("; "):
        if part.startswith(f"{type_name} ("):
            return change.logical_id in part.removeprefix(f"{type_name} (").rstrip(")").split(", ")
        what, _, names = part.partition(" of ")
        if change.logical_id not in names.split(", "):
            continue
        if any(path == name or path.startswith(f"{name}/") for name in what.split(", ")):
            return True
    return False


def _effect(results: list[CheckResult], change: HandChange) -> str:
    """Return whether the effect of a named change is a risk, harmless, or not judged."""
    for result in results:
        if (result.check, result.subject) != (rows.DRIFT, change.logical_id) or result.status == PASS:
            continue
        if "is not judged" in result.sentence:
            return "not judged"
        return "harmless" if result.status == WARN else "judged as a risk"
    return ""


def _places(value: Any, steps: Steps) -> Iterator[tuple[Steps, Any]]:
    """Yield the place of each value that is neither an object nor a list, and of each list."""
    if isinstance(value, Mapping) and value:
        for name, member in value.items():
            yield from _places(member, (*steps, name))
        return
    if isinstance(value, list):
        yield steps, value
        for index, member in enumerate(value):
            yield from _places(member, (*steps, index))
        return
    if steps:
        yield steps, value


def _other(value: Any, chance: random.Random) -> Any:
    """Return another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if value in ("true", "false"):
        return "false" if value == "true" else "true"
    if isinstance(value, int | float):
        return value + chance.randint(1, 9)
    if isinstance(value, str) and value.isdigit():
        return str(int(value) + chance.randint(1, 9))
    return f"{value}{chance.choice('abcdef')}"


def _added(members: list[Any], chance: random.Random) -> Any:
    """Return a new member of a list: one that is like the last one, with another value."""
    if not members:
        return f"added-{chance.randint(1, 9)}"
    member = copy.deepcopy(members[-1])
    places = [(steps, value) for steps, value in _places(member, ()) if not isinstance(value, list)]
    if not places:
        return _other(member, chance)
    steps, value = chance.choice(places)
    return changed(member, steps, _other(value, chance))
