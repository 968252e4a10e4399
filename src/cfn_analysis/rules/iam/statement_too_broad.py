from typing import Any

from cfn_analysis.rules.support.documents import POLICIES, conditions, documents, texts
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator


class StatementTooBroad(Rule):
    """Statement that allows more than its author sees.

    NotAction with Effect: Allow and Resource '*' allows every action that it does not list, also future
    ones. A principal that may pass every role to any service can get the permissions of any role. It can be
    intended for administrators: otherwise list the actions or the roles, or add a condition on
    iam:PassedToService.
    """

    id = "W9646"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html"
    fault_class = "rights"
    looks_at = POLICIES

    def faults(self, validator: Validator, policy: Any) -> Faults:
        for statement, path in documents(policy):
            if statement.get("Effect") != "Allow":
                continue
            free, everywhere = "Condition" not in statement, "*" in texts(statement.get("Resource"))
            if free and "NotAction" in statement and everywhere:
                yield Fault(
                    (*path, "NotAction"),
                    "NotAction with Effect: Allow and Resource '*' allows every other action of every "
                    "service. Write Action, or Effect: Deny.",
                )
            passes = {action.lower() for action in texts(statement.get("Action"))} & {
                "iam:passrole",
                "iam:pass*",
            }
            if passes and everywhere and not any(conditions(statement)):
                yield Fault(
                    (*path, "Resource"),
                    "iam:PassRole is allowed on '*', to any service: name the roles, or add a condition on "
                    "iam:PassedToService.",
                )
