"""The logging role of an account survives the stack that created it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csr_templates.rules.support.references import single_reference
from csr_templates.rules.support.rule import Fault, Rule
from csr_templates.rules.support.values import of_type, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfnlint.jsonschema import Validator


class AccountRoleDeleted(Rule):
    """API Gateway's logging role that is deleted with the stack.

    AWS::ApiGateway::Account sets the role that all APIs of the account and region log with, those of other
    stacks too. When the stack is deleted, the setting stays and the role is deleted: from then on no API
    logs, and no stage with logging can be created. Keep the role with DeletionPolicy Retain or
    RetainExceptOnCreate, and leave RoleName out so that the stack can be created again.
    """

    id = "W9534"
    source_url = "https://github.com/aws/aws-cdk/issues/10878"
    tags = ["resources", "apigateway", "deletionpolicy"]

    def faults(self, validator: Validator, resources: Any) -> Iterator[Fault]:
        for account_id, _, properties in of_type(resources, "AWS::ApiGateway::Account"):
            role_id, _ = single_reference(properties.get("CloudWatchRoleArn"))
            role = resources.get(role_id)
            policy = role.get("DeletionPolicy", "Delete") if isinstance(role, dict) else None
            kinds = [value for value, *_ in validator.resolve_value(policy)]
            if policy is not None and "Delete" in kinds:
                yield Fault(
                    (role_id, *(["DeletionPolicy"] if "DeletionPolicy" in role else [])),
                    f"DeletionPolicy is {show(policy) if 'DeletionPolicy' in role else 'missing'} on the "
                    f"role that {account_id} gives to all APIs of the account: when the stack is deleted, "
                    "none of them can log. Set DeletionPolicy: RetainExceptOnCreate, and "
                    "UpdateReplacePolicy: Retain.",
                )
