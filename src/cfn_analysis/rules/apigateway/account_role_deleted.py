from typing import Any

from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.values import existing, logical_ids_in, of_type, show

# DeletionPolicy -> when the role is deleted.
DELETED = {
    "Delete": "when the stack is deleted, or the operation that creates the role is rolled back",
    "RetainExceptOnCreate": "when the operation that creates the role is rolled back",
}


class AccountRoleDeleted(Rule):
    """CloudWatch log role of API Gateway that is deleted with its stack.

    AWS::ApiGateway::Account sets the logging role of all APIs of the account and region, including those of
    other stacks. CloudFormation does not reset the setting when the stack is deleted, or when its creation is
    rolled back. If the role is deleted, the setting refers to a role that does not exist: no API writes logs,
    and no stage with logging can be created. RetainExceptOnCreate retains the role only in the first case.
    Set DeletionPolicy: Retain, and omit RoleName so that the stack can be created again.
    """

    id = "E9534"
    source_url = "https://github.com/aws/aws-cdk/issues/6194"
    finding_class = "lifecycle"

    def findings(self, validator: Validator, resources: Any) -> Findings:
        for account_id, _, properties in of_type(resources, "AWS::ApiGateway::Account"):
            roles_of_account = logical_ids_in(properties.get("CloudWatchRoleArn"))
            for role_id, role, _ in of_type(resources, "AWS::IAM::Role"):
                policy = role.get("DeletionPolicy", "Delete")
                kinds = [value for value, *_ in validator.resolve_value(policy)]
                lost = next((when for kind, when in DELETED.items() if kind in kinds), "")
                if role_id not in roles_of_account or not lost:
                    continue
                written = show(policy) if "DeletionPolicy" in role else "missing"
                yield RuleFinding(
                    (role_id, *existing(role, ("DeletionPolicy",))),
                    f"DeletionPolicy is {written} on the role that {account_id} gives to all APIs of the "
                    f"account: {lost}, none of them can log. Set DeletionPolicy: Retain, and "
                    "UpdateReplacePolicy: Retain.",
                )
