"""Stack policies: what CloudFormation refuses to do to a stack until somebody lifts the policy on purpose.

A stack policy holds for updates. Against deleting the stack there is termination protection.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from csr_templates.cloudformation.schemas import stateful_types
from csr_templates.hand_over.policy_documents import PolicyError

if TYPE_CHECKING:
    from csr_templates.cloudformation.built_stack import BuiltStack, Document

MAX_BYTES: Final = (
    16_384  # https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SetStackPolicy.html
)


def stack_policy(stack: BuiltStack) -> Document:
    """Return the policy of a stack: what holds data is neither replaced nor removed by an update.

    A generated secret is not modified either: touching how it is generated makes a new value, and whoever has
    the old one (the database, the distribution) is locked out. All other updates are allowed, since a stack
    with a policy denies what the policy does not allow.

    Raises:
        PolicyError: the policy is longer than CloudFormation accepts.
    """
    holding = resources_with_data(stack)
    generated = [
        name for name in holding if "GenerateSecretString" in stack.resources[name].get("Properties", {})
    ]
    kept = [name for name in holding if name not in generated]
    statements = [_statement("Allow", "Update:*", "*")]
    if kept:
        statements.append(_statement("Deny", ["Update:Replace", "Update:Delete"], _resources(kept)))
    if generated:
        statements.append(_statement("Deny", "Update:*", _resources(generated)))
    policy: Document = {"Statement": statements}
    size = len(json.dumps(policy, indent=2))
    if size > MAX_BYTES:
        raise PolicyError(
            f"The stack policy has {size} bytes, but CloudFormation accepts {MAX_BYTES}: the template has "
            f"{len(holding)} resources that hold data. Move some of them to a stack of their own."
        )
    return policy


def resources_with_data(stack: BuiltStack) -> list[str]:
    """Return the logical IDs of what holds data, which an update neither replaces nor removes."""
    types = stateful_types()
    return [name for name, resource in stack.resources.items() if resource["Type"] in types]


def _resources(logical_ids: list[str]) -> list[str]:
    return [f"LogicalResourceId/{name}" for name in logical_ids]


def _statement(effect: str, action: str | list[str], resource: str | list[str]) -> Document:
    return {"Effect": effect, "Principal": "*", "Action": action, "Resource": resource}
