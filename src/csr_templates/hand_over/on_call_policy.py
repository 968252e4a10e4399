"""The IAM policy of the person on call: what the commands of ``tools.sh`` for an incident call.

It allows no deletion and no restore of data, no change of roles, policies, keys and passwords, and no deploy
except through the service role of a stack. It does allow reading the password of the database and the origin
keys, because the commands use them.

The service role of a stack executes a change set of any template. So a user of the policy can change through
a template what the service role may change, roles included.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from csr_templates.hand_over.policy_documents import allow, deny, in_documents
from csr_templates.hand_over.services import used_services

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cfn_analysis.model.built_stack import BuiltStack, Document

PATH: Final = "operator-policies/on-call.json"
"""Path of the policy, relative to the output folder."""

_DATA: Final[Mapping[str, Any]] = json.loads(Path(__file__).with_suffix(".json").read_bytes())
"""``read``: service -> operations on any resource. ``changes``: statement -> its actions, and resources of
a project; the IDs of those of API Gateway do not contain the project. A statement with a ``stack`` is only
for systems with this stack. ``tagged``: statement -> actions on resources that only the tag ``Project``
connects with a project."""

COMMANDS: Final[Sequence[str]] = _DATA["commands"]
"""The commands that the policy allows."""
CONSOLES: Final[Sequence[str]] = _DATA["consoles"]
"""What the consoles call for the dashboards and the saved queries."""


def policy(project: str, stacks: Sequence[BuiltStack]) -> Document:
    """Return the policy for all environments of a project with these stacks."""
    used = used_services(stacks)
    stack_names = {stack.name for stack in stacks}
    read = [*CONSOLES]
    for service, operations in _DATA["read"].items():
        if service in used:
            read += [f"{service}:{operation}" for operation in operations]
    changes = {
        sid: allowed
        for sid, allowed in _DATA["changes"].items()
        if allowed.get("stack") in (None, *stack_names)
    }
    ours: dict[str, str | list[str]] = {"aws:ResourceTag/Project": project}
    statements = [
        *allow("Read", read, ["*"]),
        # An imported resource belongs to the stack, and the next change set could delete it.
        *deny(
            "NoImports",
            ["cloudformation:*"],
            ["*"],
            **{"ForAnyValue:StringLike": {"cloudformation:ImportResourceTypes": "*"}},
        ),
        *(
            statement
            for sid, allowed in changes.items()
            for statement in allow(
                sid, allowed["actions"], [arn.format(project=project) for arn in allowed["resources"]]
            )
        ),
        *(
            statement
            for sid, actions in _DATA["tagged"].items()
            for statement in allow(sid, actions, ["*"], StringEquals=ours)
        ),
        *allow(
            "DecryptSecrets",
            ["kms:Decrypt"],
            ["*"],
            StringEquals=ours,
            StringLike={"kms:ViaService": "secretsmanager.*.amazonaws.com"},
        ),
        *allow(
            "ServiceRoles",
            ["iam:PassRole"],
            [f"arn:aws:iam::*:role/deploy-{project}-*-service"],
            StringEquals={"iam:PassedToService": "cloudformation.amazonaws.com"},
        ),
    ]
    (document,) = in_documents("on-call", statements)
    return document
