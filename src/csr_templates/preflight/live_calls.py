"""The API calls that only ``verify`` makes, and the keys that are kept of each answer.

Some answers contain origin keys in clear. They never become facts: ``digest`` replaces them.
"""

import hmac
import secrets
from collections.abc import Mapping
from typing import Any, Final

from csr_templates.preflight.calls import GLOBAL, Call
from csr_templates.preflight.facts import Query

HTTPS: Final = "https"
"""The service of a query that is not a call of the AWS API but an HTTPS request."""
_SALT: Final = secrets.token_bytes(32)


def digest(value: str) -> str:
    """Return a digest that only shows, among the facts of one run, whether two values are equal."""
    return hmac.new(_SALT, value.encode(), "sha256").hexdigest()


def request(url: str) -> Query:
    """An HTTPS request without credentials."""
    return Query(HTTPS, "GET", "", (("Url", url),))


def _reduced_distribution(answer: Mapping[str, Any]) -> dict[str, Any]:
    config = answer["DistributionConfig"]
    return {
        "Status": answer["Status"],
        "DomainName": answer["DomainName"],
        "Enabled": config["Enabled"],
        "WebACLId": config.get("WebACLId", ""),
        "Origins": [
            {
                "Id": origin["Id"],
                "DomainName": origin["DomainName"],
                "Headers": {
                    header["HeaderName"].lower(): digest(header["HeaderValue"])
                    for header in origin.get("CustomHeaders", {}).get("Items", [])
                },
            }
            for origin in config["Origins"]["Items"]
        ],
    }


distribution = Call(
    "cloudfront GetDistribution",
    "Id",
    path="Distribution",
    absent="NoSuchDistribution",
    region=GLOBAL,
    reduce=_reduced_distribution,
    shown="Distribution.[Status, DistributionConfig.[Enabled, WebACLId, Origins.Items[].[Id, DomainName]]]",
)
"""A distribution with its origins; absent if it does not exist. The values of headers are hidden."""


api_key = Call(
    "apigateway GetApiKey",
    "apiKey",
    keep="enabled value",
    absent="NotFoundException",
    fixed=(("includeValue", True),),
    reduce=lambda key: {**key, "value": digest(key.get("value", ""))},
)
"""An API key; absent if it does not exist. Its value is hidden."""

plan_keys = Call(
    "apigateway GetUsagePlanKeys",
    "usagePlanId",
    path="items",
    keep="id",
    absent="NotFoundException",
    shown="items[].id",
)
"""The IDs of the API keys of a usage plan; their values are not kept."""

alias = Call(
    "lambda GetAlias",
    "FunctionName Name",
    keep="FunctionVersion RoutingConfig",
    absent="ResourceNotFoundException",
)
"""An alias of a function; absent if it does not exist."""

function_version = Call(
    "lambda GetFunctionConfiguration",
    "FunctionName Qualifier",
    keep="Version State LastUpdateStatus Description CodeSize CodeSha256",
    absent="ResourceNotFoundException",
)
"""The version behind an alias; absent if it does not exist. Its environment variables are not kept."""

provisioned_concurrency = Call(
    "lambda GetProvisionedConcurrencyConfig",
    "FunctionName Qualifier",
    keep="RequestedProvisionedConcurrentExecutions AllocatedProvisionedConcurrentExecutions Status "
    "StatusReason",
    absent="ProvisionedConcurrencyConfigNotFoundException ResourceNotFoundException",
)
"""The provisioned concurrency of an alias; absent if it has none."""

mute_rules = Call(
    "cloudwatch ListAlarmMuteRules",
    path="AlarmMuteRuleSummaries",
    keep="AlarmMuteRuleArn",
    fixed=(("Statuses", ("ACTIVE", "SCHEDULED")),),
)
"""The mute rules of a region that mute alarms now, or will mute them."""

mute_rule = Call(
    "cloudwatch GetAlarmMuteRule",
    "AlarmMuteRuleName",
    keep="Name MuteTargets Status ExpireDate MuteType Rule",
    absent="ResourceNotFoundException",
)
"""A mute rule with its alarms; absent if it was deleted."""

newest_stream = Call(
    "logs DescribeLogStreams",
    "logGroupName",
    path="logStreams",
    keep="creationTime lastEventTimestamp lastIngestionTime",
    absent="ResourceNotFoundException",
    fixed=(("orderBy", "LastEventTime"), ("descending", True), ("limit", 1)),
)
"""The log stream of a log group with the newest event; absent if there is no such log group."""

route_tables = Call("ec2 DescribeRouteTables", path="RouteTables", keep="RouteTableId Routes")
"""The route tables of a region."""


def _actions_of_rules(web_acl: Mapping[str, Any]) -> dict[str, Any]:
    """Return the action of each rule, and of the rules inside rule groups whose action is overridden."""
    return {"Rules": {rule["Name"]: actions_of_rule(rule) for rule in web_acl["Rules"]}}


def actions_of_rule(rule: Mapping[str, Any]) -> dict[str, str]:
    """Return what a rule of a web ACL does, as ``{"": "Block"}``, and its overrides by the inner name."""
    actions = {"": next(iter(rule.get("Action") or rule.get("OverrideAction") or {"": {}}))}
    group = rule.get("Statement", {}).get("ManagedRuleGroupStatement", {})
    for override in group.get("RuleActionOverrides", []):
        actions[override["Name"]] = next(iter(override["ActionToUse"]))
    return actions


web_acl = Call(
    "wafv2 GetWebACL",
    "Name Id",
    path="WebACL",
    absent="WAFNonexistentItemException",
    fixed=(("Scope", "CLOUDFRONT"),),
    region=GLOBAL,
    reduce=_actions_of_rules,
    shown="WebACL.Rules",
)
"""The actions of the rules of a web ACL; absent if it does not exist."""

deliveries = Call(
    "logs DescribeDeliveries", path="deliveries", keep="deliverySourceName deliveryDestinationArn"
)
"""The log deliveries of a region."""
