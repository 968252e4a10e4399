"""Prints who finds each fault, and how many of each class: ``make catalogue``, or with ``ARGS=blind.yaml``.

First a line for each fault with everybody who finds it, then the table. Stock cfn-lint and AWS's
cloudformation-validate are asked for errors and warnings; the latter also has some for our templates as they
are, which do not count. Of tests, the first that fails is enough. Tests of the release and of the deployment
do not count: they fail because both do not follow a fault in the dict, and in the stack's module they would.
"""

import sys
from collections import Counter
from functools import cache
from itertools import islice
from typing import Any

from cloudformation_validate import (
    CompositeEngine,
    PseudoParameterOverrides,
    Severity,
    TemplateContent,
    ValidateConfig,
)

from cfn_analysis.rules import CLASSES
from csr_templates import render

from .test_catalogue import (
    STACK,
    Template,
    faults_of,
    faulty,
    found_by_any_rule,
    found_by_review,
    found_by_tests,
    original,
    problems,
)

# Tests that fail whenever the release or the deployment does not follow.
DERIVED = {
    "test_api.py::test_alias_leads_to_the_version",
    "test_api.py::test_deployment_is_named_after_the_definition",
}
FINDERS = ("rules", "checks", "cfn-lint", "validate", "test", "review", "nobody")


def finders(fault: dict[str, Any]) -> dict[str, list[str]]:
    """Return who finds a fault: kind of finder -> IDs of rules, sentences of checks, names of tests."""
    name, template = fault["stack"], faulty(fault)
    rules = found_by_any_rule(name, template)
    found = {
        "rules": [rule for rule in rules if rule[1] == "9"],
        "checks": problems(name, template),
        "cfn-lint": [rule for rule in rules if rule[1] != "9" and rule[0] != "I"],
        "validate": sorted({rule for rule, *_ in validated(name, template) - accepted(name)}),
        "test": list(islice((test for test in found_by_tests(name, template) if test not in DERIVED), 1)),
        "review": found_by_review(name, template),
    }
    if not any(found.values()):
        found["nobody"] = ["-"]
    return {kind: by for kind, by in found.items() if by}


@cache
def accepted(name: str) -> Counter[tuple[str, str, str]]:
    """Return what cloudformation-validate says of a stack as it is."""
    return validated(name, original(name))


def validated(name: str, template: Template) -> Counter[tuple[str, str, str]]:
    """Return the errors and warnings of cloudformation-validate: rule, property and message of each."""
    config = ValidateConfig(
        severity_level=Severity.WARN,
        pseudo_parameter_overrides=PseudoParameterOverrides(region=STACK[name].region),
    )
    report = engine().validate_template(TemplateContent(render(template)), config)
    return Counter((one.rule_id, one.property_path or "", one.message) for one in report.diagnostics)


@cache
def engine() -> Any:
    """Return what runs the rules of cloudformation-validate, which takes seconds to make."""
    return CompositeEngine()


def main() -> None:
    """Print who finds each fault of the files, and how many of each class each kind of finder finds."""
    for file in sys.argv[1:] or ("faults.yaml", "blind.yaml", "blind2.yaml"):
        counts: Counter[tuple[str, str]] = Counter()
        for fault in faults_of(file):
            found = finders(fault)
            counts.update((fault["class"], kind) for kind in found)
            counts[fault["class"], "faults"] += 1
            everybody = "; ".join(f"{kind}: {', '.join(by)}" for kind, by in found.items())
            print(f"{fault['class']:<12} {fault['stack']:<9} {fault['what']}: {everybody}", flush=True)
        print(f"\n{file:<12}{''.join(f'{column:>10}' for column in ('faults', *FINDERS))}")
        for one in (*CLASSES, "all"):
            row = [
                sum(counts[each, column] for each in (CLASSES if one == "all" else [one]))
                for column in ("faults", *FINDERS)
            ]
            if row[0]:
                print(f"{one:<12}{''.join(f'{number:>10}' for number in row)}")
        print()


if __name__ == "__main__":
    main()
