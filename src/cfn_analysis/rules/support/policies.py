"""The permissions of a role of the template, as far as they are known."""

import re
from collections.abc import Iterator
from typing import Any

from cfnlint.jsonschema import Validator

from cfn_analysis.model.references import as_list
from cfn_analysis.model.wildcards import matches
from cfn_analysis.rules.support.references import single_reference, sub_text
from cfn_analysis.rules.support.scenarios import conditional_properties, scenarios
from cfn_analysis.rules.support.values import of_type
from cfn_analysis.rules.support.words import columns

ROLE = "AWS::IAM::Role"
ATTACHED = ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::RolePolicy")

LOGS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
INTERFACES = ("ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface")
TRACES = ("xray:PutTraceSegments", "xray:PutTelemetryRecords")
MANAGED = {f":policy/{name}": tuple(actions) for name, *actions in columns(__file__)}

# A statement with the logical ID of its resource.
SourcedStatement = tuple[str, Any]


def roles(validator: Validator, role_id: str, more: Any = None) -> Iterator[tuple[Any, Validator, Any]]:
    """Yield, for each case, the permissions of a role and the values in ``more``, both without Fn::If.

    The permissions are a list of statements with their sources, or None if another template may add some.
    """
    resources = validator.cfn.template.get("Resources", {})
    role = resources.get(role_id, {})
    attached_arns = [
        single_reference(arn)[0] for arn in as_list(role.get("Properties", {}).get("ManagedPolicyArns"))
    ]
    policies = {
        logical_id: conditional_properties(resource)
        for logical_id, resource, properties in of_type(resources, *ATTACHED)
        if logical_id in attached_arns or role_id in _role_ids(properties)
    }
    together = {"role": conditional_properties(role), "policies": policies, "more": more}
    for plain, case in scenarios(validator, together):
        if "role" in plain:
            yield _statements(role_id, plain["role"], plain["policies"]), case, plain.get("more")


def _role_ids(properties: Any) -> list[str]:
    return [
        single_reference(role)[0] for role in [*as_list(properties.get("Roles")), properties.get("RoleName")]
    ]


def _statements(role_id: str, role: Any, policies: dict[str, Any]) -> list[SourcedStatement] | None:
    for arn in as_list(role.get("ManagedPolicyArns")):
        if single_reference(arn)[0] not in policies and not (sub_text(arn) or "").endswith(tuple(MANAGED)):
            return None
    documents = [(role_id, policy.get("PolicyDocument")) for policy in as_list(role.get("Policies"))]
    documents += [(logical_id, policy.get("PolicyDocument")) for logical_id, policy in policies.items()]
    statements: list[SourcedStatement] = []
    for source, document in documents:
        if not isinstance(document, dict):
            return None
        statements += [(source, statement) for statement in as_list(document.get("Statement"))]
    return statements


def allows(statement: Any, action: str, logical_id: str) -> bool:
    """Return whether a statement may allow an action on a resource; unknown parts count as allowed."""
    if not isinstance(statement, dict):
        return True
    if statement.get("Effect") == "Deny":
        return False
    patterns = as_list(statement.get("Action"))
    if "NotAction" not in statement and not any(may_match_action(pattern, action) for pattern in patterns):
        return False
    resources = as_list(statement.get("Resource"))
    return "NotResource" in statement or any(_may_be(resource, action, logical_id) for resource in resources)


def names(statement: Any, logical_id: str) -> bool:
    """Return whether a statement's Resource is a reference to this resource."""
    return any(single_reference(resource)[0] == logical_id for resource in as_list(statement.get("Resource")))


def may_match_action(pattern: Any, action: str) -> bool:
    """Return whether an action of a statement, which may have wildcards, is an action, or is not known."""
    return not isinstance(pattern, str) or matches(pattern.lower(), action.lower())


def _may_be(resource: Any, action: str, logical_id: str) -> bool:
    """Return whether a policy's Resource may be a resource of the template."""
    text = sub_text(resource)
    if text is None or single_reference(resource)[0] == logical_id:
        return True
    if single_reference(resource)[1] == "Arn":  # another resource
        return False
    service = action.partition(":")[0]
    parts = re.sub(r"\$\{[^}]*\}", "$", text).split(":")  # ${AWS::Partition} has colons too
    return parts[0] != "arn" or len(parts) < 3 or parts[2] in (service, "*") or "$" in parts[2]


def delegates(case: Validator, key_id: str) -> bool:
    """Return whether a key policy delegates decryption to IAM: it allows only the account."""
    policy = case.cfn.template["Resources"][key_id].get("Properties", {}).get("KeyPolicy")
    statements = policy.get("Statement") if isinstance(policy, dict) else None
    return isinstance(statements, list) and not any(
        allows(statement, "kms:Decrypt", key_id) and not _is_narrow(statement) for statement in statements
    )


def _is_narrow(statement: Any) -> bool:
    """Return whether a statement is for the root of the account or for services, not for a role."""
    principal = statement.get("Principal") if isinstance(statement, dict) else None
    if not isinstance(principal, dict) or set(principal) - {"AWS", "Service"}:
        return False
    accounts = principal.get("AWS", [])
    if isinstance(accounts, list):
        return all(_is_root(account) for account in accounts)
    return _is_root(accounts)


def _is_root(account: Any) -> bool:
    text = sub_text(account) or ""
    return text.endswith(":root") or text == "${AWS::AccountId}" or text.isdecimal()
