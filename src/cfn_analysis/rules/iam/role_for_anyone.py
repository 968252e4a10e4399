from typing import Any

from cfn_analysis.rules.support.documents import TRUST, open_to_anyone
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator


class RoleForAnyone(Rule):
    """Role that anyone with an AWS account can assume.

    A trust policy with Principal '*', or {AWS: '*'}, allows every AWS account to assume the role unless a
    condition limits it to an account, an organization or an external ID. Specify the account, or add
    aws:PrincipalOrgID, aws:PrincipalAccount or sts:ExternalId.
    """

    id = "E9643"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"
    fault_class = "rights"
    looks_at = (TRUST,)

    def faults(self, validator: Validator, policy: Any) -> Faults:
        for path in open_to_anyone(policy):
            yield Fault(
                (*path, "Principal"),
                "Principal is '*' and there is no Condition: every AWS account can assume the role. "
                "Specify an account, or add a condition on aws:PrincipalOrgID or sts:ExternalId.",
            )
