"""Stack policies: updates that CloudFormation denies until an operator overrides the policy.

A stack policy applies to updates. Termination protection prevents the deletion of the stack.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from cfn_analysis.model.schemas import stateful_types
from cfn_analysis.model.stack_policies import DELETE, MODIFY, REPLACE
from csr_templates.hand_over.policy_documents import PolicyError

if TYPE_CHECKING:
    from cfn_analysis.model.built_stack import BuiltStack, Document

# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SetStackPolicy.html
MAX_BYTES: Final = 16_384

# Their addresses are known outside of the stack, and a new resource has another address.
_ADDRESSED: Final = frozenset({"AWS::ApiGateway::RestApi", "AWS::CloudFront::Distribution"})
# Subscriptions of people are not in the template: a new topic notifies no one.
_NOT_REMOVED: Final = _ADDRESSED | {"AWS::SNS::Topic"}
# A new NAT gateway is created while the old one still has the Elastic IP address, which fails. A new address
# is not on the allow lists of partners. Replacing a DB instance causes a failover. An edited description
# replaces a parameter group: the update restarts each instance with a new DB parameter group, and a new DB
# cluster parameter group takes effect only after the instances restart.
_NOT_REPLACED: Final = _NOT_REMOVED | {
    "AWS::EC2::EIP",
    "AWS::EC2::NatGateway",
    "AWS::RDS::DBClusterParameterGroup",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBParameterGroup",
}
# Operators add addresses in an incident, and an update would replace them by those of the template.
_NOT_MODIFIED: Final = frozenset({"AWS::WAFv2::IPSet"})


def stack_policy(stack: BuiltStack) -> Document:
    """Return the policy of a stack, which denies ``denied_actions`` and allows all other updates.

    A stack with a policy denies all updates that the policy does not allow; the first statement allows them.

    Raises:
        PolicyError: the policy is longer than CloudFormation accepts.
    """
    denied = denied_actions(stack)
    statements = [_statement("Allow", "Update:*", "*")]
    for actions in ([REPLACE, DELETE], [REPLACE], [MODIFY, REPLACE, DELETE]):
        names = [name for name, denied_of_name in denied.items() if denied_of_name == frozenset(actions)]
        if names:
            action = "Update:*" if MODIFY in actions else actions
            resources = [f"LogicalResourceId/{name}" for name in names]
            statements.append(_statement("Deny", action, resources))
    policy: Document = {"Statement": statements}
    size = len(json.dumps(policy, indent=2))
    if size > MAX_BYTES:
        raise PolicyError(
            f"The stack policy has {size} bytes, but CloudFormation accepts {MAX_BYTES}: it protects "
            f"{len(denied)} resources of the template. Move some of them to another stack."
        )
    return policy


def denied_actions(stack: BuiltStack) -> dict[str, frozenset[str]]:
    """Return logical ID -> denied update actions, for all protected resources.

    - Resources with data are not replaced or removed.
    - A generated secret is not modified: a change of its generation creates a new value, and users of the old
      value (the database, the distribution) lose access. A policy cannot distinguish this from other changes
      of the secret, such as new tags of the stack: these need an override of the policy for one update.
    - An IP set is not updated at all: it contains the addresses that operators block. New tags of the stack
      need an override of the policy for one update.
    - A REST API and a distribution are not replaced or removed, also not by a condition: their addresses
      would change.
    - A topic is not replaced or removed: its subscriptions would be lost.
    - A DB instance is not replaced, and is removed only by its condition: an instance without a condition can
      be removed only by a changed template. The data belongs to the cluster.
    - A NAT gateway and an Elastic IP address are not replaced.
    - A parameter group is not replaced: the new one restarts the instances, or waits for their restart.
    - The role of a Lambda function is not replaced: published versions keep the ARN of the old role.
    """
    roles = _roles_of_functions(stack)
    holding_data = stateful_types()
    not_replaced = holding_data | _NOT_REPLACED
    not_removed = holding_data | _NOT_REMOVED
    denied = {}
    for name, resource in stack.resources.items():
        type_name = resource["Type"]
        actions = set()
        if type_name in not_replaced or (type_name == "AWS::IAM::Role" and name in roles):
            actions.add(REPLACE)
        if type_name in not_removed or (type_name == "AWS::RDS::DBInstance" and "Condition" not in resource):
            actions.add(DELETE)
        if type_name in holding_data and "GenerateSecretString" in resource.get("Properties", {}):
            actions.add(MODIFY)
        if type_name in _NOT_MODIFIED:
            actions |= {MODIFY, REPLACE, DELETE}
        if actions:
            denied[name] = frozenset(actions)
    return denied


def _roles_of_functions(stack: BuiltStack) -> set[str]:
    """Return the logical IDs of the roles of Lambda functions."""
    roles: set[str] = set()
    for name, resource in stack.resources.items():
        if resource["Type"] == "AWS::Lambda::Function":
            roles |= {
                use.name for use in stack.uses[name] if use.place[:1] == ("Role",) and use.kind == "name"
            }
    return roles


def _statement(effect: str, action: str | list[str], resource: str | list[str]) -> Document:
    return {"Effect": effect, "Principal": "*", "Action": action, "Resource": resource}
