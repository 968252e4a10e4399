"""How services spell their namespaces and the names of their metrics."""

import re
from collections.abc import Iterable
from typing import Any

from cfn_analysis.rules.support.words import columns, words

SHORTEST = 5  # letters of a name in which a slip is recognized
NAMES = {namespace: names for namespace, *names in columns(__file__)}
SPELLINGS = {re.sub(r"[^a-z0-9/]", "", name.lower()): name for name in NAMES}


# REST APIs are identified by name and HTTP APIs by ID, and the errors of the two have different names.
API_NAMES = {
    "ApiName": words("4XXError 5XXError CacheHitCount CacheMissCount Count IntegrationLatency Latency"),
    "ApiId": words("""
        4xx 5xx ClientError ConnectCount Count DataProcessed ExecutionError IntegrationError
        IntegrationLatency Latency MessageCount
    """),
}
API_ERRORS = {
    "ApiName": {"4xx": "4XXError", "5xx": "5XXError", "4xxerrorrate": "4XXError", "5xxerrorrate": "5XXError"},
    "ApiId": {"4xxerror": "4xx", "5xxerror": "5xx", "4xxerrorrate": "4xx", "5xxerrorrate": "5xx"},
}


def spelling(namespace: str, name: str, dimensions: Iterable[Any]) -> str:
    """Return the spelling of a metric in its service; empty if not known. A plural is another spelling."""
    names, corrections = _names(namespace, dimensions)
    if name in names:
        return name
    by_singular = {_singular(right): right for right in names}
    by_singular |= {_singular(wrong): right for wrong, right in corrections.items()}
    if _singular(name) in by_singular:
        return by_singular[_singular(name)]
    return next((right for right in names if is_slip(name, right)), "")


def _names(namespace: str, dimensions: Iterable[Any]) -> tuple[list[str], dict[str, str]]:
    """Return the names of a service's metrics, and names of another kind of API with the right ones."""
    if namespace != "AWS/ApiGateway":
        return NAMES.get(namespace, []), {}
    names: list[str] = []
    corrections: dict[str, str] = {}
    for kind in API_NAMES:
        if kind in dimensions:
            names += API_NAMES[kind]
            corrections |= API_ERRORS[kind]
    return names, corrections


def namespace_spelling(name: str) -> str:
    """Return how CloudWatch spells the namespace of a service; empty if it is not known."""
    aws = name[:4].lower() == "aws/"
    if not aws:
        return ""
    return SPELLINGS.get(re.sub(r"[^a-z0-9/]", "", name.lower()), "")


def _singular(name: str) -> str:
    return name.lower().removesuffix("s")


def is_slip(name: str, right: str) -> bool:
    """Return whether a name of some length differs by a letter, two that are exchanged, or capitals."""
    name, right = name.lower(), right.lower()
    if name == right or min(len(name), len(right)) < SHORTEST or abs(len(name) - len(right)) > 1:
        return name == right
    start = next((at for at in range(len(name)) if name[: at + 1] != right[: at + 1]), len(name))
    ours, theirs = name[start:], right[start:]
    exchanged = ours[1::-1] == theirs[:2] and ours[2:] == theirs[2:]
    return exchanged or ours[1:] in (theirs[1:], theirs) or ours == theirs[1:]
