from typing import Any

from cfn_analysis.rules.support.documents import TRUST, conditions, documents, principals, texts
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator

ISSUER = "token.actions.githubusercontent.com"


class GithubTrustWithoutSubject(Rule):
    """Role that the workflows of any GitHub repository can assume.

    All GitHub repositories get tokens of the same issuer, and those of AWS's action have the same audience.
    Only the subject, token.actions.githubusercontent.com:sub, identifies the repository of a token. IAM
    refuses new roles without it, and a value of '*' allows every repository. Compare it with
    repo:OWNER/NAME:ref:refs/heads/BRANCH.
    """

    id = "E9644"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html"
    fault_class = "rights"
    looks_at = (TRUST,)

    def faults(self, validator: Validator, policy: Any) -> Faults:
        for statement, path in documents(policy):
            named = principals(statement, "Federated")
            if statement.get("Effect") != "Allow" or not any(ISSUER in name for name in named):
                continue
            subjects = [value for _, key, value, _ in conditions(statement) if key.lower() == f"{ISSUER}:sub"]
            if any(not {"*", "repo:*", "repo:*/*:*", "repo:*:*"} & set(texts(value)) for value in subjects):
                continue
            yield Fault(
                path,
                f"Condition does not restrict {ISSUER}:sub: the workflows of every repository on GitHub can "
                "assume the role. Compare it with repo:OWNER/NAME:ref:refs/heads/BRANCH.",
            )
