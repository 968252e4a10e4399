"""Lints many templates on all cores, except those in the cache of clean lints."""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING, NamedTuple

from cfn_analysis.linting import clean_cache

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from cfn_analysis.linting.runner import Finding


class Task(NamedTuple):
    """A template to lint with one set of values; ``text`` is the template of ``runner.lint``."""

    text: str
    region: str
    stack: str
    file: str
    source: Path
    parameters: Mapping[str, str]


class Outcome(NamedTuple):
    """The findings of a lint, and its duration in seconds."""

    findings: tuple[Finding, ...]
    seconds: float


def lint_all(
    tasks: Sequence[Task], clean_lints: Path | None, progress: Callable[[int, int], None] | None = None
) -> list[Outcome]:
    """Return the outcome of each task, in their order.

    ``progress`` gets the numbers of completed and all tasks, also from another thread.

    Raises:
        ChildProcessError: one of the processes that lint was killed.
    """
    outcomes = [Outcome((), 0.0)] * len(tasks)
    digests: dict[int, str] = {}
    todo = []
    for number, task in enumerate(tasks):
        if clean_lints:
            digests[number] = clean_cache.key(task.text, task.region, task.parameters)
            if clean_cache.is_clean(clean_lints, digests[number]):
                continue
        todo.append(number)
    if not todo:
        return outcomes
    # Loading the rules takes half a second: only for linting, and once, before processes are forked.
    from cfn_analysis.linting import runner, workers

    runner.all_rules()

    def outcome(number: int) -> Outcome:
        started = time.perf_counter()
        task = tasks[number]
        findings = runner.lint(
            task.text,
            task.region,
            stack=task.stack,
            file=task.file,
            source=task.source,
            parameters=task.parameters,
        )
        if clean_lints and not findings:
            clean_cache.remember_clean(clean_lints, digests[number])
        return Outcome(tuple(findings), time.perf_counter() - started)

    # The longest lints first, so that the processes end at the same time.
    todo.sort(key=lambda number: _work(tasks[number].text), reverse=True)
    finished = itertools.count(len(tasks) - len(todo) + 1)

    def count() -> None:
        if progress:
            progress(next(finished), len(tasks))

    for number, done in zip(todo, workers.results(outcome, todo, count), strict=True):
        outcomes[number] = done
    return outcomes


def _work(text: str) -> tuple[int, int]:
    """Return the sort key for the duration of a lint: first the number of resources; policies are fast."""
    return text.count("\n    Type: AWS::"), len(text)
