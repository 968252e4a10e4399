"""Policies of roles and resources: newly allowed, or no longer denied, access.

All policies of one role, bucket, queue or other subject are evaluated together.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cfn_analysis.model.references import as_list
from cfn_analysis.model.three_valued import NO
from cfn_analysis.model.wiring import Node
from cfn_analysis.model.wording import beginning
from cfn_analysis.reviewing import sentences
from cfn_analysis.reviewing.access.statements import (
    Access,
    Statement,
    is_policy,
    not_covered,
    statements,
)
from cfn_analysis.reviewing.access.wildcards import EVERYTHING
from cfn_analysis.reviewing.findings import Risk, risk
from cfn_analysis.reviewing.kinds import OPENS
from cfn_analysis.reviewing.values import words
from cfn_analysis.updates.resolved_stack import ResolvedStack, Resource, mentions

# Type of a separate policy resource -> the property of its subject, and the kind of the subject.
_SUBJECTS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "AWS::IAM::GroupPolicy": (("GroupName", "group"),),
    "AWS::IAM::ManagedPolicy": (("Roles", "role"), ("Users", "user"), ("Groups", "group")),
    "AWS::IAM::Policy": (("Roles", "role"), ("Users", "user"), ("Groups", "group")),
    "AWS::IAM::RolePolicy": (("RoleName", "role"),),
    "AWS::IAM::UserPolicy": (("UserName", "user"),),
    "AWS::Lambda::Permission": (("FunctionName", "function"),),
    "AWS::S3::BucketPolicy": (("Bucket", "bucket"),),
    "AWS::SNS::TopicInlinePolicy": (("TopicArn", "topic"),),
    "AWS::SNS::TopicPolicy": (("Topics", "topic"),),
    "AWS::SQS::QueueInlinePolicy": (("Queue", "queue"),),
    "AWS::SQS::QueuePolicy": (("Queues", "queue"),),
    "AWS::SecretsManager::ResourcePolicy": (("SecretId", "secret"),),
}
_IDENTITIES: Final = {"AWS::IAM::Role": "role", "AWS::IAM::User": "user", "AWS::IAM::Group": "group"}
_TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    "bucket": ("AWS::S3::Bucket",),
    "function": ("AWS::Lambda::Function",),
    "group": ("AWS::IAM::Group",),
    "queue": ("AWS::SQS::Queue",),
    "role": ("AWS::IAM::Role",),
    "secret": ("AWS::SecretsManager::Secret",),
    "topic": ("AWS::SNS::Topic",),
    "user": ("AWS::IAM::User",),
}
_TRUST: Final = "AssumeRolePolicyDocument"
# Default policies.
# https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
# https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
_DEFAULTS: Final[Mapping[tuple[str, str], Any]] = {
    ("AWS::EC2::VPCEndpoint", "PolicyDocument"): {
        "Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    },
    ("AWS::KMS::Key", "KeyPolicy"): {
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": {"Ref": "AWS::AccountId"}},
            "Action": "kms:*",
            "Resource": "*",
        }
    },
}
_MOST: Final = 3  # of what a sentence lists


class _Policy(NamedTuple):
    """A policy of a subject.

    Attributes:
        node: the resource that contains it.
        text: its statements as text, for a fast comparison.
        document: its document.
        named: the document with references to named resources replaced with their names.
        owner: the resource that it belongs to, if it is in the set.
        kind: ``role``, ``user`` or ``group`` for permissions, ``trust`` for the trust policy of a role, or
            another word.
    """

    node: Node
    text: str
    document: Any
    named: Any
    owner: Node | None
    kind: str


_Policies = Mapping[str, Sequence[_Policy]]


def wider_policies(before: Mapping[str, ResolvedStack], after: Mapping[str, ResolvedStack]) -> Iterator[Risk]:
    """Yield the resources whose policies allow more or deny less than before."""
    had, has = (
        {Node(stack, name) for stack, side in one.items() for name, _ in side.existing()}
        for one in (before, after)
    )
    old, new = _gathered(before), _gathered(after)
    for subject in dict.fromkeys([*new, *old]):
        was, will = old.get(subject, []), new.get(subject, [])
        if sorted(one.text for one in was) == sorted(one.text for one in will):
            continue
        for policy in will:
            is_new = policy.owner is not None and policy.owner not in had
            if found := _more(policy, was, _opening if is_new else _allowing):
                known = all(access.is_known for access in found)
                access = sentences.first(_in_words(found))
                yield risk(OPENS, policy.node, sentences.ACCESS_ALLOWED, access=access, is_known=known)
        for policy in was:
            stays = policy.owner is None or policy.owner in has
            if stays and (found := _more(policy, will, _denying)):
                access = sentences.first(_in_words(found))
                yield risk(OPENS, policy.node, sentences.ACCESS_NO_LONGER_DENIED, access=access)


def _more(
    policy: _Policy, others: Sequence[_Policy], counts: Callable[[_Policy, Statement], bool]
) -> list[Access]:
    """Return the access that a policy covers and others do not, also by the names of resources."""
    found: list[Access] = []
    for key in ("document", "named"):
        given = [one for other in others for one in statements(getattr(other, key))]
        found = [
            access
            for one in statements(getattr(policy, key))
            if counts(policy, one)
            for access in not_covered(one, given)
        ]
        if not found:
            break
    return found


def attached(before: Mapping[str, ResolvedStack], after: Mapping[str, ResolvedStack]) -> Iterator[Risk]:
    """Yield roles, users and groups with a new managed policy or without their boundary."""
    for stack, side in after.items():
        for name, resource in side.existing():
            if resource.type not in _IDENTITIES:
                continue
            node = Node(stack, name)
            was = before[stack].resources.get(name) if stack in before else None
            was = was if was is not None and was.exists is not NO else None
            old_arns = _arns(before[stack], was) if was else {}
            for text, arn in _arns(side, resource).items():
                if text not in old_arns:
                    yield risk(OPENS, node, sentences.MANAGED_POLICY_ATTACHED, arn=arn)
            limit = resource.properties.get("PermissionsBoundary")
            old = was.properties.get("PermissionsBoundary") if was else None
            if old and old != limit:
                if limit:
                    new = words(limit)
                    yield risk(OPENS, node, sentences.BOUNDARY_CHANGED, old=words(old), new=new)
                else:
                    yield risk(OPENS, node, sentences.BOUNDARY_REMOVED, old=words(old))


def _arns(side: ResolvedStack, resource: Resource) -> dict[str, str]:
    given = resource.properties.get("ManagedPolicyArns", [])
    items = given if isinstance(given, list) else [given]
    return {json.dumps(side.with_names(one), sort_keys=True): words(one) for one in items}


def _gathered(side: Mapping[str, ResolvedStack]) -> dict[str, list[_Policy]]:
    """Return subject -> its policies."""
    found: dict[str, list[_Policy]] = {}
    for stack, resolved in side.items():
        for name, resource in resolved.existing():
            node = Node(stack, name)
            for subject, document, owner in _documents(resolved, node, resource):
                named = resolved.with_names(document)
                text = json.dumps(named, sort_keys=True, default=str)
                kind = subject.partition(" ")[0]
                kind = "trust" if subject.endswith(f" {_TRUST}") else kind
                found.setdefault(subject, []).append(_Policy(node, text, document, named, owner, kind))
    return found


def _documents(side: ResolvedStack, node: Node, resource: Resource) -> Iterator[tuple[str, Any, Node | None]]:
    """Yield subject, document and, if it is in the set, the resource of each policy."""
    properties = resource.properties
    if resource.type == "AWS::Lambda::Permission":
        document = {"Statement": _permission(properties)}
        yield from _of_subjects(side, node, resource, document)
    elif resource.type in _IDENTITIES:
        subject = _subject(side, _IDENTITIES[resource.type], {"Ref": node.name})
        for policy in properties.get("Policies", []):
            if isinstance(policy, Mapping) and "PolicyDocument" in policy:
                yield subject, policy["PolicyDocument"], node
        if _TRUST in properties:
            yield f"{subject} {_TRUST}", properties[_TRUST], node
    elif resource.type in _SUBJECTS:
        yield from _of_subjects(side, node, resource, properties.get("PolicyDocument"))
    else:
        for key in dict.fromkeys([*properties, *(name for kind, name in _DEFAULTS if kind == resource.type)]):
            document = properties.get(key, _DEFAULTS.get((resource.type, key)))
            if is_policy(document):
                yield f"{node.stack}.{node.name} {key}", document, node


def _of_subjects(
    side: ResolvedStack, node: Node, resource: Resource, document: Any
) -> Iterator[tuple[str, Any, Node | None]]:
    is_attached = False
    for key, kind in _SUBJECTS[resource.type]:
        for value in as_list(resource.properties.get(key)):
            is_attached = True
            owner = next((one.target for one in mentions(value, node.stack)), None)
            yield _subject(side, kind, value), document, owner
    if not is_attached:
        yield f"{node.stack}.{node.name}", document, None


def _subject(side: ResolvedStack, kind: str, value: Any) -> str:
    match value:  # of a bucket, a queue or a role in the template, for any form of reference
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), _]}:
            return f"{kind} {side.name}.{name}"
    named = (
        name
        for name, one in side.existing()
        if one.type in _TYPES[kind] and side.with_names({"Ref": name}) == value
    )
    found = next(named, None)
    return f"{kind} {side.name}.{found}" if found else f"{kind} {json.dumps(value, sort_keys=True)}"


def _permission(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return a Lambda permission as the statement that it adds to the policy of the function.

    https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
    """
    principal = properties.get("Principal")
    is_service = isinstance(principal, str) and principal.endswith((".amazonaws.com", ".amazon.com"))
    limits = {
        "ArnLike": {"aws:SourceArn": properties.get("SourceArn")},
        "StringEquals": {
            "aws:SourceAccount": properties.get("SourceAccount"),
            "aws:PrincipalOrgID": properties.get("PrincipalOrgID"),
            "lambda:EventSourceToken": properties.get("EventSourceToken"),
            "lambda:FunctionUrlAuthType": properties.get("FunctionUrlAuthType"),
        },
    }
    given = {
        operator: {key: value for key, value in keys.items() if value is not None}
        for operator, keys in limits.items()
    }
    return {
        "Effect": "Allow",
        "Principal": {"Service": principal} if is_service else {"AWS": principal},
        "Action": properties.get("Action", "lambda:InvokeFunction"),
        "Resource": "*",
        "Condition": {operator: keys for operator, keys in given.items() if keys},
    }


