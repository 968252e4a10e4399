"""Complete answers: all pages of an operation, also where boto3 has no paginator for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LISTS: Final[Mapping[str, str]] = {
    "ListCachePolicies": "CachePolicyList.Items",
    "ListConflictingAliases": "ConflictingAliasesList.Items",
    "ListFunctions": "FunctionList.Items",
    "ListResponseHeadersPolicies": "ResponseHeadersPolicyList.Items",
    "ListWebACLs": "WebACLs",
}
"""Operations of CloudFront and WAF without a paginator -> where their list is."""

TOKENS: Final[Mapping[str, str]] = {
    "DescribeStackResourceDrifts": "StackResourceDrifts",
    "ListSecretVersionIds": "Versions",
}
"""Operations without a paginator -> their list, beside the token of the next page."""

_LIMITS: Final = frozenset({"MaxItems", "limit"})
"""Parameters of calls that need only the first page."""


def complete(client: Any, operation: str, parameters: Mapping[str, Any]) -> Any:
    """Return the answer of a call with all its pages.

    Args:
        client: boto3's client of the service.
        operation: the name in the API: ``DescribeStacks``.
        parameters: of the call. With a limit, only the first page is read.
    """
    from botocore import xform_name

    method = xform_name(operation)
    if _has_marker(client, operation):
        return pages_by_marker(getattr(client, method), LISTS[operation], parameters)
    if operation in TOKENS:
        return _pages_by_token(getattr(client, method), TOKENS[operation], parameters)
    if client.can_paginate(method) and not parameters.keys() & _LIMITS:
        return client.get_paginator(method).paginate(**parameters).build_full_result()
    return getattr(client, method)(**parameters)


def _has_marker(client: Any, operation: str) -> bool:
    """Return whether pages are followed here. ``ListFunctions`` of Lambda has a paginator."""
    return operation in LISTS and client.meta.service_model.service_name in ("cloudfront", "wafv2")


def pages_by_marker(call: Callable[..., Any], path: str, parameters: Mapping[str, Any]) -> Any:
    """Return the complete answer of an operation for which boto3 has no paginator.

    Args:
        call: makes a call.
        path: keys that lead to the list. CloudFront has the marker beside it in an inner object, WAF outside.
        parameters: of each call.
    """
    if "." in path:
        outer, inner = path.split(".")
        return {outer: {inner: _pages_of_cloudfront(call, outer, inner, parameters)}}
    return {path: _pages_of_waf(call, path, parameters)}


def _pages_by_token(call: Callable[..., Any], name: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the list of all pages; a page can be empty although another one follows."""
    entries: list[Any] = []
    token: dict[str, Any] = {}
    while True:
        page = call(**parameters, **token)
        entries += page.get(name, [])
        if not page.get("NextToken"):
            return {name: entries}
        token = {"NextToken": page["NextToken"]}


def _pages_of_cloudfront(
    call: Callable[..., Any], outer: str, inner: str, parameters: Mapping[str, Any]
) -> list[Any]:
    """Return the list of all pages; CloudFront has the marker beside it in an inner object."""
    entries: list[Any] = []
    marker: dict[str, Any] = {}
    while True:
        listing = call(**parameters, **marker).get(outer, {})
        entries += listing.get(inner, [])
        if not listing.get("NextMarker"):
            return entries
        marker = {"Marker": listing["NextMarker"]}


def _pages_of_waf(call: Callable[..., Any], name: str, parameters: Mapping[str, Any]) -> list[Any]:
    """Return the list of all pages; WAF gives a marker with the last one too, and then an empty list."""
    entries: list[Any] = []
    marker: dict[str, Any] = {}
    while True:
        page = call(**parameters, **marker)
        entries += page.get(name, [])
        if not page.get("NextMarker") or not page.get(name):
            return entries
        marker = {"NextMarker": page["NextMarker"]}
