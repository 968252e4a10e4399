from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.statements import place, rule_lists
from cfn_analysis.rules.support.values import show


class CountedRuleGroup(Rule):
    """Rule group that only counts.

    OverrideAction Count replaces every block of the group with a count, for all its rules: attacks are not
    blocked. To test a group, or to exclude one of its rules, override the action of that rule
    (RuleActionOverrides), and write OverrideAction: {None: {}}.
    """

    id = "W9748"
    source_url = (
        "https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-rule-group-override-options.html"
    )
    fault_class = "protections"
    looks_at = properties_of("AWS::WAFv2::WebACL")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for rules, case in rule_lists(validator, properties):
            for index, rule in enumerate(rules):
                override = value_at(rule, ("OverrideAction",))
                if isinstance(override, dict) and "Count" in override:
                    yield Fault(
                        place(properties, rules, (index, "OverrideAction")),
                        f"OverrideAction of {show(rule.get('Name'))} is Count{{when}}: the group blocks "
                        "nothing. Write None, and exclude single rules with RuleActionOverrides.",
                        case,
                    )
