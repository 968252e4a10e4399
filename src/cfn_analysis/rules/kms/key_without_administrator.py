from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.model.wildcards import matches
from cfn_analysis.rules.support.documents import documents, each, principals
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.values import is_true


class KeyWithoutAdministrator(Rule):
    """Key whose policy cannot be changed.

    Access to a key depends on its key policy: IAM policies apply only if the key policy allows the account.
    KMS refuses a policy that allows kms:PutKeyPolicy to no one, because the key could not be managed. Allow
    arn:aws:iam::ACCOUNT:root kms:*.
    """

    id = "E9785"
    source_url = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"
    finding_class = "rights"
    looks_at = properties_of("AWS::KMS::Key")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        policy = properties.get("KeyPolicy")
        if (
            not isinstance(policy, dict)
            or is_function(policy)[0]
            or is_true(properties.get("BypassPolicyLockoutSafetyCheck"))
        ):
            return
        if any(is_function(statement)[0] for statement, _ in each(policy.get("Statement"))):
            return  # a macro writes it
        for statement, _ in documents(policy):
            actions = [action for action, _ in each(statement.get("Action"))]
            may = "NotAction" in statement or any(
                not isinstance(action, str) or matches(action.lower(), "kms:putkeypolicy")
                for action in actions
            )
            if (
                statement.get("Effect") != "Deny"
                and may
                and (principals(statement, "AWS") or "NotPrincipal" in statement)
            ):
                return
        yield RuleFinding(
            ("KeyPolicy",),
            "KeyPolicy allows no one kms:PutKeyPolicy: KMS refuses the key. Allow the account's root kms:*.",
        )
