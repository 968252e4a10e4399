from itertools import combinations
from typing import Any

from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value
from cfn_analysis.rules.support.statements import place, rule_lists
from cfn_analysis.rules.support.values import show


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
        for rules, case in rule_lists(validator, properties):
            given = [(index, rule) for index, rule in enumerate(rules) if isinstance(rule, dict)]
            for (_, first), (index, second) in combinations(given, 2):
                priority = only_value(case, first.get("Priority"))
                if priority is not None and str(priority) == str(only_value(case, second.get("Priority"))):
                    yield Fault(
                        place(properties, rules, (index, "Priority")),
                        f"Priority of the rule {show(second.get('Name'))} is {priority}{{when}}, as it is "
                        f"for the rule {show(first.get('Name'))}: WAF refuses the rules. Give each rule a "
                        "unique priority.",
                        case,
                    )
