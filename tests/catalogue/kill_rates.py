"""Counts who finds the faults of a file, by class: ``python -m tests.catalogue.kill_rates [FILE]``.

FILE is in this folder; without it, ``blind.yaml``. First a line for each fault with who finds it, then the
table. Of tests, the first that fails is enough. A fault that only a stale derivation tells of (a dashboard, a
release or a deployment that does not follow) is counted apart: in the stack's module, it would follow.
"""

from __future__ import annotations

import sys
from collections import Counter
from itertools import islice
from typing import Any

from csr_templates.rules import CLASSES

from .test_catalogue import STACK, faults_of, faulty, found_by_any_rule, found_by_tests, problems

# Tests that fail whenever the release or the deployment is stale.
DERIVED = {
    "test_api.py::test_alias_leads_to_the_version",
    "test_api.py::test_deployment_is_named_after_the_definition",
}
FINDERS = ("rules", "checks", "cfn-lint", "test", "stale", "nobody")


def finders(fault: dict[str, Any]) -> dict[str, list[str]]:
    """Return who finds a fault: kind of finder -> IDs of rules, sentences of checks, names of tests."""
    name, template = fault["stack"], faulty(fault)
    rules = found_by_any_rule(name, template)
    stale = STACK[name].stale(template)
    found = {
        "rules": [rule for rule in rules if rule[1] == "9"],
        "checks": problems(name, template),
        "cfn-lint": [rule for rule in rules if rule[1] != "9"],
        "test": list(
            islice((test for test in found_by_tests(name, template) if not (stale and test in DERIVED)), 1)
        ),
    }
    if not any(found.values()):
        found["stale" if stale else "nobody"] = stale or ["-"]
    return {kind: by for kind, by in found.items() if by}


def main() -> None:
    """Print who finds each fault, and how many of each class each kind of finder finds."""
    faults = faults_of(sys.argv[1] if sys.argv[1:] else "blind.yaml")
    counts: Counter[tuple[str, str]] = Counter()
    for fault in faults:
        found = finders(fault)
        counts.update((fault["class"], kind) for kind in found)
        counts[fault["class"], "faults"] += 1
        everybody = "; ".join(f"{kind}: {', '.join(by)}" for kind, by in found.items())
        print(f"{fault['class']:<12} {fault['stack']:<9} {fault['what']}: {everybody}", flush=True)
    print(f"\n{'class':<12}{''.join(f'{column:>10}' for column in ('faults', *FINDERS))}")
    for one in (*CLASSES, "all"):
        row = [
            sum(counts[each, column] for each in (CLASSES if one == "all" else [one]))
            for column in ("faults", *FINDERS)
        ]
        if row[0]:
            print(f"{one:<12}{''.join(f'{number:>10}' for number in row)}")


if __name__ == "__main__":
    main()
