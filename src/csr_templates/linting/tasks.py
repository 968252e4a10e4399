"""Lints many templates: not those that the cache knows to be clean, and the others on all cores."""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING, NamedTuple

from csr_templates.linting import clean_cache

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from csr_templates.linting.runner import Finding


class Task(NamedTuple):
    """One template to lint with one set of values; the attributes are those of ``runner.lint``."""

    text: str
    region: str
    stack: str
    file: str
    source: Path
    parameters: Mapping[str, str]


class Outcome(NamedTuple):
    """What a lint found, and how many seconds it took."""

    findings: tuple[Finding, ...]
    seconds: float


def lint_all(
    tasks: Sequence[Task], clean_lints: Path | None, progress: Callable[[int, int], None] | None = None
) -> list[Outcome]:
    """Return the outcome of each task, in their order.

    Args:
        tasks: in any order.
        clean_lints: the cache: a folder that remembers what was linted clean.
        progress: is called with the number of tasks that are done and of all, also from another thread.

    Raises:
        ChildProcessError: one of the processes that lint was killed.
    """
    outcomes = [Outcome((), 0.0)] * len(tasks)
    digests: dict[int, str] = {}
    if clean_lints:
        digests = {n: clean_cache.key(one.text, one.region, one.parameters) for n, one in enumerate(tasks)}
    todo = [
        n for n in range(len(tasks)) if not (clean_lints and clean_cache.is_clean(clean_lints, digests[n]))
    ]
    if not todo:
        return outcomes
    # The rules cost half a second, which only linting should pay: once, before there are several processes.
    from csr_templates.linting import runner, workers

    runner.all_rules()

    def outcome(number: int) -> Outcome:
        started = time.perf_counter()
        task = tasks[number]
        found = runner.lint(**task._asdict())
        if clean_lints and not found:
            clean_cache.remember_clean(clean_lints, digests[number])
        return Outcome(tuple(found), time.perf_counter() - started)

    # What takes longest comes first, so that the processes end together.
    todo.sort(key=lambda number: _work(tasks[number].text), reverse=True)
    finished = itertools.count(len(tasks) - len(todo) + 1)

    def count() -> None:
        if progress:
            progress(next(finished), len(tasks))

    for number, done in zip(todo, workers.results(outcome, todo, count), strict=True):
        outcomes[number] = done
    return outcomes


def _work(text: str) -> tuple[int, int]:
    """Return what sorts templates by how long a lint takes: first by resources, for policies are quick."""
    return text.count("\n    Type: AWS::"), len(text)
