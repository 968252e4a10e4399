"""The statements for reading the resources of the stacks, as CloudFormation does to detect their drift.

CloudFormation reads each resource with the permissions of the caller: with the actions that the schema of its
type lists for the handler ``read``. The ARNs are those of the deploy policies, for all resources with a name
of the environment or with its tags.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
"""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final

from cfn_analysis.model.schemas import resource_schema
from csr_templates.hand_over.deploy_actions import service_of, takes_any
from csr_templates.hand_over.deploy_needs import RequiredPermissions
from csr_templates.hand_over.deploy_scopes import LOOK_UPS
from csr_templates.hand_over.operator_statements import OWN_ACCOUNT
from csr_templates.hand_over.policy_documents import allow
from csr_templates.hand_over.policy_patterns import ENVIRONMENT, PREFIX, PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cfn_analysis.model.built_stack import BuiltStack, Document
    from csr_templates.hand_over.deploy_scopes import DeployTables
    from csr_templates.hand_over.operator_statements import Names

SECRET_READS: Final = frozenset({"kms:Decrypt", "secretsmanager:GetSecretValue"})
"""Actions of the handlers that are not allowed, because they return secrets in plaintext."""
_NO_TAGS: Final = ""
_VARIABLE: Final = re.compile(r"\$\{[^}]*\}")
"""A variable of a policy, such as the tag of a role with the ID of the hosted zone."""


def statements(
    names: Names, stacks: Sequence[BuiltStack], tables: Sequence[DeployTables] = ()
) -> Iterator[Document]:
    """Yield the statements for the read handlers of all types in the stacks.

    ``tables`` are those of ``deploy_scopes`` for each stack, if the project adds some.

    Raises:
        schemas.SchemasError, resolving.ResolveError: as ``deploy_policies.iam_policies``.
    """
    any_resource: set[str] = set()
    groups: dict[tuple[str, bool], tuple[set[str], set[str]]] = {}
    for stack, of_stack in zip_longest(stacks, tables):
        permissions = RequiredPermissions(stack, of_stack)
        for action in _reads(stack):
            if takes_any(action) or LOOK_UPS.fullmatch(action):
                any_resource.add(action)
                continue
            for resource in permissions.existing(action):
                key = service_of(action), resource.tags != _NO_TAGS
                actions, arns = groups.setdefault(key, (set(), set()))
                actions.add(action)
                arns.add(_wider(resource.arn))
    for (service, is_tagged), (actions, arns) in sorted(groups.items()):
        sid = "Drift" + "".join(word.title() for word in service.split("-"))
        condition: Mapping[str, Any] = {}
        if is_tagged:
            sid += "Tags"
            condition = names.tags
        yield from allow(
            sid, actions, names.arns(arns), StringLike=condition, StringEqualsIfExists=OWN_ACCOUNT
        )
    yield from allow("DriftAnyResource", any_resource, ["*"])


def _reads(stack: BuiltStack) -> set[str]:
    """Return the actions of the read handlers of a stack's types, without those that return secrets."""
    actions: set[str] = set()
    for resource in stack.resources.values():
        actions.update(resource_schema(resource["Type"], stack.region).handlers.get("read", ()))
    return actions - SECRET_READS


def _wider(arn: str) -> str:
    """Return a pattern for ``Names.arns``: any region and, after the name of the environment, any name."""
    head, is_named, _ = arn.partition(PREFIX)
    if is_named:
        arn = f"{head}{{prefix}}*"
    arn = _VARIABLE.sub("*", arn.replace(f"{PROJECT}-{ENVIRONMENT}", "{name}"))
    parts = arn.split(":", 5)
    if parts[3]:
        parts[3] = "*"
    return ":".join(parts)
