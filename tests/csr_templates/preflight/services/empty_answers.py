"""Checks that pass although the answers of an operation are empty."""

from collections.abc import Sequence
from typing import Any

from csr_templates.preflight.facts import Facts, Lookup
from csr_templates.preflight.resolved_environment import ResolvedEnvironment
from csr_templates.preflight.results import Check, judge


def passing_without(
    checks: Sequence[Check], environment: ResolvedEnvironment, facts: Facts, operation: str, empty: Any
) -> set[str]:
    """Return the checks that read an operation, and pass although its answers are empty."""
    without = facts.with_facts(
        fact._replace(answer=empty) if fact.query.operation == operation else fact for fact in facts
    )
    reading = _subjects_reading(checks, environment, facts, operation)
    return {
        f"{result.check} {operation}"
        for result in judge(checks, environment, without)
        if result.status == "PASS" and (result.check, result.stack, result.subject) in reading
    }


def _subjects_reading(
    checks: Sequence[Check], environment: ResolvedEnvironment, facts: Facts, operation: str
) -> set[tuple[str, str, str]]:
    """Return the subjects whose judgment reads an operation."""
    reading = set()
    for check in checks:
        for subject in check.subjects(environment):
            lookup = Lookup(facts)
            check.judge(subject, environment, lookup)
            if operation in {query.operation for query in lookup.looked_up}:
                reading.add((check.name, subject.stack.name, subject.id))
    return reading
