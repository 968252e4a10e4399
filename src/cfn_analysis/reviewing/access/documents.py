"""Policies and grants of the resources of a set, by their subject: what they allow together.

A policy that is a resource of its own belongs to the bucket, queue, role or other resource that it names.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from cfn_analysis.model import data_files
from cfn_analysis.model.access_properties import Grant, grants, policies
from cfn_analysis.model.intrinsics import is_unknown
from cfn_analysis.model.references import Place, as_list, value_at
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing.access.not_judged import NOT_JUDGED
from cfn_analysis.reviewing.states import Stacks, existing_resources
from cfn_analysis.updates.resolved_stack import ResolvedStack, Resource, mentions

_DATA: Final = data_files.document(Path(__file__).with_suffix(".yaml"))
_SUBJECTS: Final[Mapping[str, Mapping[str, str]]] = _DATA["subjects"]
_LIMITS: Final[Mapping[str, str]] = _DATA["limits"]
_UNLIMITED: Final = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
_DEFAULTS: Final[Mapping[str, Mapping[str, Any]]] = {
    **_DATA["defaults"],
    **{type_name: {key: _UNLIMITED} for type_name, key in _LIMITS.items()},
}
IDENTITIES: Final = frozenset(_SUBJECTS["AWS::IAM::Policy"].values())
_TRUST: Final = "AssumeRolePolicyDocument"
# Properties of a grant that do not limit it.
_LABELS: Final = ("Description", "Name", "StatementId", "Tags")
_ACTIONS: Final = ("Action", "Actions", "Permissions")


class SubjectPolicy(NamedTuple):
    """A policy of a subject.

    Attributes:
        text: its statements as text, for a fast comparison.
        named: the document with references to named resources replaced with their names.
        owner: the resource that it belongs to, if it is in the set.
        kind: the type of its subject; ``trust`` for the trust policy of a role, ``limit`` for a policy that
            limits a role, ``resource`` or ``grant`` for others that are part of their subject.
        place: the path of the document in the properties; empty if all properties together are the grant.
    """

    node: Node
    text: str
    document: Any
    named: Any
    owner: Node | None
    kind: str
    place: Place


def policies_by_subject(side: Stacks) -> dict[str, list[SubjectPolicy]]:
    """Return subject -> its policies."""
    by_subject: dict[str, list[SubjectPolicy]] = {}
    for name, resolved in side.items():
        for subject, policy in _of_stack(name, resolved):
            by_subject.setdefault(subject, []).append(policy)
    return by_subject


@lru_cache(maxsize=32)  # stacks: several parts of a review need the policies of the same ones
def _of_stack(name: str, resolved: ResolvedStack) -> Sequence[tuple[str, SubjectPolicy]]:
    """Return the policies of a stack, each with its subject."""
    pairs = []
    for node, resource in existing_resources({name: resolved}):
        for subject, kind, document, owner, place in _documents(resolved, node, resource):
            named = resolved.with_names(document)
            text = json.dumps(named, sort_keys=True, default=str)
            pairs.append((subject, SubjectPolicy(node, text, document, named, owner, kind, place)))
    return pairs


class _Source(NamedTuple):
    """A document of a subject; ``owner`` is the resource that it belongs to if it is in the set."""

    subject: str
    kind: str
    document: Any
    owner: Node | None
    place: Place


def _documents(resolved: ResolvedStack, node: Node, resource: Resource) -> Iterator[_Source]:
    """Yield the policies of a resource, and what it grants outside a policy as a policy."""
    properties = resource.properties
    if resource.type == "AWS::Lambda::Permission":
        yield from _of_subjects(resolved, node, resource, {"Statement": _permission(properties)}, ())
        return
    for place, document in policies(properties):
        if resource.type in IDENTITIES:
            subject, kind = _subject(resolved, resource.type, {"Ref": node.name}), resource.type
            if place == (_TRUST,):
                subject, kind = f"{subject} {_TRUST}", "trust"
            yield _Source(subject, kind, document, node, place)
        elif resource.type in _SUBJECTS:
            yield from _of_subjects(resolved, node, resource, document, place)
        else:
            subject, kind = _own_subject(node, resource, place)
            yield _Source(subject, kind, document, _owner(node, resource, place), place)
    for key, document in _DEFAULTS.get(resource.type, {}).items():
        if key not in properties:
            subject, kind = _own_subject(node, resource, (key,))
            yield _Source(subject, kind, document, node, (key,))
    if resource.type in NOT_JUDGED:
        return
    for grant in grants(resource.type, properties):
        document = {"Statement": _statement(grant)}
        if resource.type in _SUBJECTS:
            yield from _of_subjects(resolved, node, resource, document, grant.place)
        else:
            keys = [step for step in grant.place if isinstance(step, str)]
            subject = f"{node.stack}.{node.name} {keys}"
            yield _Source(subject, "grant", document, _owner(node, resource, grant.place), grant.place)


def _own_subject(node: Node, resource: Resource, place: Place) -> tuple[str, str]:
    """Return subject and kind of a policy in a resource; a replica in a list is known by its Region."""
    steps = []
    for number, step in enumerate(place, 1):
        name = str(step)
        entry = value_at(resource.properties, place[:number])
        if isinstance(step, int) and isinstance(entry, Mapping):
            name = str(entry.get("Region", "*"))
        steps.append(name)
    kind = "limit" if _LIMITS.get(resource.type) == ".".join(steps) else "resource"
    return f"{node.stack}.{node.name} {'.'.join(steps)}", kind


def _owner(node: Node, resource: Resource, place: Place) -> Node | None:
    """Return the resource that a policy or grant belongs to; usually the one that contains it.

    A grant that is all properties of its resource, and a type such as AWS::Kinesis::ResourcePolicy, belongs
    to the resource that another of its properties refers to, which may be outside the set.
    """
    if place and not resource.type.endswith("Policy"):
        return node
    others = {key: value for key, value in resource.properties.items() if key not in place[:1]}
    return next((mention.target for mention in mentions(others, node.stack)), None)


def _of_subjects(
    resolved: ResolvedStack, node: Node, resource: Resource, document: Any, place: Place
) -> Iterator[_Source]:
    is_attached = False
    for key, kind in _SUBJECTS[resource.type].items():
        for value in as_list(resource.properties.get(key)):
            is_attached = True
            owner = next((mention.target for mention in mentions(value, node.stack)), None)
            yield _Source(_subject(resolved, kind, value), kind, document, owner, place)
    if not is_attached:
        yield _Source(f"{node.stack}.{node.name}", "resource", document, None, place)


def _subject(resolved: ResolvedStack, kind: str, value: Any) -> str:
    match value:  # of a bucket, a queue or a role in the template, for any form of reference
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), _]}:
            return f"{kind} {resolved.name}.{name}"
    for name, resource in resolved.existing():
        if resource.type == kind and resolved.with_names({"Ref": name}) == value:
            return f"{kind} {resolved.name}.{name}"
    return f"{kind} {json.dumps(value, sort_keys=True)}"


def _permission(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return a Lambda permission as the statement that it adds to the policy of the function.

    https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
    """
    limits: dict[str, dict[str, Any]] = {}
    for operator, keys in _DATA["permission limits"].items():
        for name, key in keys.items():
            if name in properties:
                limits.setdefault(operator, {})[key] = properties[name]
    return {
        "Effect": "Allow",
        "Principal": _principal(properties.get("Principal")),
        "Action": properties.get("Action", "lambda:InvokeFunction"),
        "Resource": "*",
        "Condition": limits,
    }


def _statement(grant: Grant) -> dict[str, Any]:
    """Return a grant as a statement: all other properties of its mapping limit it."""
    actions = next((key for key in _ACTIONS if key in grant.value), "")
    limits = {key: value for key, value in grant.value.items() if key not in (grant.key, actions, *_LABELS)}
    return {
        "Effect": "Allow",
        "Principal": _principal(grant.value[grant.key]),
        "Action": grant.value.get(actions, "*"),
        "Condition": {"StringEquals": limits} if limits else {},
    }


def _principal(value: Any) -> dict[str, Any]:
    """Return the element Principal for a value that does not contain the kind of the principals."""
    if isinstance(value, Mapping) and not is_unknown(value):
        return dict(value)
    ends = (".amazonaws.com", ".amazon.com")
    services = [name for name in as_list(value) if isinstance(name, str) and name.endswith(ends)]
    accounts = [name for name in as_list(value) if name not in services]
    kinds = {"Service": services, "AWS": accounts}
    return {kind: names for kind, names in kinds.items() if names}
