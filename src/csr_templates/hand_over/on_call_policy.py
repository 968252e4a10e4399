"""The IAM policies of the person on call: what the commands of ``csr-operate`` for an incident call.

It allows no deletion and no restore of data, no change of roles, policies, keys and passwords, and no deploy
except through the service role of a stack. It does allow reading the password of the database and the origin
keys, because the commands use them.

The service role of a stack executes a change set of any template. So a user of the policies can
change through a template what the service role may change, roles included.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cfn_analysis.model import data_files
from csr_templates.hand_over.operator_statements import (
    LOG_GROUPS,
    OWN_ACCOUNT,
    WEB_ACL_LOGS,
    allow_reading,
)
from csr_templates.hand_over.policy_documents import allow, deny, divided, in_documents
from csr_templates.hand_over.services import used_services

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cfn_analysis.model import data_files
    from cfn_analysis.model.built_stack import BuiltStack, Document
from csr_templates.hand_over.operator_statements import Names

_DATA: Final[Mapping[str, Any]] = data_files.document(Path(__file__).with_suffix(".json"))
"""``read``: service -> operations that only read. ``changes``: statement -> its actions and resources, with
the placeholders of ``Names.arns``; with ``hasTags``, the resources must also have the tags of the project,
and a statement with a ``stack`` is only for systems with this stack.
``tagged``: statement -> actions on any resource with these tags."""

CONSOLES: Final[Sequence[str]] = _DATA["consoles"]
"""What the consoles call for the dashboards and the saved queries."""

_SEARCHES: Final = ("logs:FilterLogEvents", "logs:StartQuery")

_MANAGED_RULES: Final = "arn:aws:wafv2:us-east-1:*:global/managedruleset/*/*"
"""The rule groups of AWS, in an account of AWS. IAM evaluates them with an update of the web ACL."""


def path(number: int) -> str:
    """Return the path of a policy, relative to the output folder; the first one has the number 1."""
    return f"operator-policies/on-call-{number}.json"


def policies(names: Names, stacks: Sequence[BuiltStack]) -> list[Document]:
    """Return the policies for all environments of a project with these stacks, all of which a role needs."""
    statements = [*_reading(names, stacks), *_changing(names, stacks)]
    return in_documents("on-call", divided(statements))


def _reading(names: Names, stacks: Sequence[BuiltStack]) -> Iterator[Document]:
    """Allow what only reads."""
    used = used_services(stacks)
    actions = list(CONSOLES)
    for service, operations in _DATA["read"].items():
        if service in used:
            actions += [f"{service}:{operation}" for operation in operations]
    yield from allow_reading(actions, names, used)


def _changing(names: Names, stacks: Sequence[BuiltStack]) -> Iterator[Document]:
    """Allow repairs, and what reads secrets and contents."""
    # An imported resource belongs to the stack, and the next change set could delete it.
    yield from deny(
        "NoImports",
        ["cloudformation:*"],
        ["*"],
        **{"ForAnyValue:StringLike": {"cloudformation:ImportResourceTypes": "*"}},
    )
    stack_names = {stack.name for stack in stacks}
    for sid, allowed in _DATA["changes"].items():
        if allowed.get("stack") not in (None, *stack_names):
            continue
        yield from allow(
            sid,
            allowed["actions"],
            names.arns(allowed["resources"]),
            StringLike=names.tags if allowed.get("hasTags") else {},
            StringEqualsIfExists=OWN_ACCOUNT,
        )
    yield from allow("Logs", _SEARCHES, names.arns(LOG_GROUPS), StringEqualsIfExists=OWN_ACCOUNT)
    if "wafv2" in used_services(stacks):
        yield from allow("WebACLLogs", _SEARCHES, names.arns(WEB_ACL_LOGS), StringEqualsIfExists=OWN_ACCOUNT)
        yield from allow("ManagedRules", ["wafv2:UpdateWebACL"], [_MANAGED_RULES])
    for sid, actions in _DATA["tagged"].items():
        yield from allow(sid, actions, ["*"], StringLike=names.tags, StringEqualsIfExists=OWN_ACCOUNT)
    yield from allow(
        "DecryptSecrets",
        ["kms:Decrypt"],
        ["*"],
        StringLike={**names.tags, "kms:ViaService": "secretsmanager.*.amazonaws.com"},
        StringEqualsIfExists=OWN_ACCOUNT,
    )
    yield from allow(
        "ServiceRoles",
        ["iam:PassRole"],
        names.arns(["arn:aws:iam::*:role/deploy-{prefix}*-service"]),
        StringEquals={"iam:PassedToService": "cloudformation.amazonaws.com"},
        StringEqualsIfExists=OWN_ACCOUNT,
    )
