from __future__ import annotations

from itertools import combinations
from typing import Any

from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value, scenarios
from cfn_analysis.rules.support.values import existing, show


class RepeatedRulePriority(Rule):
    """Two WAF rules with the same priority.

    WAF evaluates the rules of a web ACL or rule group in the order of Priority and refuses two rules with the
    same one: the stack fails when the web ACL is created or changed. Give each rule a unique priority; they
    need not be consecutive.
    """

    id = "E9742"
    source_url = "https://docs.aws.amazon.com/waf/latest/APIReference/API_Rule.html"
    fault_class = "values"
    looks_at = properties_of("AWS::WAFv2::WebACL", "AWS::WAFv2::RuleGroup")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for rules, case in scenarios(validator, properties.get("Rules")):
            if not isinstance(rules, list):
                continue
            given = [(index, rule) for index, rule in enumerate(rules) if isinstance(rule, dict)]
            for (_, first), (index, second) in combinations(given, 2):
                priority = only_value(case, first.get("Priority"))
                if priority is not None and str(priority) == str(only_value(case, second.get("Priority"))):
                    yield Fault(
                        _place(properties, rules, index),
                        f"Priority of the rule {show(second.get('Name'))} is {priority}{{when}}, as it is "
                        f"for the rule {show(first.get('Name'))}: WAF refuses the rules. Give each rule a "
                        "unique priority.",
                        case,
                    )


def _place(properties: Any, rules: list[Any], index: int) -> tuple[str | int, ...]:
    """Return the path of a rule's priority, or of the rules where conditions change their number."""
    written = properties["Rules"]
    if isinstance(written, list) and len(written) == len(rules):
        return existing(properties, ("Rules", index, "Priority"))
    return ("Rules",)
