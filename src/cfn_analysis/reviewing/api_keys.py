"""API keys whose value is a secret: finds deploys after which the API rejects the key of a sender.

The sender has the value of its last deploy, and the API accepts the keys of its last deploy. The two stacks
are deployed one after the other, so each new state must work with the deployed state of the other stack.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from cfn_analysis.model.intrinsics import as_strings
from cfn_analysis.model.references import secret_names
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import sentences
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import Risk, risk
from cfn_analysis.reviewing.kinds import WILL_FAIL
from cfn_analysis.reviewing.states import Stacks, existing_resources
from cfn_analysis.updates.partial_resolving import IN
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
                paths = [cause.name for cause in _causes(environment, node) if cause.place[:1] == ("Value",)]
                yield risk(WILL_FAIL, node, sentence, paths=paths, sender=sender.name, stack=sender.stack)
    for node, resource in existing_resources(environment.after):
        secrets = {*secrets_in(resource.properties, environment.after[node.stack])}
        before = environment.before.get(node.stack)
        was = before.resources.get(node.name) if before else None
        if resource.type == _KEY or before is None or was is None or secrets & {*old, *new}:
            continue
        if secrets and {*old} & {*secrets_in(was.properties, before)}:
            names = tuple(sorted(secrets))
            resolved = environment.after[node.stack]
            paths = [cause.name for cause in _causes(environment, node) if secrets_in(cause.after, resolved)]
            yield risk(WILL_FAIL, node, sentences.KEY_NOT_ACCEPTED, paths=paths, secrets=names)


def _causes(environment: EnvironmentChanges, node: Node) -> Sequence[Cause]:
    """Return the causes of the change of a resource; none if it does not change."""
    outcome = environment.resources.get(node)
    return outcome.change.causes if outcome else ()


def readers_of_secret(environment: EnvironmentChanges, secret: Node) -> list[Node]:
    """Return the resources that read a secret of the set with a dynamic reference."""
    side = environment.after[secret.stack]
    name = side.resources[secret.name].properties.get("Name")
    return _senders(environment.after, name if isinstance(name, str) else secret.name, keys=True)


def secrets_in(value: Any, side: ResolvedStack) -> list[str]:
    """Return the names of the secrets that dynamic references in a value read.

    A secret of the stack without an explicit name counts with its logical ID.
    """
    match value:
        case str():
            return [_secret_name(secret, side) for secret in secret_names(value)]
        case dict():
            parts = () if IN in value else value.values()
            return [secret for part in parts for secret in secrets_in(part, side)]
        case list():
            return [secret for part in value for secret in secrets_in(part, side)]
    return []


def _secret_name(secret: str, side: ResolvedStack) -> str:
    """Return the name of a secret reference, such as one in the text of a Sub."""
    match = _REFERENCE.fullmatch(secret)
    resource = side.resources.get(match[1]) if match else None
    if match is None or resource is None:
        return secret
    name = resource.properties.get("Name")
    return str(as_strings(name)) if isinstance(name, str) else match[1]


def _accepted(stacks: Stacks) -> dict[str, Node]:
    """Return secret -> API key with its value."""
    return {
        secret: node
        for node, resource in existing_resources(stacks)
        if resource.type == _KEY
        for secret in secrets_in(resource.properties.get("Value"), stacks[node.stack])
    }


def _senders(stacks: Stacks, secret: str, *, keys: bool = False) -> list[Node]:
    return [
        node
        for node, resource in existing_resources(stacks)
        if (keys or resource.type != _KEY) and secret in secrets_in(resource.properties, stacks[node.stack])
    ]
