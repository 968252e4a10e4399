"""Changes after which requests no longer arrive: routes, headers for an origin, and web ACLs that block."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cfn_analysis.model.intrinsics import is_unknown
from cfn_analysis.model.references import as_list, value_at
from cfn_analysis.reviewing import sentences
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import Problem, Risk, risk
from cfn_analysis.reviewing.kinds import INTERRUPTION
from cfn_analysis.reviewing.values import text
from cfn_analysis.updates.resolved_stack import Resource
from cfn_analysis.updates.resource_changes import ADD, REMOVE, ResourceChange

_DISTRIBUTION: Final = "AWS::CloudFront::Distribution"
_HEADERS: Final = "OriginCustomHeaders"
_ROUTE: Final = "AWS::EC2::Route"
_WEB_ACL: Final = "AWS::WAFv2::WebACL"

# https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html
_TARGETS: Final = (
    "CarrierGatewayId", "CoreNetworkArn", "EgressOnlyInternetGatewayId", "GatewayId", "InstanceId",
    "LocalGatewayId", "NatGatewayId", "NetworkInterfaceId", "OdbNetworkArn", "TransitGatewayId",
    "VpcEndpointId", "VpcPeeringConnectionId",
)  # fmt: skip
_EFFECTS: Final = {
    ("NatGatewayId", "GatewayId"): "resources without a public IP address no longer reach its destination",
    ("GatewayId", "NatGatewayId"): "connections from the internet are no longer answered",
}
_OTHER_EFFECT: Final = "connections through it may fail"
_OPENINGS: Final = {
    ("EgressOnlyInternetGatewayId", "GatewayId"): "its addresses can be reached from the internet",
    ("NatGatewayId", "GatewayId"): "resources with a public IP address can be reached from the internet",
}


def opened_routes(change: ResourceChange) -> Iterator[Problem]:
    """Yield a route that lets traffic in, or past an inspection."""
    targets = _changed_targets(change)
    if targets is None:
        return
    old, new = targets
    effect = _OPENINGS.get(targets)
    if effect is None and old == "VpcEndpointId":
        effect = "traffic no longer passes the endpoint, which may inspect it"
    if effect is not None:
        yield Problem(f"{new} instead of {old} is its target: {effect}", (new, old))


def broken_connections(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield the changes after which requests or connections no longer arrive."""
    for node, outcome in environment.resources.items():
        change = outcome.change
        for problem in (*_redirected(change), *_headers_lost(change), *_blocked_by_default(change)):
            yield risk(INTERRUPTION, node, sentences.WEAKENED, paths=problem.paths, problem=problem.text)


def _redirected(change: ResourceChange) -> Iterator[Problem]:
    """Yield a route to a target of another kind."""
    targets = _changed_targets(change)
    if targets is None:
        return
    old, new = targets
    effect = _EFFECTS.get(targets, _OTHER_EFFECT)
    yield Problem(f"{new} instead of {old} is its target: {effect}", (new, old))


def _changed_targets(change: ResourceChange) -> tuple[str, str] | None:
    """Return the kinds of the old and the new target of a route, if they differ."""
    if change.type != _ROUTE or change.action in (ADD, REMOVE):
        return None
    if change.before is None or change.after is None:
        return None
    old, new = (_target(side) for side in (change.before, change.after))
    if old is None or new is None or old == new:
        return None
    return old, new


def _target(route: Resource) -> str | None:
    targets = [name for name in _TARGETS if name in route.properties]
    return targets[0] if len(targets) == 1 else None


def _headers_lost(change: ResourceChange) -> Iterator[Problem]:
    """Yield headers that an origin may require and no longer gets, of origins that stay.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html
    """
    if change.type != _DISTRIBUTION or change.action in (ADD, REMOVE):
        return
    if change.before is None or change.after is None:
        return
    old, new = (_headers_by_origin(side) for side in (change.before, change.after))
    for origin, headers in old.items():
        if origin not in new:
            continue
        for name in headers:
            if name not in new[origin]:
                path = f"DistributionConfig.Origins[{origin}].{_HEADERS}[{name}]"
                yield Problem(f"{path} is removed: the origin may reject requests without it", (path,))


def _headers_by_origin(distribution: Resource) -> dict[str, list[str]]:
    by_origin = {}
    for origin in as_list(value_at(distribution.properties, ("DistributionConfig", "Origins"))):
        if isinstance(origin, Mapping) and not is_unknown(origin):
            headers = [header for header in as_list(origin.get(_HEADERS)) if isinstance(header, Mapping)]
            by_origin[text(origin.get("Id"))] = [text(header.get("HeaderName")) for header in headers]
    return by_origin


def _blocked_by_default(change: ResourceChange) -> Iterator[Problem]:
    """Yield a web ACL that blocks what no rule allows.

    https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-default-action.html
    """
    if change.type != _WEB_ACL or change.action in (ADD, REMOVE):
        return
    if change.before is None or change.after is None:
        return
    was, will = (as_list(side.properties.get("DefaultAction")) for side in (change.before, change.after))
    if "Allow" in _keys(was) and "Block" in _keys(will):
        text_of_problem = "DefaultAction is Block instead of Allow: requests that no rule allows are blocked"
        yield Problem(text_of_problem, ("DefaultAction",))


def _keys(actions: list[Any]) -> list[str]:
    keys: list[str] = []
    for action in actions:
        if isinstance(action, Mapping):
            keys.extend(action)
    return keys
