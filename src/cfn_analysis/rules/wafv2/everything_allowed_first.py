import re
from typing import Any

from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import number
from cfn_analysis.rules.support.statements import place, rule_lists
from cfn_analysis.rules.support.values import items, mappings, show


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
                    yield RuleFinding(
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
    byte_match = statement.get("ByteMatchStatement")
    if _is_about_path(byte_match, "SearchString"):
        return _matches_all_paths(byte_match)
    regex_match: Any = statement.get("RegexMatchStatement")
    if _is_about_path(regex_match, "RegexString"):
        return _matches_any_text(regex_match["RegexString"])
    alternatives = _inner_statements(statement.get("OrStatement"))
    if any(_is_everything(inner) for inner in alternatives):
        return True
    requirements = _inner_statements(statement.get("AndStatement"))
    return bool(requirements) and all(_is_everything(inner) for inner in requirements)


def _is_about_path(body: Any, pattern: str) -> bool:
    """Return whether a statement compares the path with a text that is known."""
    if not isinstance(body, dict) or not isinstance(body.get(pattern), str):
        return False
    field = body.get("FieldToMatch")
    return isinstance(field, dict) and "UriPath" in field


def _matches_all_paths(byte_match: Any) -> bool:
    is_slash = byte_match["SearchString"] == "/"
    return is_slash and byte_match.get("PositionalConstraint") in ("STARTS_WITH", "CONTAINS")


def _matches_any_text(expression: str) -> bool:
    """Return whether a regular expression matches every path."""
    if expression in ("^/$", "/$", "^$", "$"):
        return False
    return bool(re.fullmatch(r"\^?/?(\.[*+])?\$?", expression))


def _inner_statements(body: Any) -> list[Any]:
    """Return the statements of an OrStatement or AndStatement."""
    if not isinstance(body, dict):
        return []
    return items(body.get("Statements"))
