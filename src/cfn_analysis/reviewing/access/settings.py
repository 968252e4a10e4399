"""Settings that open a resource: public access, encryption, TLS, authorization."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from cfn_analysis.model.intrinsics import as_strings, is_unknown
from cfn_analysis.model.references import as_list, value_at
from cfn_analysis.reviewing.access.boxes import Box, box, without
from cfn_analysis.reviewing.findings import Problem
from cfn_analysis.reviewing.values import (
    JUDGES,
    Judge,
    judged,
    problems,
    settings,
    tables,
    text,
    values_of,
    with_default,
    words,
)
from cfn_analysis.updates.resource_changes import ADD, REMOVE, ResourceChange


def tls_of_api(before: Any, after: Any, *, effect: str) -> str:
    """Judge a security policy of API Gateway by the oldest version of TLS that it accepts.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies.html
    """
    was, will = (_oldest_tls(text(value) or "TLS_1_0") for value in (before, after))
    if was and will and will >= was:
        return ""
    how = effect if was and will else f"possibly, {effect}"
    return f"is {words(after)} instead of {words(before)}: {how}"


def _oldest_tls(policy: str) -> str | None:
    """Return the minor version of the oldest TLS 1 that a policy accepts; None if it is not known."""
    for name in (r"TLS_1_(\d)$", r"SecurityPolicy_TLS13_1_(\d)_"):
        if match := re.match(name, policy):
            return match[1]
    return None


# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
_DEFAULT_TLS: Final = "ELBSecurityPolicy-2016-08"
_TLS_VERSION: Final = re.compile(r"ELBSecurityPolicy-(?:TLS13|TLS|FS)-1-(?P<minor>\d)(?P<rest>.*)")
_CIPHERS: Final = ("-Res", "", "-Ext0", "-Ext1", "-Ext", "-Ext2")  # the fewest first


def tls_of_load_balancer(before: Any, after: Any) -> str:
    """Judge a policy of a load balancer by the oldest version of TLS that it accepts, and by its ciphers."""
    policies = [with_default(value, _DEFAULT_TLS) for value in (before, after)]
    instead = f"is {words(policies[1])} instead of {words(policies[0])}"
    if any(is_unknown(policy) for policy in policies):
        return f"{instead}: possibly, older versions of TLS are accepted"
    was, will = (_tls_of_policy(text(policy)) for policy in policies)
    if was is None or will is None:
        return f"{instead}: possibly, older versions of TLS are accepted"
    if will[0] < was[0]:
        return f"{instead}: older versions of TLS are accepted"
    if will[0] == was[0] and will[1] > was[1]:
        return f"{instead}: more ciphers are accepted"
    return ""


def _tls_of_policy(policy: str) -> tuple[int, int] | None:
    """Return the oldest version of TLS and the rank of the ciphers; None for a policy that is not known."""
    versioned = _TLS_VERSION.fullmatch(policy)
    if versioned is not None:
        ciphers = re.match(r"(-Res|-Ext\d?)?", versioned["rest"])
        return int(versioned["minor"]), _CIPHERS.index(ciphers[0] if ciphers else "")
    if policy.startswith("ELBSecurityPolicy-"):
        return (0, 0)
    return None


# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
_CACHING_DISABLED: Final = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"


def must_stay_uncached(before: Any, after: Any, *, effect: str) -> str:
    """Judge a cache policy of CloudFront, which must not replace the one that disables caching."""
    if text(before) != _CACHING_DISABLED or text(after) == _CACHING_DISABLED:
        return ""
    return f"is {words(after)} instead of CachingDisabled: {effect}"


def must_not_be_added(before: Any, after: Any, *, values: str, effect: str) -> str:
    """Judge an item of a list that must not be one of some values, separated by spaces."""
    if before is not None or after not in values.split():
        return ""
    return f"is {after}: {effect}"


def must_not_go(before: Any, after: Any, *, effect: str) -> str:
    """Judge an item of a list that must not be removed, or replaced with another one."""
    if before is None:
        return ""
    if before == {}:
        return f"is removed: {effect}"
    return f"is no longer {words(before)}: {effect}"


def must_stay(before: Any, after: Any, *, effect: str, removal: str = "") -> str:
    """Judge a value that must not be replaced; ``removal`` is the effect of its removal."""
    if before in (None, "") or before == after:
        return ""
    if after in (None, ""):
        return f"is removed: {removal or effect}"
    return f"is {words(after)} instead of {words(before)}: {effect}"


def must_stay_private(before: Any, after: Any, *, effect: str) -> str:
    """Judge the type of an endpoint."""
    if text(before) != "PRIVATE" or not text(after):
        return ""
    return f"is {words(after)} instead of PRIVATE: {effect}"


def must_not_be_set(before: Any, after: Any, *, effect: str) -> str:
    """Judge a value that must not be added or replaced."""
    if after in (None, before):
        return ""
    return f"is {words(after)}: {effect}"


def must_not_change(before: Any, after: Any, *, effect: str) -> str:
    """Judge an item of a list that must not be added or removed."""
    return f"is changed ({words(with_default(after, before))}): {effect}"


_RESTRICTION: Final = ("DistributionConfig", "Restrictions", "GeoRestriction")
_METHODS: Final = ("AWS::ApiGateway::Method", "AWS::ApiGatewayV2::Route")
_ENDPOINT_BLOCKS: Final = ("ResourcesVpcConfig", "PublicAccessCidrs")
_JUDGES: Final[Mapping[str, Judge]] = {
    **JUDGES,
    "must_not_be_added": must_not_be_added,
    "must_not_be_set": must_not_be_set,
    "must_not_change": must_not_change,
    "must_not_go": must_not_go,
    "must_stay": must_stay,
    "must_stay_private": must_stay_private,
    "must_stay_uncached": must_stay_uncached,
    "tls_of_api": tls_of_api,
    "tls_of_load_balancer": tls_of_load_balancer,
}
_TABLES: Final = tables(__file__)
_PUBLIC: Final = settings(_TABLES["public"], _JUDGES)
CHANGED: Final = (*_PUBLIC, *settings(_TABLES["changed"], _JUDGES))
NEW: Final = (*settings(_TABLES["new"], _JUDGES), *_PUBLIC)


def opening_settings(change: ResourceChange) -> Iterator[Problem]:
    """Yield the openings by the settings of a changed resource."""
    before, after = change.before, change.after
    if change.action == ADD and after is not None:
        for value in values_of(after):
            yield from judged(change.type, value, NEW)
        if change.type in _METHODS and _asks_nothing(after.properties):
            anyone = "is new, and anyone can call it: it requires neither authorization nor an API key"
            yield Problem(anyone, ())
    elif change.action != REMOVE and before is not None and after is not None:
        if change.type != "AWS::SQS::Queue" or "KmsMasterKeyId" not in after.properties:
            yield from problems(change, CHANGED)  # otherwise encrypted with another key
        yield from _countries(before.properties, after.properties)
        if change.type == "AWS::EKS::Cluster":
            yield from _reachable(before.properties, after.properties)


def _reachable(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield addresses that can newly reach the public endpoint of a cluster; by default, all can.

    https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
    """
    if without(_endpoint_boxes(after), _endpoint_boxes(before)):
        path = ".".join(_ENDPOINT_BLOCKS)
        yield Problem(f"{path} allows more addresses to reach the public endpoint", (path,))


