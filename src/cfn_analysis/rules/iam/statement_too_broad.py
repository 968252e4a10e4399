from typing import Any

from cfn_analysis.rules.support.documents import POLICIES, conditions, documents, principals, texts
from cfn_analysis.rules.support.references import own_type
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator

# Whose policies are often open by mistake; those of buckets and endpoints are open on purpose.
CLOSED = (
    "AWS::KMS::Key",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::SecretsManager::ResourcePolicy",
)


class StatementTooBroad(Rule):
    """Statement that allows more than its author sees.

    NotAction with Effect: Allow and Resource '*' allows every action that it does not list, also future
    ones. A principal that may pass every role to any service can get the permissions of any role.
    Principal '*' in the policy of a queue, topic, key or secret means every AWS account, and callers without
    one. It can be intended for administrators: otherwise list the actions, the roles or the principals, or
    add a condition such as iam:PassedToService, aws:SourceArn or aws:PrincipalOrgID.
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
            if free and own_type(validator) in CLOSED and "*" in principals(statement, "AWS"):
                yield Fault(
                    (*path, "Principal"),
                    "Principal is '*' and there is no Condition: anyone can do this, from any account. "
                    "Specify an account or a service, or add a condition.",
                )
