from typing import Any

from cfn_analysis.rules.support.documents import IDENTITY_POLICIES, conditions, documents, texts
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator


class PassRoleToAnyService(Rule):
    """Permission to pass any role to any service.

    A principal that may pass every role and create a function, a task or an instance can get the permissions
    of any role of the account. List the roles in Resource, or the service with iam:PassedToService.
    """

    id = "W9654"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"
    fault_class = "rights"
    looks_at = IDENTITY_POLICIES

    def faults(self, validator: Validator, policy: Any) -> Faults:
        for statement, path in documents(policy):
            actions = {action.lower() for action in texts(statement.get("Action"))}
            keys = {key.lower() for _, key, _, _ in conditions(statement)}
            passes = statement.get("Effect") == "Allow" and actions & {"iam:passrole", "iam:pass*"}
            if passes and not keys and "*" in texts(statement.get("Resource")):
                yield Fault(
                    (*path, "Resource"),
                    "iam:PassRole is allowed on '*', to any service: name the roles, or add a condition on "
                    "iam:PassedToService.",
                )
