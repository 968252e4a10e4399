"""API keys whose value is a secret: finds deploys after which the API rejects the key of a sender.

The sender has the value of its last deploy, and the API accepts the keys of its last deploy. The two stacks
are deployed one after the other, so each new state must work with the deployed state of the other stack.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from cfn_analysis.model.references import secret_names
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import sentences
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import Risk, risk
from cfn_analysis.reviewing.kinds import WILL_FAIL
from cfn_analysis.reviewing.states import Stacks, existing_resources
from cfn_analysis.updates.resolved_stack import ResolvedStack
from cfn_analysis.updates.resource_changes import Cause

_KEY: Final = "AWS::ApiGateway::ApiKey"
_REFERENCE: Final = re.compile(r"\$\{([A-Za-z0-9]+)\}")


def refused_keys(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield each key that is sent but no longer accepted, and each sender that will send an unknown key."""
    old, new = _accepted(environment.before), _accepted(environment.after)
    for secret, node in old.items():
        if secret in new or node.stack not in environment.after:
            continue
        for sender in _senders(environment.before, secret):
            if sender.stack != node.stack:
                sentence = sentences.KEY_NO_LONGER_ACCEPTED
                paths = [cause.path for cause in _causes(environment, node) if cause.place[:1] == ("Value",)]
                yield risk(WILL_FAIL, node, sentence, paths=paths, sender=sender.name, stack=sender.stack)
    for node, resource in existing_resources(environment.after):
        before = environment.before.get(node.stack)
        was = before.resources.get(node.name) if before else None
        if resource.type == _KEY or before is None or was is None:
            continue
        after = environment.after[node.stack]
        secrets = set(secrets_in(resource.properties, after))
        if not secrets or secrets & {*old, *new}:
            continue
        if not old.keys().isdisjoint(secrets_in(was.properties, before)):
            paths = [cause.path for cause in _causes(environment, node) if secrets_in(cause.after, after)]
            yield risk(
                WILL_FAIL, node, sentences.KEY_NOT_ACCEPTED, paths=paths, secrets=tuple(sorted(secrets))
            )


def _causes(environment: EnvironmentChanges, node: Node) -> Sequence[Cause]:
    """Return the causes of the change of a resource; none if it does not change."""
    outcome = environment.resources.get(node)
    return outcome.change.causes if outcome else ()


def readers_of_secret(environment: EnvironmentChanges, secret: Node) -> list[Node]:
    """Return the resources that read a secret of the set with a dynamic reference."""
    side = environment.after[secret.stack]
    name = side.resources[secret.name].properties.get("Name")
    return _senders(environment.after, name if isinstance(name, str) else secret.name, keys=True)


def secrets_in(value: Any, resolved: ResolvedStack) -> list[str]:
    """Return the names of the secrets that dynamic references in a value read.

    A secret of the stack without an explicit name counts with its logical ID.
    """
    match value:
        case str():
            return [_secret_name(secret, resolved) for secret in secret_names(value)]
        case {"Fn::In": _}:
            return []
        case dict():
            return _secrets_in_all(value.values(), resolved)
        case list():
            return _secrets_in_all(value, resolved)
    return []


def _secrets_in_all(values: Iterable[Any], resolved: ResolvedStack) -> list[str]:
    secrets: list[str] = []
    for value in values:
        secrets += secrets_in(value, resolved)
    return secrets


def _secret_name(secret: str, resolved: ResolvedStack) -> str:
    """Return the name of a secret reference, such as one in the text of a Sub."""
    match = _REFERENCE.fullmatch(secret)
    if match is None or match[1] not in resolved.resources:
        return secret
    name = resolved.resources[match[1]].properties.get("Name")
    return name if isinstance(name, str) else match[1]


def _accepted(stacks: Stacks) -> dict[str, Node]:
    """Return secret -> API key with its value."""
    keys = {}
    for node, resource in existing_resources(stacks):
        if resource.type == _KEY:
            for secret in secrets_in(resource.properties.get("Value"), stacks[node.stack]):
                keys[secret] = node
    return keys


def _senders(stacks: Stacks, secret: str, *, keys: bool = False) -> list[Node]:
    """Return the resources that read a secret; also API keys if ``keys``."""
    senders = []
    for node, resource in existing_resources(stacks):
        if resource.type == _KEY and not keys:
            continue
        if secret in secrets_in(resource.properties, stacks[node.stack]):
            senders.append(node)
    return senders
