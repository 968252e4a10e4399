"""Load balancers that served HTTP only to redirect it to HTTPS, and no longer do.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cfn_analysis.model.references import as_list, value_at
from cfn_analysis.reviewing.findings import Problem
from cfn_analysis.reviewing.values import text
from cfn_analysis.updates.resource_changes import ADD, REMOVE, ResourceChange

_ACTIONS: Final = {
    "AWS::ElasticLoadBalancingV2::Listener": "DefaultActions",
    "AWS::ElasticLoadBalancingV2::ListenerRule": "Actions",
}


def served_without_tls(change: ResourceChange) -> Iterator[Problem]:
    """Yield that requests are served with HTTP that were redirected to HTTPS."""
    before, after = change.before, change.after
    if before is None or after is None or change.action in (ADD, REMOVE):
        return
    key = _ACTIONS.get(change.type)
    if key is None:
        return
    was_redirected = any(_redirects_to_https(action) for action in as_list(before.properties.get(key)))
    actions = as_list(after.properties.get(key))
    is_redirected = any(
        isinstance(action, Mapping) and action.get("Type") == "redirect" for action in actions
    )
    protocol = text(after.properties.get("Protocol", "HTTP"))
    if was_redirected and not is_redirected and protocol == "HTTP":
        yield Problem(
            f"{key} no longer redirects requests to HTTPS: requests without TLS are accepted", (key,)
        )


def _redirects_to_https(action: Any) -> bool:
    return isinstance(action, Mapping) and value_at(action, ("RedirectConfig", "Protocol")) == "HTTPS"
