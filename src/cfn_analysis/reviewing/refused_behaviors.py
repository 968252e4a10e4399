"""What CloudFront refuses in the cache behaviors of a distribution, beyond the schema of its type.

https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_AllowedMethods.html
https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CacheBehavior.html
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cfn_analysis.model.intrinsics import is_unknown
from cfn_analysis.model.references import as_list

DISTRIBUTION: Final = "AWS::CloudFront::Distribution"
_READING: Final = frozenset({"GET", "HEAD"})
_WITH_OPTIONS: Final = _READING | {"OPTIONS"}
_ALL: Final = _WITH_OPTIONS | {"PUT", "PATCH", "POST", "DELETE"}
_METHODS: Final = {
    "AllowedMethods": (_READING, _WITH_OPTIONS, _ALL),
    "CachedMethods": (_READING, _WITH_OPTIONS),
}


def refused_behaviors(properties: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the path of each value that CloudFront refuses, and why; what is not known is not judged."""
    config = properties.get("DistributionConfig")
    if not isinstance(config, Mapping) or is_unknown(config):
        return
    behaviors = [("DistributionConfig.DefaultCacheBehavior", config.get("DefaultCacheBehavior"))]
    for number, behavior in enumerate(as_list(config.get("CacheBehaviors"))):
        behaviors.append((f"DistributionConfig.CacheBehaviors[{number}]", behavior))
    origins = _origins(config)
    for path, behavior in behaviors:
        if isinstance(behavior, Mapping) and not is_unknown(behavior):
            yield from _of_behavior(path, behavior, origins)


def _origins(config: Mapping[str, Any]) -> list[str]:
    """Return the IDs of the origins and groups; empty if one is not known."""
    groups = config.get("OriginGroups", {})
    entries = as_list(config.get("Origins"))
    if isinstance(groups, Mapping):
        entries = [*entries, *as_list(groups.get("Items"))]
    ids = [entry.get("Id") if isinstance(entry, Mapping) else entry for entry in entries]
    if is_unknown(groups) or not all(isinstance(name, str) for name in ids):
        return []
    return [str(name) for name in ids]


def _of_behavior(path: str, behavior: Mapping[str, Any], origins: list[str]) -> Iterator[tuple[str, str]]:
    for key, allowed in _METHODS.items():
        methods = behavior.get(key)
        if not isinstance(methods, list) or any(not isinstance(method, str) for method in methods):
            continue
        if frozenset(methods) not in allowed:
            choices = "; ".join(", ".join(sorted(choice)) for choice in allowed)
            yield f"{path}.{key}", f"must be one of these lists: {choices}"
    target = behavior.get("TargetOriginId")
    if origins and isinstance(target, str) and target not in origins:
        yield f"{path}.TargetOriginId", f"must be one of {', '.join(origins)}"
