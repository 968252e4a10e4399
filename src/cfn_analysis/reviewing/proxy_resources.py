"""New methods of a REST API, and new resources that take a path from a proxy resource: /orders from {proxy+}.

A proxy resource stands for the resources below its parent that the API does not have itself, with whatever
methods: a method that only the proxy resource has is missing at the path of the new one.
https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import sentences
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import Risk, risk
from cfn_analysis.reviewing.kinds import INTERRUPTION, OPENS
from cfn_analysis.reviewing.states import Stacks, existing_resources
from cfn_analysis.reviewing.values import text, words
from cfn_analysis.updates.resolved_stack import Resource, mentions
from cfn_analysis.updates.resource_changes import ADD

_RESOURCE: Final = "AWS::ApiGateway::Resource"
_METHOD: Final = "AWS::ApiGateway::Method"
_ANY: Final = "ANY"
# AuthorizationType -> who can call a method.
# https://docs.aws.amazon.com/apigateway/latest/api/API_Method.html
_CALLERS: Final = {
    "NONE": "anyone",
    "AWS_IAM": "principals with the permission execute-api:Invoke",
    "CUSTOM": "clients that its authorizer accepts",
    "COGNITO_USER_POOLS": "users of its user pools",
}


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


def new_methods(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield the new methods of APIs that exist before, and who can call them.

    Those that anyone can call are settings that open access.
    """
    for node, outcome in environment.resources.items():
        change = outcome.change
        if change.type != _METHOD or change.action != ADD or change.after is None:
            continue
        if node.stack not in environment.before or _is_of_new_api(environment, node, change.after):
            continue
        properties = change.after.properties
        callers = _callers(properties)
        if callers == _CALLERS["NONE"]:
            continue
        yield risk(
            OPENS,
            node,
            sentences.METHOD_ADDED,
            callers=callers,
            method=words(properties.get("HttpMethod")),
            path=_path_of_method(environment.after, node, change.after),
        )


def _is_of_new_api(environment: EnvironmentChanges, node: Node, method: Resource) -> bool:
    for mention in mentions(method.properties.get("RestApiId"), node.stack):
        outcome = environment.resources.get(mention.target)
        if outcome is not None and outcome.change.action == ADD:
            return True
    return False


def _callers(properties: Mapping[str, Any]) -> str:
    """Return who can call a method, in words."""
    callers = _CALLERS.get(text(properties.get("AuthorizationType", "NONE")), "clients")
    key = text(properties.get("ApiKeyRequired", "false")).lower()
    if key == "false":
        return callers
    return f"{callers} with an API key"


def _path_of_method(stacks: Stacks, node: Node, method: Resource) -> str:
    """Return the path of a method, as far as its resources are in the stack."""
    parts: dict[str, str] = {}
    parent = method.properties.get("ResourceId")
    while isinstance(parent, Mapping) and "Ref" in parent:
        name = str(parent["Ref"])
        resource = stacks[node.stack].resources.get(name)
        if resource is None or resource.type != _RESOURCE or name in parts:
            break
        parts[name] = words(resource.properties.get("PathPart"))
        parent = resource.properties.get("ParentId")
    return f"/{'/'.join(reversed(parts.values()))}"


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
