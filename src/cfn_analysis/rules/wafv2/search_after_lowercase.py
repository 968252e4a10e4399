from typing import Any

from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.statements import place, rule_lists, statements
from cfn_analysis.rules.support.values import mappings, show


class SearchAfterLowercase(Rule):
    """WAF rule that searches for capital letters after LOWERCASE.

    The text transformation LOWERCASE converts the request to lower case, and the search string stays the
    same. A search string with a capital letter is never found, and the rule never matches. Write the search
    string in lower case.
    """

    id = "E9755"
    source_url = (
        "https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-transformation.html"
    )
    finding_class = "conditions"
    looks_at = properties_of("AWS::WAFv2::WebACL", "AWS::WAFv2::RuleGroup")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        for rules, case in rule_lists(validator, properties):
            for kind, body, path in statements(rules):
                if kind != "ByteMatchStatement" or not isinstance(body, dict):
                    continue
                text, changes = body.get("SearchString"), mappings(body.get("TextTransformations"))
                lower = any(change.get("Type") == "LOWERCASE" for change in changes)
                if lower and isinstance(text, str) and text != text.lower():
                    yield RuleFinding(
                        place(properties, rules, (*path, "SearchString")),
                        f"SearchString is {show(text)}{{when}}, and LOWERCASE comes before: it is never "
                        f"found. Write {show(text.lower())}.",
                        case,
                    )
