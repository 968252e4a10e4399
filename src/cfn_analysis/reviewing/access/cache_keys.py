"""Cache policies of CloudFront whose cache key loses a part, so that different requests get one response.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/controlling-the-cache-key.html
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from cfn_analysis.model.intrinsics import is_unknown
from cfn_analysis.model.references import as_list, value_at
from cfn_analysis.model.wording import beginning
from cfn_analysis.reviewing.findings import Problem
from cfn_analysis.reviewing.values import text
from cfn_analysis.updates.resource_changes import ADD, REMOVE, ResourceChange

_POLICY: Final = "AWS::CloudFront::CachePolicy"
_KEY: Final = ("CachePolicyConfig", "ParametersInCacheKeyAndForwardedToOrigin")
# The part of the configuration, its behavior, and its list.
_PARTS: Final = (
    ("HeadersConfig", "HeaderBehavior", "Headers"),
    ("CookiesConfig", "CookieBehavior", "Cookies"),
    ("QueryStringsConfig", "QueryStringBehavior", "QueryStrings"),
)
_EFFECT: Final = "requests with other values may get the same cached response"


class _Names(NamedTuple):
    """The headers, cookies or query strings in a cache key: some names, or all except some names."""

    names: frozenset[str]
    all_except: bool

    def lost_in(self, later: "_Names") -> list[str]:
        """Return what is in this key and not in a later one, in words."""
        if not self.all_except and not later.all_except:
            return sorted(self.names - later.names)
        if not self.all_except:
            return sorted(self.names & later.names)
        if not later.all_except:
            return ["all others"]
        return sorted(later.names - self.names)


def smaller_cache_keys(change: ResourceChange) -> Iterator[Problem]:
    """Yield the parts that a cache key loses."""
    before, after = change.before, change.after
    if change.type != _POLICY or change.action in (ADD, REMOVE) or before is None or after is None:
        return
    for config, behavior, key in _PARTS:
        was, will = (
            _names(value_at(side.properties, (*_KEY, config)), behavior, key) for side in (before, after)
        )
        if was is None or will is None:
            continue
        if lost := was.lost_in(will):
            place = ".".join((*_KEY, config))
            yield Problem(f"{place} no longer contains {beginning(lost, 3)}: {_EFFECT}", (place,))


def _names(config: Any, behavior: str, key: str) -> _Names | None:
    """Return the names in the cache key; None if they are known only in the deployed stack."""
    if not isinstance(config, Mapping) or is_unknown(config):
        return None
    names = as_list(config.get(key))
    if any(is_unknown(name) for name in names):
        return None
    listed = frozenset(text(name).lower() for name in names)
    match config.get(behavior):
        case "none":
            return _Names(frozenset(), all_except=False)
        case "whitelist":
            return _Names(listed, all_except=False)
        case "allExcept":
            return _Names(listed, all_except=True)
        case "all":
            return _Names(frozenset(), all_except=True)
    return None
