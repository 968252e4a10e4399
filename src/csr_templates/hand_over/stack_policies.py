"""Stack policies: what CloudFormation refuses to do to a stack until somebody lifts the policy on purpose.

A stack policy holds for updates. Against deleting the stack there is termination protection.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_BYTES: Final = (
    16_384  # https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SetStackPolicy.html
)

# Not DBInstance: the data of an Aurora cluster is the cluster's, and its instances come and go.
_HOLDS_DATA: Final = frozenset(
    {
        "AWS::KMS::Key",
        "AWS::Logs::LogGroup",
        "AWS::RDS::DBCluster",
        "AWS::S3::Bucket",
        "AWS::SQS::Queue",
        "AWS::SecretsManager::Secret",
    }
)


def stack_policy(template: Mapping[str, Any]) -> dict[str, Any]:
    """Return the policy of a template's stack: what holds data is neither replaced nor removed by an update.

    A generated secret is not modified either: touching how it is generated makes a new value, and whoever has
    the old one (the database, the distribution) is locked out. All other updates are allowed, since a stack
    with a policy denies what the policy does not allow.

    Raises:
        ValueError: the policy is longer than CloudFormation accepts.
    """
    kept: list[str] = []
    final: list[str] = []
    for logical_id, resource in template.get("Resources", {}).items():
        if resource["Type"] in _HOLDS_DATA:
            generated = "GenerateSecretString" in resource.get("Properties", {})
            (final if generated else kept).append(f"LogicalResourceId/{logical_id}")
    statements = [_statement("Allow", "Update:*", "*")]
    if kept:
        statements.append(_statement("Deny", ["Update:Replace", "Update:Delete"], kept))
    if final:
        statements.append(_statement("Deny", "Update:*", final))
    policy = {"Statement": statements}
    size = len(json.dumps(policy, indent=2))
    if size > MAX_BYTES:
        raise ValueError(
            f"The stack policy has {size} bytes, but CloudFormation accepts {MAX_BYTES}: the template has "
            f"{len(kept) + len(final)} resources that hold data. Move some of them to a stack of their own."
        )
    return policy


def _statement(effect: str, action: str | list[str], resource: str | list[str]) -> dict[str, Any]:
    return {"Effect": effect, "Principal": "*", "Action": action, "Resource": resource}