def _endpoint_boxes(cluster: Mapping[str, Any]) -> list[Box]:
    blocks = as_list(value_at(cluster, _ENDPOINT_BLOCKS) or "0.0.0.0/0")
    return [box(block, -1, None, None) for block in blocks]


def _asks_nothing(method: Mapping[str, Any]) -> bool:
    needs_key = text(method.get("ApiKeyRequired")).lower() == "true"
    is_anonymous = method.get("AuthorizationType", "NONE") == "NONE" and not needs_key
    return is_anonymous and method.get("HttpMethod") != "OPTIONS"


def _countries(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield countries that a distribution newly serves.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/georestrictions.html
    """
    kind, listed = _restriction(before)
    new_kind, now_listed = _restriction(after)
    if (kind, listed) == (new_kind, now_listed) or kind == "none":
        return
    match kind, new_kind:
        case "whitelist", "whitelist":
            more = [country for country in now_listed if country not in listed]
        case "blacklist", "blacklist":
            more = [country for country in listed if country not in now_listed]
        case "blacklist", "whitelist":
            more = [country for country in now_listed if country in listed]
        case _, "blacklist":
            more = ["all but a list"]
        case _:
            more = ["all"]
    if more:
        yield Problem(f"serves more countries: {', '.join(more)}", (".".join(_RESTRICTION),))


def _restriction(distribution: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    restriction = value_at(distribution, _RESTRICTION)
    if not isinstance(restriction, Mapping) or is_unknown(restriction):
        return "none", ()
    countries = sorted(str(as_strings(country)) for country in as_list(restriction.get("Locations")))
    return str(restriction.get("RestrictionType", "none")), tuple(countries)
