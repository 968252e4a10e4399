"""New resources of a REST API that take a path from a proxy resource, such as /orders from {proxy+}.

A proxy resource stands for the resources below its parent that the API does not have itself, with whatever
methods: a method that only the proxy resource has is missing at the path of the new one.
https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

from collections.abc import Iterator
from typing import Any, Final

from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import sentences
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import Risk, risk
from cfn_analysis.reviewing.kinds import INTERRUPTION
from cfn_analysis.reviewing.states import Stacks, existing_resources
from cfn_analysis.reviewing.values import text
from cfn_analysis.updates.resolved_stack import Resource
from cfn_analysis.updates.resource_changes import ADD

_RESOURCE: Final = "AWS::ApiGateway::Resource"
_METHOD: Final = "AWS::ApiGateway::Method"
_ANY: Final = "ANY"


def taken_paths(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield the new resources that lack a method which a deployed proxy resource beside them has."""
    for node, outcome in environment.resources.items():
        change = outcome.change
        if change.type != _RESOURCE or change.action != ADD or change.after is None:
            continue
        path = text(change.after.properties.get("PathPart"))
        if _is_greedy(path):
            continue
        present = _methods(environment.after, node)
        for proxy in _proxies_beside(environment, node, change.after):
            missing = _missing(_methods(environment.before, proxy), present)
            if missing:
                yield risk(
                    INTERRUPTION, node, sentences.PATH_TAKEN, path=path, proxy=proxy.name, methods=missing
                )


def _is_greedy(path: str) -> bool:
    return path.endswith("+}")


def _proxies_beside(environment: EnvironmentChanges, node: Node, new: Resource) -> Iterator[Node]:
    """Yield the deployed proxy resources with the parent of a new resource."""
    parent = _api_and_parent(environment.after, node, new)
    for proxy, resource in existing_resources(environment.before):
        if resource.type != _RESOURCE or proxy.stack != node.stack:
            continue
        if not _is_greedy(text(resource.properties.get("PathPart"))):
            continue
        if _api_and_parent(environment.before, proxy, resource) == parent:
            yield proxy


def _api_and_parent(stacks: Stacks, node: Node, resource: Resource) -> list[Any]:
    """Return the API and the parent of a resource."""
    stack = stacks[node.stack]
    return [stack.with_names(resource.properties.get(name)) for name in ("RestApiId", "ParentId")]


def _methods(stacks: Stacks, node: Node) -> list[str]:
    """Return the methods of a resource of an API."""
    methods = []
    for method, resource in existing_resources(stacks):
        if resource.type != _METHOD or method.stack != node.stack:
            continue
        if resource.properties.get("ResourceId") == {"Ref": node.name}:
            methods.append(text(resource.properties.get("HttpMethod")))
    return methods


def _missing(of_proxy: list[str], present: list[str]) -> tuple[str, ...]:
    """Return the methods that a proxy resource has and a new resource lacks."""
    if _ANY in present:
        return ()
    if _ANY in of_proxy and present:
        return (f"all methods except {', '.join(sorted(present))}",)
    if _ANY in of_proxy:
        return ("all methods",)
    return tuple(sorted(set(of_proxy) - set(present)))
