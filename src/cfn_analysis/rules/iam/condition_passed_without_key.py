from typing import Any

from cfn_analysis.rules.support.documents import POLICIES, TRUST, conditions, documents, texts
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.values import Path

MFA = "aws:multifactorauthpresent"
# Keys that are missing in the requests that the condition is intended to exclude.
GUARDS = {
    MFA: "requests with long-term keys have no aws:MultiFactorAuthPresent",
    "aws:multifactorauthage": "requests without MFA have no aws:MultiFactorAuthAge",
    "aws:sourcevpc": "requests from outside of VPC endpoints have no aws:SourceVpc",
    "aws:sourcevpce": "requests from outside of VPC endpoints have no aws:SourceVpce",
    "aws:sourcearn": "only requests by a service have aws:SourceArn",
    "aws:sourceaccount": "only requests by a service have aws:SourceAccount",
    "aws:principalorgid": "principals outside of any organization have no aws:PrincipalOrgID",
}


class ConditionPassedWithoutKey(Rule):
    """Condition that is true, or a Deny that does not apply, for requests without the key.

    An operator with IfExists, and ForAllValues with any key, is true if the request does not have the key. In
    an Allow, this allows the requests that the condition is intended to exclude: BoolIfExists with
    aws:MultiFactorAuthPresent allows access keys. Remove IfExists; with ForAllValues, add Null: {KEY:
    "false"}. In a Deny, both are correct, and Bool with aws:MultiFactorAuthPresent "false" does not apply to
    access keys: use BoolIfExists.
    """

    id = "W9652"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html"
    finding_class = "rights"
    looks_at = (*POLICIES, TRUST)

    def findings(self, validator: Validator, policy: Any) -> Findings:
        for statement, path in documents(policy):
            compared = list(conditions(statement))
            if statement.get("Effect") == "Deny":
                yield from _spared(compared, path)
            if statement.get("Effect") != "Allow":
                continue
            with_null = {key.lower() for operator, key, _, _ in compared if operator == "Null"}
            without_if_exists = {
                key.lower() for operator, key, _, _ in compared if not operator.endswith("IfExists")
            }
            for operator, key, _, place_of in compared:
                name = key.lower()
                if name in with_null or (operator.endswith("IfExists") and name in without_if_exists):
                    continue
                if operator.endswith("IfExists") and name in GUARDS:
                    why, repair = GUARDS[name], "Remove IfExists, or add"
                elif operator.startswith("ForAllValues:"):
                    why, repair = f"it is true where a request has no {key}", "Add"
                else:
                    continue
                yield RuleFinding(
                    (*path, *place_of),
                    f"{operator} in an Allow allows requests without the key: {why}. {repair} "
                    f'Null: {{{key}: "false"}}.',
                )


def _spared(compared: list[tuple[str, str, Any, Path]], path: Path) -> Findings:
    """Yield a Deny that does not apply to what lacks its only key."""
    if len(compared) != 1:
        return
    operator, key, value, place_of = compared[0]
    if operator == "Bool" and key.lower() == MFA and texts(value) == ["false"]:
        yield RuleFinding(
            (*path, *place_of),
            f"Bool in a Deny spares what lacks the key: {GUARDS[MFA]}. Use BoolIfExists.",
        )