def _allowing(_: _Policy, statement: Statement) -> bool:
    return not statement.denies


def _denying(_: _Policy, statement: Statement) -> bool:
    return statement.denies


def _opening(policy: _Policy, statement: Statement) -> bool:
    """Return whether a statement about a new resource can allow new access.

    The permissions of a new role are new access. A new bucket, key or queue was not accessible before: only
    statements that open it to everyone count. For a new role, the trust policy does not count for services.
    """
    if statement.denies:
        return False
    if policy.kind in _IDENTITIES.values():
        return True
    if EVERYTHING in statement.principals.includes:
        return not statement.conditions
    return policy.kind == "trust" and not all(
        "".join(one).startswith("Service:") for one in statement.principals.includes
    )


def _in_words(found: Sequence[Access]) -> list[str]:
    alike: dict[tuple[str, tuple[str, ...], tuple[str, ...]], dict[str, None]] = {}
    for one in found:
        alike.setdefault((one.principal, one.actions, one.dropped), {})[one.resource] = None
    parts = []
    for (principal, actions, dropped), resources in alike.items():
        where = f" on {beginning(list(resources), _MOST)}" if any(resources) else ""
        who = f" by {principal}" if principal else ""
        is_named = dropped and dropped != ("Condition",)
        limit = f", no longer limited as before by {beginning(dropped, _MOST)}" if is_named else ""
        parts.append(f"{beginning(actions, _MOST)}{where}{who}{limit}")
    return parts
