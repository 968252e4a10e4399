"""A condition of an Allow requires the key that it compares."""

from __future__ import annotations

from typing import Any

from csr_templates.rules.support.documents import POLICIES, TRUST, conditions, documents
from csr_templates.rules.support.rule import Fault, Faults, Rule, Validator

# Keys that are missing in the requests that the condition is intended to exclude.
GUARDS = {
    "aws:multifactorauthpresent": "requests with long-term keys have no aws:MultiFactorAuthPresent",
    "aws:multifactorauthage": "requests without MFA have no aws:MultiFactorAuthAge",
    "aws:sourcevpc": "requests from outside of VPC endpoints have no aws:SourceVpc",
    "aws:sourcevpce": "requests from outside of VPC endpoints have no aws:SourceVpce",
    "aws:sourcearn": "only requests by a service have aws:SourceArn",
    "aws:sourceaccount": "only requests by a service have aws:SourceAccount",
    "aws:principalorgid": "principals outside of any organization have no aws:PrincipalOrgID",
}


class ConditionPassedWithoutKey(Rule):
    """Allow whose condition is true for requests without the key.

    An operator with IfExists, and ForAllValues with any key, is true if the request does not have the key. In
    an Allow, this allows the requests that the condition is intended to exclude: BoolIfExists with
    aws:MultiFactorAuthPresent allows access keys. Remove IfExists; with ForAllValues, add Null: {KEY:
    "false"}. In a Deny, both are correct.
    """

    id = "W9652"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html"
    tags = ["resources", "iam"]
    fault_class = "rights"
    looks_at = (*POLICIES, TRUST)

    def faults(self, validator: Validator, policy: Any) -> Faults:
        for statement, path in documents(policy):
            if statement.get("Effect") != "Allow":
                continue
            found = list(conditions(statement))
            asked = {key.lower() for operator, key, _, _ in found if operator == "Null"}
            others = {key.lower() for operator, key, _, _ in found if not operator.endswith("IfExists")}
            for operator, key, _, place_of in found:
                if key.lower() in asked or (operator.endswith("IfExists") and key.lower() in others):
                    continue
                if operator.endswith("IfExists") and key.lower() in GUARDS:
                    why = GUARDS[key.lower()]
                elif operator.startswith("ForAllValues:"):
                    why = f"it is true where a request has no {key}"
                else:
                    continue
                yield Fault(
                    (*path, *place_of),
                    f"{operator} in an Allow allows requests without the key: {why}. Remove IfExists, "
                    f'or add Null: {{{key}: "false"}}.',
                )
