"""Rules for cfn-lint: ``cfn-lint -a cfn_analysis.rules -- FILE`` runs them on any template.

A folder contains the rules for one AWS service, and ``support`` the shared code. A file contains one rule, is
named like its class, and has a test in ``tests/cfn_analysis/rules``. Rules are found automatically; a wrong
file raises ImportError with its name.
"""

import gc
import re
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from cfn_analysis.rules.support.rule import Rule

# The numbers of the rules in each folder, E and W alike: a W may become an E one day. cfn-lint has E0000 to
# E8999 for its own rules, gives the lines of a user's --custom-rules file 9000 + line, and AWS's quickstarts
# use E91xx.
NUMBERS = {
    "template": range(9500, 9520),
    "apigateway": range(9520, 9550),
    "access": range(9550, 9560),
    "awslambda": range(9560, 9580),
    "cloudfront": range(9580, 9600),
    "cloudwatch": range(9600, 9620),
    "ec2": range(9620, 9640),
    "iam": range(9640, 9660),
    "logs": range(9660, 9680),
    "rds": range(9680, 9700),
    "s3": range(9700, 9720),
    "sns": range(9720, 9735),
    "settings": range(9735, 9740),
    "wafv2": range(9740, 9760),
    "elasticloadbalancingv2": range(9760, 9770),
    "events": range(9770, 9775),
    "route53": range(9775, 9780),
    "secretsmanager": range(9780, 9785),
    "kms": range(9785, 9790),
    "sqs": range(9790, 9795),
    "ecs": range(9795, 9800),
}

# Rule that another one replaces -> that one. Its number stays reserved.
REPLACED = {
    replaced: successor
    for successor, numbers in {
        "E9515": "E9707",
        "W9511": "W9512",
        "E9772": "E9725",
        "E9513": "E9660",
        "W9516": "W9544 W9588 W9589 W9596 W9597 W9696 W9706 W9712 W9748 W9762 W9793",
        "E9519": "E9520 E9521 E9531 E9532 E9625 E9795",
        "E9550": "E9542 E9587 E9661 E9666 E9687 E9708 E9710 E9720 E9721 E9722 E9723 E9724 E9770 E9771",
        "E9551": "E9560 E9566 E9567 E9568 E9633 E9642 E9657",
        "E9552": "E9668 E9704",
        "E9553": "E9695",
        "E9643": "E9644 E9645",
        "W9646": "W9654",
        "E9634": "E9629",
        "E9735": "W9522 W9529 E9537 E9561 E9564 E9574 E9576 E9583 E9590 E9592 E9593 E9605 E9638 E9664 E9672 "
        "E9692 E9693 E9694 E9709 E9750 E9774 E9777 E9786 E9788 E9790 E9792",
        "E9736": "E9627 E9628 E9760 E9776",
    }.items()
    for replaced in numbers.split()
}
RESERVED = {int(replaced[1:]) for replaced in REPLACED}

# Class of a fault -> description. Each rule has one class.
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
    found: dict[int, tuple[type[Rule], str]] = {}
    misnumbered: list[tuple[str, str, str]] = []
    mistakes: list[str] = []
    for file in sorted(folder.rglob("*.py")):
        service, place = file.parent.name, file.relative_to(folder.parent).as_posix()
        if file.name == "__init__.py" or service == "support":
            continue
        if file.parent.parent != folder or service not in NUMBERS:
            mistakes.append(
                f"{place} is not in the folder of a service that has numbers. Move it into one of "
                f"{', '.join(NUMBERS)}, or give its folder a block in NUMBERS."
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
        elif number in RESERVED:
            mistakes.append(f"{place} has the number {number}, which is reserved. {_advice(service, found)}")
        elif number in found:
            other = found[number][1]
            mistakes.append(
                f"{place} has the number {number}, which is taken by {other}. {_advice(service, found)}"
            )
        else:
            found[number] = rule, place
    for place, rule_id, service in misnumbered:
        first, last = NUMBERS[service][0], NUMBERS[service][-1]
        mistakes.append(
            f"{place} has the ID {rule_id!r}. Rules on {service} use E{first} to E{last}, or W. "
            f"{_advice(service, found)}"
        )
    if mistakes:
        raise ImportError("\n".join(mistakes), name=package)
    return [rule for _, (rule, _) in sorted(found.items())]


def _rules_in(module_name: str) -> list[type[Rule]]:
    from cfn_analysis.rules.support.rule import Rule

    module = import_module(module_name)
    own = (made for made in vars(module).values() if getattr(made, "__module__", "") == module.__name__)
    return [made for made in own if isinstance(made, type) and issubclass(made, Rule)]


def _advice(service: str, used: Iterable[int]) -> str:
    number = next_number(NUMBERS[service], used)
    if number is None:
        return f"The block of {service} is full: give the folder another one in NUMBERS."
    return f"The next free number is {number}."


def next_number(block: range, used: Iterable[int]) -> int | None:
    """Return the number after the last used one of a block; None if the block is full."""
    number = max((number + 1 for number in {*used, *RESERVED} if number in block), default=block[0])
    return number if number in block else None


RULES = find_rules(__name__, Path(__file__).parent)
# The last garbage collection of a process then leaves out the loaded rules: after `cfn-lint -a` of api.yaml,
# Python exits in 0.13 instead of 0.55 s of processor time (4 pairs of runs in turns). The lint is not faster.
gc.freeze()

# Where cfn-lint looks for them.
globals().update({rule.__name__: rule for rule in RULES})
__all__ = ["CLASSES", "NUMBERS", "REPLACED", "RULES", *(rule.__name__ for rule in RULES)]
