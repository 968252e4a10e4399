import re
from typing import Any

from cfn_analysis.rules.support.documents import POLICIES, TRUST, conditions_in, texts
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.values import show

# Operators without wildcards.
EXACT = re.compile(r"(ForA(nyValue|llValues):)?String(Not)?Equals(IgnoreCase)?(IfExists)?$")


class WildcardInExactCondition(Rule):
    """Condition with a wildcard that is compared literally.

    StringEquals and StringNotEquals compare '*' and '?' literally: StringEquals never matches
    arn:aws:s3:::bucket-*, and StringNotEquals always does. Use StringLike, or ArnLike for ARNs. A value that
    is only '*' is reported too.
    """

    id = "E9647"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"
    finding_class = "conditions"
    looks_at = (*POLICIES, TRUST)

    def findings(self, validator: Validator, policy: Any) -> Findings:
        for operator, key, value, path in conditions_in(policy):
            exact = EXACT.match(operator)
            wild = [text for text in texts(value) if "*" in text or "?" in text]
            if exact and wild:
                like = "NotLike" if exact[3] else "Like"
                yield RuleFinding(
                    path,
                    f"{operator} compares {key} with {show(wild[0])} exactly: the wildcard "
                    f"matches only itself. Use String{like}{exact[5] or ''}.",
                )
