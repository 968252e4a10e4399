"""The API calls that only ``verify`` makes, and the keys that are kept of each answer.

Some answers contain origin keys in clear. They never become facts: ``digest`` replaces them.
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final

from csr_templates.preflight.calls import GLOBAL, query
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


# ---- CloudFront and API Gateway ----


@cache
def distribution(identifier: str) -> Query:
    """A distribution with its origins; absent if it does not exist. The values of headers are hidden."""
    call = query(
        "cloudfront",
        "GetDistribution",
        GLOBAL,
        "Distribution",
        absent=("NoSuchDistribution",),
        Id=identifier,
    )
    shown = "Distribution.[Status, DistributionConfig.[Enabled, WebACLId, Origins.Items[].[Id, DomainName]]]"
    return replace(call, reduce=_reduced_distribution, shown=shown)


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


@cache
def api_key(region: str, identifier: str) -> Query:
    """An API key; absent if it does not exist. Its value is hidden."""
    call = query(
        "apigateway",
        "GetApiKey",
        region,
        keep=("enabled", "value"),
        absent=("NotFoundException",),
        apiKey=identifier,
        includeValue=True,
    )
    return replace(call, reduce=lambda key: {**key, "value": digest(key.get("value", ""))})


@cache
def plan_keys(region: str, usage_plan: str) -> Query:
    """The IDs of the API keys of a usage plan; their values are not kept."""
    call = query(
        "apigateway",
        "GetUsagePlanKeys",
        region,
        "items",
        ("id",),
        ("NotFoundException",),
        usagePlanId=usage_plan,
    )
    return replace(call, shown="items[].id")


# ---- Lambda ----


@cache
def alias(region: str, function: str, name: str) -> Query:
    """An alias of a function; absent if it does not exist."""
    return query(
        "lambda",
        "GetAlias",
        region,
        keep=("FunctionVersion", "RoutingConfig"),
        absent=("ResourceNotFoundException",),
        FunctionName=function,
        Name=name,
    )


@cache
def function_version(region: str, function: str, qualifier: str) -> Query:
    """The version behind an alias; absent if it does not exist. Its environment variables are not kept."""
    return query(
        "lambda",
        "GetFunctionConfiguration",
        region,
        keep=("Version", "State", "LastUpdateStatus", "Description", "CodeSize", "CodeSha256"),
        absent=("ResourceNotFoundException",),
        FunctionName=function,
        Qualifier=qualifier,
    )


@cache
def provisioned_concurrency(region: str, function: str, qualifier: str) -> Query:
    """The provisioned concurrency of an alias; absent if it has none."""
    return query(
        "lambda",
        "GetProvisionedConcurrencyConfig",
        region,
        keep=(
            "RequestedProvisionedConcurrentExecutions",
            "AllocatedProvisionedConcurrentExecutions",
            "Status",
            "StatusReason",
        ),
        absent=("ProvisionedConcurrencyConfigNotFoundException", "ResourceNotFoundException"),
        FunctionName=function,
        Qualifier=qualifier,
    )


# ---- CloudWatch and CloudWatch Logs ----


@cache
def mute_rules(region: str) -> Query:
    """The mute rules of a region that mute alarms now, or will mute them."""
    return query(
        "cloudwatch",
        "ListAlarmMuteRules",
        region,
        "AlarmMuteRuleSummaries",
        ("AlarmMuteRuleArn",),
        Statuses=("ACTIVE", "SCHEDULED"),
    )


@cache
def mute_rule(region: str, name: str) -> Query:
    """A mute rule with its alarms; absent if it was deleted."""
    return query(
        "cloudwatch",
        "GetAlarmMuteRule",
        region,
        keep=("Name", "MuteTargets", "Status", "ExpireDate", "MuteType"),
        absent=("ResourceNotFoundException",),
        AlarmMuteRuleName=name,
    )


@cache
def newest_stream(region: str, log_group: str) -> Query:
    """The log stream of a log group with the newest event; absent if there is no such log group."""
    return query(
        "logs",
        "DescribeLogStreams",
        region,
        "logStreams",
        ("creationTime", "lastEventTimestamp", "lastIngestionTime"),
        ("ResourceNotFoundException",),
        logGroupName=log_group,
        orderBy="LastEventTime",
        descending=True,
        limit=1,
    )


@cache
def deliveries(region: str) -> Query:
    """The log deliveries of a region."""
    return query("logs", "DescribeDeliveries", region, "deliveries", ("deliverySourceName",))
