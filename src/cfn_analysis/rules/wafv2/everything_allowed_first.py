import re
from typing import Any

from cfn_analysis.rules.support.rule import Finding, Findings, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import number
from cfn_analysis.rules.support.statements import place, rule_lists
from cfn_analysis.rules.support.values import mappings, show


class EverythingAllowedFirst(Rule):
    """Rule that allows every request before other rules.

    Allow ends the evaluation of a web ACL. After a rule that every request matches, such as a path that
    begins with /, rules with a higher Priority are not evaluated: they do not inspect, count or block
    requests. Limit the rule to the requests to allow, or use DefaultAction.
    """

    id = "E9752"
    source_url = "https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-processing-order.html"
    finding_class = "protections"
    looks_at = properties_of("AWS::WAFv2::WebACL")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        for rules, case in rule_lists(validator, properties):
            listed = mappings(rules)
            priorities = [number(rule.get("Priority")) for rule in listed]
            for index, rule in enumerate(listed):
                action, own = rule.get("Action"), priorities[index]
                later = [at for at in priorities if at is not None and own is not None and at > own]
                allows = isinstance(action, dict) and "Allow" in action
                if allows and later and len(listed) == len(rules) and _is_everything(rule.get("Statement")):
                    yield Finding(
                        place(properties, rules, (index, "Statement")),
                        f"Rule {show(rule.get('Name'))} allows every request{{when}}: "
                        f"{'the rule after it gets' if len(later) == 1 else 'the rules after it get'} none. "
                        "Restrict its statement, or remove it.",
                        case,
                    )


def _is_everything(statement: Any) -> bool:
    """Return whether every request matches: all paths begin with a slash."""
    if not isinstance(statement, dict):
        return False
    for kind, pattern in (("ByteMatchStatement", "SearchString"), ("RegexMatchStatement", "RegexString")):
        body = statement.get(kind)
        if not isinstance(body, dict):
            continue
        field, text = body.get("FieldToMatch"), body.get(pattern)
        if not isinstance(field, dict) or "UriPath" not in field or not isinstance(text, str):
            continue
        if kind == "ByteMatchStatement":
            return text == "/" and body.get("PositionalConstraint") in ("STARTS_WITH", "CONTAINS")
        return bool(re.fullmatch(r"\^?/?(\.[*+])?\$?", text)) and text not in ("^/$", "/$", "^$", "$")
    return any(
        any(_is_everything(part) for part in inner)
        if kind == "OrStatement"
        else all(map(_is_everything, inner))
        for kind in ("OrStatement", "AndStatement")
        if isinstance(holder := statement.get(kind), dict)
        and isinstance(inner := holder.get("Statements"), list)
        and inner
    )
