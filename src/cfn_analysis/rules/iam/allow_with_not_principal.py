from typing import Any

from cfn_analysis.rules.support.documents import RESOURCE_POLICIES, TRUST, documents
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator


class AllowWithNotPrincipal(Rule):
    """Allow with NotPrincipal.

    NotPrincipal with Effect: Allow allows all others, including anonymous callers. Use Principal,
    or Effect: Deny.
    """

    id = "E9645"
    source_url = (
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html"
    )
    fault_class = "rights"
    looks_at = (*RESOURCE_POLICIES, TRUST)

    def faults(self, validator: Validator, policy: Any) -> Faults:
        for statement, path in documents(policy):
            if statement.get("Effect") == "Allow" and "NotPrincipal" in statement:
                yield Fault(
                    (*path, "NotPrincipal"),
                    "NotPrincipal with Effect: Allow allows everyone except those in it, also anonymous "
                    "callers. Write Principal, or Effect: Deny.",
                )
