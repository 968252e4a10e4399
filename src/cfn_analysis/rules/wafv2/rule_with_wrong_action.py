from collections.abc import Iterator
from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.rule import Fault, Rule, Validator, properties_of
from cfn_analysis.rules.support.statements import place, rule_lists
from cfn_analysis.rules.support.values import show

GROUPS = ("ManagedRuleGroupStatement", "RuleGroupReferenceStatement")


class RuleWithWrongAction(Rule):
    """WAF rule with the wrong kind of action.

    A rule whose statement is a rule group has OverrideAction (None leaves the group's own actions, Count
    only counts), every other rule has Action (Allow, Block, Count, Captcha or Challenge; a rate-based one
    any but Allow). With both, neither, the other one or two actions at once WAF refuses the web ACL, and the
    stack fails.
    """

    id = "E9743"
    source_url = "https://docs.aws.amazon.com/waf/latest/APIReference/API_Rule.html"
    fault_class = "values"
    looks_at = properties_of("AWS::WAFv2::WebACL", "AWS::WAFv2::RuleGroup")

    def faults(self, validator: Validator, properties: Any) -> Iterator[Fault]:
        for rules, case in rule_lists(validator, properties):
            for index, rule in enumerate(rules):
                for name, problem in _wrong_actions(rule):
                    path = place(properties, rules, (index, name))
                    yield Fault(path, f"Rule {show(rule.get('Name'))} has {problem}", case)


def _wrong_actions(rule: Any) -> Iterator[tuple[str, str]]:
    """Yield property and fault; nothing if a part of the rule is not known."""
    statement = rule.get("Statement") if isinstance(rule, dict) else None
    if not isinstance(statement, dict) or any(is_function(part)[0] for part in (rule, statement)):
        return
    group = next((name for name in GROUPS if name in statement), None)
    due, other = ("OverrideAction", "Action") if group else ("Action", "OverrideAction")
    right = (
        f"Its statement is a {group}, which accepts only OverrideAction: {{None: {{}}}} leaves the group's "
        "own actions."
        if group
        else "Its statement is not a rule group, so it accepts only Action, for example {Block: {}}."
    )
    if other in rule:
        yield other, f"{other}{' beside' if due in rule else ' and no'} {due}{{when}}. {right}"
    elif due not in rule:
        yield due, f"no {due}{{when}}. {right}"
    elif isinstance(rule[due], dict) and not is_function(rule[due])[0] and len(rule[due]) != 1:
        yield due, f"{len(rule[due])} entries in {due}{{when}}. Exactly one is allowed."
    elif "RateBasedStatement" in statement and "Allow" in rule[due]:
        yield (
            due,
            "the action Allow and a RateBasedStatement{when}. Any other is allowed, for example {Block: {}}.",
        )
