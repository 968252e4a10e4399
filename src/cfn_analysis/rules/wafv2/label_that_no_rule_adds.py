from typing import Any

from cfn_analysis.rules.support.documents import each
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import number
from cfn_analysis.rules.support.statements import place, rule_lists, statements
from cfn_analysis.rules.support.values import show


class LabelThatNoRuleAdds(Rule):
    """Rule on a label that no rule adds before it.

    A LabelMatchStatement matches labels that rules with a lower Priority have added. If no rule of the web
    ACL adds the label, or only a later one does, it never matches. Labels of managed groups begin with
    awswaf:.
    """

    id = "E9751"
    source_url = "https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-label-match.html"
    finding_class = "protections"
    looks_at = properties_of("AWS::WAFv2::WebACL")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        for rules, case in rule_lists(validator, properties):
            if not all(isinstance(rule, dict) and "Name" in rule for rule in rules):
                continue
            added = [(number(rule.get("Priority")), _labels(rule)) for rule in rules]
            for kind, body, path in statements(rules):
                key = body.get("Key") if kind == "LabelMatchStatement" and isinstance(body, dict) else None
                own = number(rules[path[0]].get("Priority"))
                groups = any(_is_group(rule) for rule in rules)
                if not isinstance(key, str) or "awswaf:" in key or own is None or groups:
                    continue
                if not any(at is not None and at < own and _has(names, key) for at, names in added):
                    later = any(_has(names, key) for _, names in added)
                    yield RuleFinding(
                        place(properties, rules, (*path, "Key")),
                        f"Key is {key}{{when}}, a label that "
                        f"{'only a later rule adds' if later else 'no rule adds'}: the rule never matches.",
                        case,
                    )


def _labels(rule: Any) -> list[str]:
    return [str(label.get("Name")) for label, _ in each(rule.get("RuleLabels")) if isinstance(label, dict)]


def _has(names: list[str], key: str) -> bool:
    return any(
        f":{name}".endswith(f":{key}") or f":{name}:".startswith(f":{key.rstrip(':')}:") for name in names
    )


def _is_group(rule: Any) -> bool:
    """Return whether a rule is a group of the account, whose labels are not in the template."""
    return "RuleGroupReferenceStatement" in show(rule.get("Statement"))
