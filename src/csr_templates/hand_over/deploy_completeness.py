"""Whether the policies of a service role contain all permissions of each type, and what to write if not.

The permissions of a type are complete if each action of its own service is allowed. An action of another
service, such as ``ec2`` for a function, is only allowed if the stack has resources of that service.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cfn_analysis.model.schemas import iam_resource
from cfn_analysis.model.wording import beginning, series
from csr_templates.hand_over import deploy_scopes
from csr_templates.hand_over.deploy_actions import arn_formats, handlers_of
from csr_templates.hand_over.deploy_needs import ATTACH, CREATE_LINKED, OF_ROLES, PASS_ROLE
from csr_templates.hand_over.own_service import own_service

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from csr_templates.hand_over.deploy_needs import RequiredPermissions

_NAMED: Final = 3  # actions of a type in a message


def incomplete(permissions: RequiredPermissions) -> Iterator[str]:
    """Yield a sentence for each line that the types of a template need in the tables of ``deploy_scopes``."""
    for type_name in permissions.types:
        yield from _incomplete_type(permissions, type_name)


def _incomplete_type(permissions: RequiredPermissions, type_name: str) -> Iterator[str]:
    if not handlers_of(type_name, permissions.region):
        if not any(type_name == listed for listed, _, _ in permissions.facts.forgotten):
            yield _no_handlers(type_name)
        return
    required = permissions.required_of(type_name)
    if not required:
        yield _not_in_iam(type_name, own_service(type_name, permissions.region))
        return
    missing = required - permissions.actions
    yield from _about_roles(permissions, type_name, missing & OF_ROLES)
    missing -= OF_ROLES
    missing |= _only_of_others(permissions, type_name, required)
    own_formats = _own_formats(type_name, permissions.region)
    while missing:
        formats: set[str] = set()
        for action in missing:
            formats.update(arn_formats(action))
        arn = deploy_scopes.best_arn(type_name, formats & own_formats or formats)
        with_arn = {action for action in missing if arn in arn_formats(action)}
        missing -= with_arn
        yield (
            f"{type_name} requires {_in_words(with_arn)}, but no ARN of {deploy_scopes.FACTS}.txt matches. "
            f"Add a line to it, such as: {deploy_scopes.example(type_name, arn)}"
        )


def _only_of_others(permissions: RequiredPermissions, type_name: str, required: set[str]) -> set[str]:
    """Return the actions of a type for which only ARNs of other types match.

    The actions of API Gateway are verbs, such as ``apigateway:GET``, so an ARN of any type matches them.
    """
    formats = _own_formats(type_name, permissions.region)
    if not formats or any(permissions.matching_format(form) for form in formats):
        return set()
    return {action for action in required if formats & set(arn_formats(action))}


def _own_formats(type_name: str, region: str) -> set[str]:
    """Return the formats of ARNs that IAM has for a type, if it has a kind of resource of this name."""
    return set(iam_resource(own_service(type_name, region), type_name.rpartition("::")[2]))


def _about_roles(permissions: RequiredPermissions, type_name: str, actions: Collection[str]) -> Iterator[str]:
    """Yield what to do about actions of ``OF_ROLES`` that no statement allows for a type."""
    if ATTACH in actions and type_name != "AWS::IAM::Role":
        yield (
            f"{type_name} requires {ATTACH}, which a service role has only for ManagedPolicyArns of "
            "AWS::IAM::Role: otherwise, a template could attach any policy. Attach the policy there."
        )
    if PASS_ROLE in actions and "AWS::IAM::Role" not in permissions.types:
        yield (
            f"{type_name} requires {PASS_ROLE}, which a service role has only for roles of its stack. Add "
            "the AWS::IAM::Role to the template."
        )
    linked = any(type_name.startswith(types) for types, _ in permissions.facts.service_linked)
    if CREATE_LINKED in actions and not linked:
        yield (
            f"{type_name} requires {CREATE_LINKED}. Add a line with its service to SERVICE_LINKED in "
            f'{deploy_scopes.FACTS}.py, such as: ("{type_name}", "autoscaling.amazonaws.com"),'
        )


def _in_words(actions: Collection[str]) -> str:
    """Return the first actions, and the number of the others."""
    names = sorted(actions)
    if len(names) <= _NAMED:
        return series(names)
    return beginning(names, _NAMED)


def _no_handlers(type_name: str) -> str:
    service = type_name.split("::")[1].lower()
    line = f'("{type_name}", "", ("{service}:Create...", "{service}:Delete...")),'
    return (
        f"AWS does not list the actions that {type_name} requires. Look them up, and add a line to FORGOTTEN "
        f"in {deploy_scopes.FACTS}.py, such as: {line}"
    )


def _not_in_iam(type_name: str, service: str) -> str:
    return (
        f"None of the actions that {type_name} requires of {service} exists in IAM, according to cfn-lint. "
        "Use a newer cfn-lint, or another type: the service may have been discontinued."
    )
