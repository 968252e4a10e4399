import re
from collections.abc import Iterator
from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.documents import each
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.statements import place, rule_lists, statements
from cfn_analysis.rules.support.words import columns, did_you_mean, nearest

GROUPS = {group: names for group, *names in columns(__file__)}
# Versions of a group differ in the components that a rule inspects.
COMPONENT = re.compile("_(HEADER|COOKIE|BODY|URIPATH|QUERYSTRING|QUERYARGUMENTS|METHOD)$")


class UnknownManagedRule(Rule):
    """Managed rule group, or rule of one, that AWS does not have.

    WAF refuses a group that does not exist. It ignores an override of a rule that a managed group does not
    have, without an error: the intended rule keeps its action. The names are case-sensitive, and end with the
    inspected component: SizeRestrictions_BODY. Only names close to one that is known are reported, since AWS
    adds groups and rules; versions of a group differ in the components, so a known name with another
    component is allowed.
    """

    id = "E9749"
    source_url = "https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html"
    finding_class = "values"
    looks_at = properties_of("AWS::WAFv2::WebACL")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        for rules, case in rule_lists(validator, properties):
            for kind, body, path in statements(rules):
                if kind != "ManagedRuleGroupStatement" or value_at(body, ("VendorName",)) != "AWS":
                    continue
                group = value_at(body, ("Name",))
                if not isinstance(group, str):
                    continue
                if group not in GROUPS:
                    hint = did_you_mean(group, GROUPS, 0.75)
                    if hint:
                        yield RuleFinding(
                            place(properties, rules, (*path, "Name")),
                            f"Name is {group}{{when}}, which is not a group of AWS.{hint}",
                            case,
                        )
                    continue
                for name in _named(body):
                    similar = _similar_rule(name, GROUPS[group])
                    if similar:
                        # https://docs.aws.amazon.com/waf/latest/APIReference/API_RuleActionOverride.html
                        yield RuleFinding(
                            place(properties, rules, path),
                            f"{group} has no rule {name}{{when}}: the override has no effect. Did you "
                            f"mean {similar}?",
                            case,
                        )


def _similar_rule(name: str, rules: list[str]) -> str:
    """Return the rule of a group that is meant by a name that it does not have.

    Empty if there is none, or if the name may be a new one: AWS adds rules to its groups.
    """
    families = {COMPONENT.sub("", rule) for rule in rules}
    if name in rules or COMPONENT.sub("", name) in families:
        return ""
    for rule in rules:
        if rule.lower() == name.lower():
            return rule
    return nearest(name, rules, 0.75)


def _named(body: Any) -> Iterator[str]:
    for key in ("ExcludedRules", "RuleActionOverrides"):
        for override, _ in each(body.get(key)):
            if isinstance(override, dict) and isinstance(override.get("Name"), str):
                yield override["Name"]
