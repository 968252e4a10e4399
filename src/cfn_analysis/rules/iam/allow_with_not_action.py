from typing import Any

from cfn_analysis.rules.support.documents import POLICIES, documents, texts
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator


class AllowWithNotAction(Rule):
    """Allow with NotAction on every resource.

    NotAction with Effect: Allow allows every action that it does not list, of every service, including future
    actions. With Resource '*', almost everything is allowed. Use Action, or Effect: Deny. It can be intended
    for administrators, or if a condition limits it.
    """

    id = "W9646"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html"
    fault_class = "rights"
    looks_at = POLICIES

    def faults(self, validator: Validator, policy: Any) -> Faults:
        for statement, path in documents(policy):
            everywhere = "*" in texts(statement.get("Resource"))
            free = statement.get("Effect") == "Allow" and "Condition" not in statement
            if free and "NotAction" in statement and everywhere:
                yield Fault(
                    (*path, "NotAction"),
                    "NotAction with Effect: Allow and Resource '*' allows every other action of every "
                    "service. Write Action, or Effect: Deny.",
                )
