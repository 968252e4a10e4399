import re
from collections.abc import Iterator
from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.rule import Rule, RuleFinding, Validator

FORM = (
    "Metadata: {cfn-lint: {config: {ignore_checks: [W0000], ignore_reasons: {W0000: why it is fine here}}}}"
)


class IgnoreWithoutReason(Rule):
    """Rule ignored without a reason.

    An ignored rule hides findings from later authors of the template. cfn-lint accepts ignores for the whole
    template or for one resource, without a reason. Write it on the resource, with one reason for each rule:
    Metadata: {cfn-lint: {config: {ignore_checks: [W0000], ignore_reasons: {W0000: why it is fine here}}}}.
    This is a convention, because cfn-lint does not read ignore_reasons: it is written for the next author.
    """

    id = "W9500"
    source_url = "https://github.com/aws-cloudformation/cfn-lint#resource-based-metadata"
    finding_class = "ordinary"
    looks_at = ()

    def findings(self, validator: Validator, template: Any) -> Iterator[RuleFinding]:
        if _config(template):
            yield RuleFinding(
                ("Metadata", "cfn-lint"),
                "Metadata configures cfn-lint for the whole template. Remove it, and ignore a rule on the "
                f"resource it is about: {FORM}.",
            )
        for logical_id, resource in validator.cfn.get_resources().items():
            for problem in _useless_ignores(_config(resource)):
                yield RuleFinding(("Resources", logical_id, "Metadata", "cfn-lint", "config"), problem)


def ignored_checks(resource: Any) -> list[str]:
    """Return the IDs of the rules that a resource ignores; empty if its Metadata has another form."""
    checks = _config(resource).get("ignore_checks", [])
    if not isinstance(checks, list):
        return []
    return [check for check in checks if isinstance(check, str)]


def _config(holder: Any) -> dict[str, Any]:
    """Return Metadata/cfn-lint/config of a template or resource; empty where any step is not a mapping."""
    config = value_at(holder, ("Metadata", "cfn-lint", "config"))
    if not isinstance(config, dict):
        return {}
    return config


def _useless_ignores(config: dict[str, Any]) -> Iterator[str]:
    checks, reasons = config.get("ignore_checks", []), config.get("ignore_reasons", {})
    if not isinstance(checks, list):
        yield f"ignore_checks is {checks!r}. Write a list of rule IDs: {FORM}."
        return
    if not isinstance(reasons, dict):
        yield f"ignore_reasons is {reasons!r}. Write a mapping from rule ID to reason: {FORM}."
        return
    for check in checks:
        if not re.fullmatch(r"[EWI](\d{4}|[A-Za-z]\w+)", str(check)):
            yield (
                f"ignore_checks contains {check!r}, which is not a rule ID. On a resource only a whole ID "
                "such as W3005 is matched."
            )
        elif not isinstance(reasons.get(check), str) or not reasons[check].strip():
            yield (
                f"ignore_checks contains {check} without a reason. Add ignore_reasons: "
                f"{{{check}: why it is fine here}}."
            )
    for check in reasons:
        if check not in checks:
            yield (
                f"ignore_reasons explains {check}, which is not in ignore_checks. Add it there or remove "
                "the reason."
            )
