"""Rules for cfn-lint: ``cfn-lint -a cfn_analysis.rules -- FILE`` runs them on any template.

A folder contains the rules for one AWS service, and ``support`` the shared code. A file contains one rule, is
named like its class, and has a test in ``tests/cfn_analysis/rules``. Rules are found automatically; a wrong
file raises ImportError with its name.
"""

import gc
import re
from collections.abc import Iterable
from importlib import import_module
from inspect import getmembers, isclass
from pathlib import Path

from cfn_analysis.rules.support.numbers import NUMBERS, RETIRED, next_number, ranges_text
from cfn_analysis.rules.support.rule import Rule

# Class of a finding -> description. Each rule has one class.
CLASSES = {
    "ordinary": "violations of the template syntax or of a resource schema",
    "lifecycle": "resources that are replaced, deleted or ordered incorrectly, or become outdated",
    "names": "an ARN, ID, name, key or region where a different one is needed",
    "rights": "permissions that are insufficient or too broad",
    "networks": "traffic that is not routed, resolved or allowed",
    "values": "values that AWS limits by engine, version, service or event, but the schemas do not",
    "documents": "mistakes inside strings: dashboards, log formats, filter patterns, queries, code",
    "protections": "protections that are disabled or have no effect",
    "conditions": "conditions, parameters, patterns or policies that can never match",
    "alarms": "metrics that nothing writes or reads, and alarms that cannot fire",
}


def find_rules(package: str, folder: Path) -> list[type[Rule]]:
    """Return the rule in each file of a package, in the order of their numbers.

    Raises:
        ImportError: files are not in the folder of a service, do not contain exactly one rule, or are not
            named like it; or the number of a rule is not one of its folder, or belongs to another rule. The
            message has a line for each file.
    """
    by_number: dict[int, tuple[type[Rule], str]] = {}
    misnumbered: list[tuple[str, str, str]] = []
    mistakes: list[str] = []
    for file in sorted(folder.rglob("*.py")):
        service, place = file.parent.name, file.relative_to(folder.parent).as_posix()
        if file.name == "__init__.py" or service == "support":
            continue
        if file.parent.parent != folder or service not in NUMBERS:
            mistakes.append(
                f"{place} is not in the folder of a service that has numbers. Move it into one of "
                f"{', '.join(NUMBERS)}, or give its folder numbers in NUMBERS of rules/support/numbers.py."
            )
            continue
        rules = _rules_in(f"{package}.{service}.{file.stem}")
        names = ", ".join(rule.__name__ for rule in rules)
        if len(rules) != 1:
            mistakes.append(
                f"{place} contains {len(rules)} rules ({names}). A file must contain exactly one."
            )
            continue
        (rule,) = rules
        if file.stem != re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", names).lower():
            mistakes.append(f"{place} is not named like its rule, {names}.")
        number = int(rule.id[1:]) if re.fullmatch(r"[EW]\d{4}", rule.id) else 0
        if number not in NUMBERS[service]:
            misnumbered.append((place, rule.id, service))
        elif number in RETIRED:
            mistakes.append(
                f"{place} has the number {number}, which is retired. {_advice(service, by_number)}"
            )
        elif number in by_number:
            _, taken_by = by_number[number]
            mistakes.append(
                f"{place} has the number {number}, which is taken by {taken_by}. "
                f"{_advice(service, by_number)}"
            )
        else:
            by_number[number] = rule, place
    for place, rule_id, service in misnumbered:
        mistakes.append(
            f"{place} has the ID {rule_id!r}. Rules on {service} have E or W and one of the numbers "
            f"{ranges_text(NUMBERS[service])}. {_advice(service, by_number)}"
        )
    if mistakes:
        raise ImportError("\n".join(mistakes), name=package)
    return [rule for _, (rule, _) in sorted(by_number.items())]


def _rules_in(module_name: str) -> list[type[Rule]]:
    module = import_module(module_name)
    classes = [value for _, value in getmembers(module, isclass)]
    return [kind for kind in classes if issubclass(kind, Rule) and kind.__module__ == module.__name__]


def _advice(service: str, used: Iterable[int]) -> str:
    number = next_number(service, used)
    if number is None:
        return f"{service} has no number left: give it more in NUMBERS of rules/support/numbers.py."
    return f"The next free number is {number}."


RULES = find_rules(__name__, Path(__file__).parent)
# The last garbage collection of a process then leaves out the loaded rules: after `cfn-lint -a` of api.yaml,
# Python exits in 0.13 instead of 0.55 s of processor time (4 pairs of runs in turns). The lint is not faster.
gc.freeze()

# cfn-lint looks for the rules among the names of the module (cfnlint.helpers.create_rules).
globals().update({rule.__name__: rule for rule in RULES})
__all__ = ["CLASSES", "NUMBERS", "RULES", *(rule.__name__ for rule in RULES)]
