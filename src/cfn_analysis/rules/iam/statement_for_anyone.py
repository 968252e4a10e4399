from typing import Any

from cfn_analysis.rules.support.documents import (
    RESOURCE_POLICIES,
    TRUST,
    conditions,
    documents,
    principals,
    texts,
)
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator

GITHUB = "token.actions.githubusercontent.com"


class StatementForAnyone(Rule):
    """Role or resource that is open to anyone.

    A trust policy with Principal '*' allows every AWS account to assume the role unless a condition limits
    it. All GitHub repositories get tokens of one issuer, and only the subject, GITHUB-ISSUER:sub, identifies
    the repository. NotPrincipal with Effect: Allow allows all others, including anonymous callers. Specify
    the account, the organization, an external ID or the subject repo:OWNER/NAME:ref:refs/heads/BRANCH.
    """

    id = "E9643"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"
    fault_class = "rights"
    looks_at = (*RESOURCE_POLICIES, TRUST)

    def faults(self, validator: Validator, policy: Any) -> Faults:
        is_trust = validator.context.path.path[-1] == "AssumeRolePolicyDocument"
        for statement, path in documents(policy):
            if statement.get("Effect") != "Allow":
                continue
            if is_trust and "Condition" not in statement and "*" in principals(statement, "AWS"):
                yield Fault(
                    (*path, "Principal"),
                    "Principal is '*' and there is no Condition: every AWS account can assume the role. "
                    "Specify an account, or add a condition on aws:PrincipalOrgID or sts:ExternalId.",
                )
            if "NotPrincipal" in statement:
                yield Fault(
                    (*path, "NotPrincipal"),
                    "NotPrincipal with Effect: Allow allows everyone except those in it, also anonymous "
                    "callers. Write Principal, or Effect: Deny.",
                )
            if is_trust and any(GITHUB in name for name in principals(statement, "Federated")):
                asked = [
                    value for _, key, value, _ in conditions(statement) if key.lower() == f"{GITHUB}:sub"
                ]
                wide = {"*", "repo:*", "repo:*/*:*", "repo:*:*"}
                if all(wide & set(texts(value)) for value in asked):
                    yield Fault(
                        path,
                        f"Condition does not restrict {GITHUB}:sub: the workflows of every repository on "
                        "GitHub can assume the role. Compare it with repo:OWNER/NAME:ref:refs/heads/BRANCH.",
                    )
