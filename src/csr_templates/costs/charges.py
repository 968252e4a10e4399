"""The fixed charges of a resource: which items, and how much of them in a month of 730 hours.

Values that are known only in a deployed stack, and settings whose price is not saved, are not priced: the
report shows the reason.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple

from cfn_analysis.model.intrinsics import holds_unknown, parts_of_sub

HOURS: Final = Decimal(730)
_SECONDS: Final = HOURS * 3600
_MEGABYTES: Final = 1024  # in a gigabyte
_HIGH_RESOLUTION: Final = 60  # seconds; alarms with a shorter period have another price
_BAND: Final = 2  # further metrics of an alarm on an anomaly detection band: its upper and lower limits
_ADDITIONAL_METRICS: Final = 8  # of a distribution
_METRICS_OF_DASHBOARD: Final = 50
_FREE_INSIGHTS: Final = 7  # days
_EDGE: Final = "us-east-1"  # where CloudFront writes its metrics
_PAID_RULE_GROUPS: Final = (
    "AWSManagedRulesACFPRuleSet",
    "AWSManagedRulesATPRuleSet",
    "AWSManagedRulesAntiDDoSRuleSet",
    "AWSManagedRulesBotControlRuleSet",
)
_AWS_DOMAINS: Final = (".amazonaws.com", ".cloudfront.net", ".on.aws")


class NotPriced(Exception):  # noqa: N818 - a result, not an error
    """The cost of a resource is not known; the message is the reason."""


class Charge(NamedTuple):
    """A part of the fixed cost.

    Attributes:
        item: key of the item.
        quantity: amount in a month.
        region: the region of its price; empty for that of the stack.
    """

    item: str
    quantity: Decimal
    region: str = ""


class BilledResource(NamedTuple):
    """A resource whose charges are computed.

    Attributes:
        properties: its resolved properties.
        others: logical ID -> type and resolved properties of the resources of its stack.
    """

    properties: Mapping[str, Any]
    others: Mapping[str, tuple[str, Mapping[str, Any]]]

    def get(self, name: str, default: Any = None) -> Any:
        """Return a property.

        Raises:
            NotPriced: its value is known only in the deployed stack.
        """
        value = self.properties.get(name, default)
        if holds_unknown(value):
            raise NotPriced(f"{name} is known only in the deployed stack")
        return value

    def text(self, name: str, default: str = "") -> str:
        """Return a property as text."""
        return str(self.get(name, default))

    def number(self, name: str, default: int | None = None) -> Decimal:
        """Return a property as a number."""
        value = self.get(name, default)
        if value is None:
            raise NotPriced(f"{name} is not known")
        try:
            return Decimal(str(value))
        except InvalidOperation as error:
            raise NotPriced(f"{name} is not a number: {value}") from error

    def is_true(self, name: str) -> bool:
        """Return whether a property is true."""
        return self.text(name).lower() == "true"

    def items(self, name: str) -> list[Any]:
        """Return a list whose number of items is known, but not necessarily the items."""
        value = self.properties.get(name, [])
        if not isinstance(value, list) or any(_is_choice(member) for member in value):
            raise NotPriced(f"the number of {name} is known only in the deployed stack")
        return value

    def target(self, name: str) -> BilledResource | None:
        """Return the resource of the stack to which a property refers; None if there is none."""
        match self.properties.get(name):
            case {"Ref": str(target)} | {"Fn::GetAtt": [str(target), _]} if target in self.others:
                return BilledResource(self.others[target][1], self.others)
        return None


def _is_choice(value: Any) -> bool:
    """Return whether a list item exists only for some values of parameters."""
    return isinstance(value, Mapping) and "Fn::If" in value


Charges = Callable[[BilledResource], Iterator[Charge]]


def each(item: str, quantity: Decimal = Decimal(1)) -> Charges:
    """Return the charges of a resource with one price for all its settings."""

    def charges(_: BilledResource) -> Iterator[Charge]:
        yield Charge(item, quantity)

    return charges


def endpoint(billed: BilledResource) -> Iterator[Charge]:
    """Yield the hours of an interface endpoint in its zones; a gateway endpoint is free."""
    kind = billed.text("VpcEndpointType", "Gateway")
    if kind == "Interface":
        yield Charge("interface-endpoint-hours", len(billed.items("SubnetIds")) * HOURS)
    elif kind != "Gateway":
        raise NotPriced(f"no price of the VpcEndpointType {kind} is saved")


def instance(billed: BilledResource) -> Iterator[Charge]:
    """Yield the hours of an Aurora MySQL instance with Standard storage."""
    engine, instance_class = billed.text("Engine"), billed.text("DBInstanceClass")
    if engine != "aurora-mysql" or instance_class == "db.serverless":
        raise NotPriced(f"no price of the engine {engine} with the class {instance_class} is saved")
    cluster = billed.target("DBClusterIdentifier")
    if not cluster:
        raise NotPriced("DBClusterIdentifier is not a cluster of the stack, so its storage type is not known")
    for name, usual in (("StorageType", "aurora"), ("DatabaseInsightsMode", "standard")):
        if (value := cluster.text(name, usual)) != usual:
            raise NotPriced(f"no price of the {name} {value} is saved")
    days = billed.number("PerformanceInsightsRetentionPeriod", _FREE_INSIGHTS)
    if billed.is_true("EnablePerformanceInsights") and days > _FREE_INSIGHTS:
        raise NotPriced(f"no price of a PerformanceInsightsRetentionPeriod of {days} days is saved")
    yield Charge(f"aurora-mysql-{instance_class}", HOURS)


def secret(billed: BilledResource) -> Iterator[Charge]:
    """Yield a secret, and each replica in its region."""
    yield Charge("secrets", Decimal(1))
    for replica in billed.items("ReplicaRegions"):
        yield Charge("secrets", Decimal(1), BilledResource(replica, billed.others).text("Region"))


def concurrency(billed: BilledResource) -> Iterator[Charge]:
    """Yield the memory of the provisioned concurrency of an alias or a version, all day."""
    if "ProvisionedConcurrencyConfig" not in billed.properties:
        return
    executions = BilledResource(billed.properties["ProvisionedConcurrencyConfig"], billed.others).number(
        "ProvisionedConcurrentExecutions"
    )
    function = billed.target("FunctionName")
    if not function:
        raise NotPriced("FunctionName is not a function of the stack, so its memory is not known")
    memory = function.number("MemorySize", 128) / _MEGABYTES
    suffix = "-arm" if function.get("Architectures", ["x86_64"]) == ["arm64"] else ""
    yield Charge(f"lambda-provisioned-concurrency{suffix}", executions * memory * _SECONDS)


def cache(billed: BilledResource) -> Iterator[Charge]:
    """Yield the hours of the cache of an API stage."""
    if billed.is_true("CacheClusterEnabled"):
        yield Charge(f"api-cache-{billed.text('CacheClusterSize', '0.5')}", HOURS)


def web_acl(billed: BilledResource) -> Iterator[Charge]:
    """Yield a web ACL for CloudFront, and each of its rules and managed rule groups."""
    scope = billed.text("Scope")
    if scope != "CLOUDFRONT":
        raise NotPriced(f"no price of the Scope {scope} is saved")
    rules = billed.items("Rules")
    for rule in rules:
        statement = rule.get("Statement", {})
        group = statement.get("ManagedRuleGroupStatement", {})
        if "RuleGroupReferenceStatement" in statement:
            raise NotPriced(f"the rules in the rule group of {rule.get('Name')} are not known")
        if group and (group.get("VendorName") != "AWS" or group.get("Name") in _PAID_RULE_GROUPS):
            raise NotPriced(f"no price of the managed rule group {group.get('Name')} is saved")
    yield Charge("web-acls", Decimal(1))
    yield Charge("web-acl-rules", Decimal(len(rules)))


def alarm(billed: BilledResource) -> Iterator[Charge]:
    """Yield each metric of an alarm, at the price of its resolution."""
    queries = billed.items("Metrics")
    for query in queries:
        if str(query.get("Expression", "")).lstrip().upper().startswith("SELECT"):
            raise NotPriced("the number of metrics that a Metrics Insights query reads is not known")
    metrics = [
        BilledResource(query["MetricStat"], billed.others) for query in queries if "MetricStat" in query
    ]
    periods = [metric.number("Period") for metric in metrics]
    if not queries:
        periods = [billed.number("Period", _HIGH_RESOLUTION)]
    band = _BAND if "ThresholdMetricId" in billed.properties else 0
    suffix = "-high-resolution" if min(periods, default=HOURS) < _HIGH_RESOLUTION else ""
    yield Charge(f"alarm-metrics{suffix}", Decimal(len(periods) + band))


def dashboard(billed: BilledResource) -> Iterator[Charge]:
    """Yield a dashboard, at the price of its number of metrics."""
    body = billed.properties.get("DashboardBody", "")
    parts = [body] if isinstance(body, str) else parts_of_sub(body)
    if parts is None:
        raise NotPriced("DashboardBody is known only in the deployed stack")
    text = "".join(part if isinstance(part, str) else "unknown" for part in parts)
    try:
        metrics = _number_of_metrics(json.loads(text))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise NotPriced("the number of metrics in DashboardBody is not known") from error
    if metrics > _METRICS_OF_DASHBOARD:
        yield Charge("dashboards-over-50-metrics", Decimal(1))
    else:
        yield Charge("dashboards", Decimal(1))


def _number_of_metrics(body: Any) -> int:
    """Return the number of metrics in all widgets of a dashboard, without expressions."""
    number = 0
    for widget in body["widgets"]:
        for metric in widget.get("properties", {}).get("metrics", []):
            if isinstance(metric[0], str):  # an expression is an object
                number += 1
    return number


def distribution_metrics(billed: BilledResource) -> Iterator[Charge]:
    """Yield the additional metrics of a distribution."""
    match billed.get("MonitoringSubscription"):
        case {"RealtimeMetricsSubscriptionConfig": {"RealtimeMetricsSubscriptionStatus": "Enabled"}}:
            yield Charge("custom-metrics", Decimal(_ADDITIONAL_METRICS), _EDGE)


def health_check(billed: BilledResource) -> Iterator[Charge]:
    """Yield a health check of an endpoint, and its options."""
    config = BilledResource(billed.properties.get("HealthCheckConfig", {}), billed.others)
    kind = config.text("Type")
    if kind not in ("HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP"):
        raise NotPriced(f"no price of the Type {kind} is saved")
    options = sum(
        (
            kind.startswith("HTTPS"),
            kind.endswith("STR_MATCH"),
            config.is_true("MeasureLatency"),
            config.text("RequestInterval", "30") == "10",
        )
    )
    suffix = "" if _is_aws_endpoint(config) else "-other"
    yield Charge(f"health-checks{suffix}", Decimal(1))
    if options:
        yield Charge(f"health-check-options{suffix}", Decimal(options))


def _is_aws_endpoint(config: BilledResource) -> bool:
    """Return whether an endpoint belongs to AWS: a resource of the stack, or an alias of a distribution."""
    if config.target("FullyQualifiedDomainName") or config.target("IPAddress"):
        return True
    name = config.text("FullyQualifiedDomainName")
    if name.endswith(_AWS_DOMAINS):
        return True
    for type_name, properties in config.others.values():
        aliases = properties.get("DistributionConfig", {}).get("Aliases", [])
        if type_name == "AWS::CloudFront::Distribution" and name in aliases:
            return True
    return False
