"""Common code of the rules on REST APIs: the methods of an API, and those that a stage caches."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from cfnlint.helpers import is_function
from cfnlint.jsonschema import Validator

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.values import (
    Path,
    branches,
    case_of,
    existing,
    is_true,
    of_type,
    place,
    possible_values,
    ref_name,
    show,
    values,
)

METHOD = "AWS::ApiGateway::Method"
STAGE = "AWS::ApiGateway::Stage"
ACCESS_LOGS = (
    "Resources/AWS::ApiGateway::Stage/Properties/AccessLogSetting",
    "Resources/AWS::ApiGateway::Deployment/Properties/StageDescription/AccessLogSetting",
    "Resources/AWS::ApiGatewayV2::Stage/Properties/AccessLogSettings",
)


class Method(NamedTuple):
    """A method of the template."""

    logical_id: str
    resource: Any
    properties: Any
    path: str  # such as "/pets/{id}"; empty if not known


def methods(resources: Any, api: Any) -> list[Method]:
    """Return the methods with this RestApiId."""
    return [
        Method(logical_id, resource, properties, _path(resources, properties.get("ResourceId")))
        for logical_id, resource, properties in of_type(resources, METHOD)
        if properties.get("RestApiId") == api
    ]


def _path(resources: Any, resource_id: Any, depth: int = 0) -> str:
    """Return the path of an API's resource; empty if a part of it is not literal."""
    function, argument = is_function(resource_id)
    if function == "Fn::GetAtt" and isinstance(argument, list) and argument[1:] == ["RootResourceId"]:
        return "/"
    properties = value_at(resources, (ref_name(resource_id), "Properties"))
    if depth > 30 or not isinstance(properties, dict):
        return ""
    parent = _path(resources, properties.get("ParentId"), depth + 1)
    part = properties.get("PathPart")
    if not parent or not isinstance(part, str):
        return ""
    return f"{parent.rstrip('/')}/{part}"


def caching_settings(validator: Validator, stage: Any) -> Iterator[tuple[Any, Validator, Path]]:
    """Yield the entries of a stage's MethodSettings that enable caching, with case and path."""
    for setting, setting_case in branches(validator, stage, "MethodSettings", "*"):
        if not isinstance(setting, dict):
            continue
        for enabled, case in values(setting_case, setting.get("CachingEnabled")):
            if is_true(enabled):
                yield setting, case, place(setting_case, validator)


def cached_settings(validator: Validator, stage: Any) -> Iterator[tuple[Any, Validator, Path]]:
    """Yield the same, but only for stages with a cache."""
    for setting, case, path in caching_settings(validator, stage):
        for enabled, cached_case in values(case, stage.get("CacheClusterEnabled")):
            if is_true(enabled):
                yield setting, cached_case, path


def cached_methods(validator: Validator, resources: Any) -> Iterator[tuple[Method, Validator]]:
    """Yield the methods that a stage caches, with the case."""
    for _, stage, properties in of_type(resources, STAGE):
        case = case_of(validator, stage)
        if case is None:
            continue
        of_api = methods(resources, properties.get("RestApiId"))
        own = {
            (_decoded(setting.get("ResourcePath")), setting.get("HttpMethod"))
            for setting, _ in branches(case, properties, "MethodSettings", "*")
            if isinstance(setting, dict) and isinstance(setting.get("HttpMethod"), str)
        }
        for setting, cached_case, _ in cached_settings(case, properties):
            for method in of_api:
                both = case_of(cached_case, method.resource)
                if both is not None and _applies(setting, method, own):
                    yield method, both


def _applies(setting: Any, method: Method, own: set[tuple[str, Any]]) -> bool:
    """Return whether an entry of MethodSettings applies to the caching of a method.

    The entry for all methods caches GET, which a method ANY includes. An entry for the method overrides it.
    """
    path, verb, of_method = setting.get("ResourcePath"), setting.get("HttpMethod"), _verb(method)
    if path == "/*":
        return verb == "*" and of_method in ("GET", "ANY") and (method.path, of_method) not in own
    return bool(method.path) and _decoded(path) == method.path and verb == of_method


def _verb(method: Method) -> str:
    verb = method.properties.get("HttpMethod")
    if not isinstance(verb, str):
        return ""
    return verb.upper()


def _decoded(path: Any) -> str:
    """Return the path of a ResourcePath such as ``/~1pets~1{id}``."""
    if str(path).startswith("/~1"):
        return str(path).removeprefix("/").replace("~1", "/")
    return str(path)


def cache_key(case: Validator, method: Method) -> Iterator[list[str]]:
    """Yield the CacheKeyParameters of a method, once for each known value."""
    for parameters, parameters_case in branches(case, method.properties, "Integration", "CacheKeyParameters"):
        if parameters is None:
            yield []
        elif isinstance(parameters, list):
            names: list[Any] = []
            for parameter in parameters:
                names += [name for name in possible_values(parameters_case, parameter) if name is not None]
            if all(isinstance(name, str) for name in names):
                yield names


def cache_key_place(method: Method) -> Path:
    """Return the path of a method's CacheKeyParameters, or of the place where they are missing."""
    inside = existing(method.properties, ("Integration", "CacheKeyParameters"))
    return (method.logical_id, "Properties", *inside)


def cache_key_state(method: Method, key: list[str]) -> str:
    """Return a method's CacheKeyParameters in words: ``is ...`` or ``is missing``."""
    if cache_key_place(method)[-1] == "CacheKeyParameters":
        return f"is {show(key)}"
    return "is missing"
