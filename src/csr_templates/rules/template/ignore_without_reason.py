"""E9003: a rule is ignored on one resource, and the reason stands beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfnlint.template import Template

FORM = (
    "Metadata: {cfn-lint: {config: {ignore_checks: [W0000], ignore_reasons: {W0000: why it is fine here}}}}"
)


class IgnoreWithoutReason(CloudFormationLintRule):
    """Every ignored rule is ignored per resource, by its whole ID, with a reason."""

    id = "E9003"
    shortdesc = "Rule ignored without a reason"
    description = (
        "An ignore hides a finding from everybody who comes later. cfn-lint takes it for the whole template "
        "or for one resource and asks for no reason. Write it on the resource it is about, with one reason "
        f"for each rule: {FORM}."
    )
    source_url = "https://github.com/aws-cloudformation/cfn-lint#resource-based-metadata"
    tags = ["metadata"]  # noqa: RUF012 - the base class declares it like this

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Return one match per ignore that is global, without reason, or not a rule's ID."""
        matches = []
        if _config(cfn.template):
            matches.append(
                RuleMatch(
                    ["Metadata", "cfn-lint"],
                    "Metadata configures cfn-lint for the whole template. Remove it, and ignore a rule on "
                    f"the resource it is about: {FORM}.",
                )
            )
        for logical_id, resource in cfn.get_resources().items():
            path: list[str | int] = ["Resources", logical_id, "Metadata", "cfn-lint", "config"]
            matches += [RuleMatch(path, message) for message in _problems(_config(resource))]
        return matches


def ignored_checks(resource: Any) -> list[str]:
    """Return the IDs of the rules that a resource ignores; empty if its Metadata has another form."""
    checks = _config(resource).get("ignore_checks", [])
    return [check for check in checks if isinstance(check, str)] if isinstance(checks, list) else []


def _config(holder: Any) -> dict[str, Any]:
    """Return Metadata/cfn-lint/config of a template or resource; empty where any step is no mapping."""
    for key in ("Metadata", "cfn-lint", "config"):
        holder = holder.get(key) if isinstance(holder, dict) else None
    return holder if isinstance(holder, dict) else {}


def _problems(config: dict[str, Any]) -> Iterator[str]:
    checks, reasons = config.get("ignore_checks", []), config.get("ignore_reasons", {})
    if not isinstance(checks, list):
        yield f"ignore_checks is {checks!r}. Write a list of rule IDs: {FORM}."
        return
    if not isinstance(reasons, dict):
        yield f"ignore_reasons is {reasons!r}. Write a mapping from rule ID to reason: {FORM}."
        return
    for check in checks:
        if not re.fullmatch(r"[EWI]\d{4}", str(check)):
            yield (
                f"ignore_checks holds {check!r}, which is no rule ID. On a resource only a whole ID such as "
                "W3005 is matched."
            )
        elif not isinstance(reasons.get(check), str) or not reasons[check].strip():
            yield (
                f"ignore_checks holds {check} without a reason. Add ignore_reasons: "
                f"{{{check}: why it is fine here}}."
            )
    for check in reasons:
        if check not in checks:
            yield (
                f"ignore_reasons explains {check}, which ignore_checks does not hold. Add it there or remove "
                "the reason."
            )
