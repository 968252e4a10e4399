"""The charges of a resource by its properties; the amounts are computed by hand from the saved prices."""

from typing import Any

import pytest

from tests.csr_templates.costs.conftest import cost


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    """Return a resource."""
    return {"Type": kind, "Properties": properties}


def lines(*resources: dict[str, Any], region: str = "ap-northeast-1") -> list[tuple[str, str, str]]:
    """Return item, quantity and amount of each line."""
    found = cost({f"R{number}": one for number, one in enumerate(resources)}, region)
    assert not found.unpriced
    return [(line.key, f"{line.quantity:f}".removesuffix(".00"), str(line.monthly)) for line in found.lines]


def reason(*resources: dict[str, Any], region: str = "ap-northeast-1") -> str:
    """Return why the last resource is not priced."""
    found = cost({f"R{number}": one for number, one in enumerate(resources)}, region)
    assert [one.resource for one in found.unpriced] == [f"R{len(resources) - 1}"]
    return found.unpriced[0].reason


CLUSTER = resource("AWS::RDS::DBCluster", Engine="aurora-mysql")


def instance(instance_class: str = "db.t3.medium", **properties: Any) -> dict[str, Any]:
    """Return an Aurora instance of the first resource."""
    properties = {"DBClusterIdentifier": {"Ref": "R0"}, "Engine": "aurora-mysql", **properties}
    return resource("AWS::RDS::DBInstance", DBInstanceClass=instance_class, **properties)


@pytest.mark.parametrize(
    ("instance_class", "monthly"),
    [
        ("db.t3.medium", "91.25"),  # 730 x 0.125
        ("db.t4g.medium", "82.49"),  # 730 x 0.113
        ("db.r6g.large", "228.49"),  # 730 x 0.313
        ("db.r5.large", "255.50"),  # 730 x 0.35
    ],
)
def test_the_class_of_an_instance(instance_class: str, monthly: str) -> None:
    """Each class has a price; the cluster itself has no fixed cost."""
    assert lines(CLUSTER, instance(instance_class)) == [(f"aurora-mysql-{instance_class}", "730", monthly)]


@pytest.mark.parametrize(
    ("cluster", "one", "expected"),
    [
        ({}, instance("db.r7i.large"), "no price of aurora-mysql-db.r7i.large in ap-northeast-1 is saved"),
        (
            {},
            instance("db.serverless"),
            "no price of the engine aurora-mysql with the class db.serverless is saved",
        ),
        (
            {},
            instance(Engine="aurora-postgresql"),
            "no price of the engine aurora-postgresql with the class db.t3.medium is saved",
        ),
        (
            {},
            instance(DBClusterIdentifier="orders"),
            "DBClusterIdentifier is not a cluster of the stack, so its storage type is not known",
        ),
        ({"StorageType": "aurora-iopt1"}, instance(), "no price of the StorageType aurora-iopt1 is saved"),
        (
            {"DatabaseInsightsMode": "advanced"},
            instance(),
            "no price of the DatabaseInsightsMode advanced is saved",
        ),
        (
            {},
            instance(EnablePerformanceInsights=True, PerformanceInsightsRetentionPeriod=31),
            "no price of a PerformanceInsightsRetentionPeriod of 31 days is saved",
        ),
    ],
)
def test_an_instance_with_another_price(cluster: dict[str, Any], one: dict[str, Any], expected: str) -> None:
    """An instance whose price is not saved is not priced like another."""
    assert reason(resource("AWS::RDS::DBCluster", Engine="aurora-mysql", **cluster), one) == expected


FUNCTION = resource("AWS::Lambda::Function", MemorySize="1024")


def alias(executions: Any) -> dict[str, Any]:
    """Return an alias of the first resource."""
    config = {"ProvisionedConcurrentExecutions": executions}
    return resource("AWS::Lambda::Alias", FunctionName={"Ref": "R0"}, ProvisionedConcurrencyConfig=config)


@pytest.mark.parametrize(
    ("function", "one", "expected"),
    [
        # 10 x 1 GB x 730 h x 3,600 s = 26,280,000; x 0.0000053835
        (FUNCTION, alias("10"), [("lambda-provisioned-concurrency", "26280000", "141.48")]),
        (FUNCTION, alias(3), [("lambda-provisioned-concurrency", "7884000", "42.44")]),
        # 128 MB without MemorySize: 10 x 0.125 x 2,628,000 = 3,285,000
        (
            resource("AWS::Lambda::Function"),
            alias(10),
            [("lambda-provisioned-concurrency", "3285000.000", "17.68")],
        ),
        # x 0.0000043068
        (
            resource("AWS::Lambda::Function", MemorySize=1024, Architectures=["arm64"]),
            alias(10),
            [("lambda-provisioned-concurrency-arm", "26280000", "113.18")],
        ),
        (FUNCTION, resource("AWS::Lambda::Alias", FunctionName={"Ref": "R0"}), []),
    ],
)
def test_provisioned_concurrency(function: dict[str, Any], one: dict[str, Any], expected: Any) -> None:
    """The memory of the function is billed all day, for each execution environment."""
    assert lines(function, one) == expected


def test_provisioned_concurrency_of_a_function_outside_the_stack() -> None:
    """Its memory is not known."""
    one = resource(
        "AWS::Lambda::Alias",
        FunctionName="orders",
        ProvisionedConcurrencyConfig={"ProvisionedConcurrentExecutions": 1},
    )

    assert reason(one) == "FunctionName is not a function of the stack, so its memory is not known"


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"CacheClusterEnabled": "true"}, [("api-cache-0.5", "730", "20.44")]),  # 730 x 0.028
        (
            {"CacheClusterEnabled": True, "CacheClusterSize": "6.1"},
            [("api-cache-6.1", "730", "178.85")],
        ),  # x 0.245
        ({"CacheClusterEnabled": "false", "CacheClusterSize": "6.1"}, []),
        ({}, []),
    ],
)
def test_the_size_of_a_cache(properties: dict[str, Any], expected: Any) -> None:
    """A stage costs as much as its cache."""
    assert lines(resource("AWS::ApiGateway::Stage", **properties)) == expected


def metric(period: int = 300) -> dict[str, Any]:
    """Return a metric of an alarm."""
    return {"MetricStat": {"Metric": {"MetricName": "Errors"}, "Period": period, "Stat": "Sum"}}


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"Period": "300"}, [("alarm-metrics", "1", "0.10")]),
        ({"Period": 60}, [("alarm-metrics", "1", "0.10")]),
        ({"Period": 30}, [("alarm-metrics-high-resolution", "1", "0.30")]),
        (
            {"Metrics": [{"Expression": "a + b"}, metric(), metric(), metric()]},
            [("alarm-metrics", "3", "0.30")],
        ),
        ({"Metrics": [metric(), metric(10)]}, [("alarm-metrics-high-resolution", "2", "0.60")]),
        (
            {
                "Metrics": [metric(), {"Expression": "ANOMALY_DETECTION_BAND(m1, 2)"}],
                "ThresholdMetricId": "band",
            },
            [("alarm-metrics", "3", "0.30")],
        ),
    ],
)
def test_the_metrics_of_an_alarm(properties: dict[str, Any], expected: Any) -> None:
    """Each metric is billed, by the resolution of the alarm; expressions are not, but a band is."""
    assert lines(resource("AWS::CloudWatch::Alarm", **properties)) == expected


def test_a_composite_alarm() -> None:
    """It has its own price."""
    assert lines(resource("AWS::CloudWatch::CompositeAlarm")) == [("composite-alarms", "1", "0.50")]


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        (
            {"Metrics": [{"Expression": "select AVG(CPU) from x"}]},
            "the number of metrics that a Metrics Insights query reads is not known",
        ),
        ({"Period": {"Fn::ImportValue": "period"}}, "Period is known only in the deployed stack"),
        ({"Period": "often"}, "Period is not a number: often"),
        ({"Metrics": {"Fn::ImportValue": "x"}}, "the number of Metrics is known only in the deployed stack"),
        ({"Metrics": ["CPU"]}, "its properties do not have the form of the type"),
    ],
)
def test_an_alarm_that_is_not_priced(properties: dict[str, Any], expected: str) -> None:
    """What is not known is not counted as one metric."""
    assert reason(resource("AWS::CloudWatch::Alarm", **properties)) == expected


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({}, [("secrets", "1", "0.40")]),
        (
            {"ReplicaRegions": [{"Region": "us-east-1"}]},
            [("secrets", "1", "0.40"), ("secrets", "1", "0.40")],
        ),
    ],
)
def test_replicas_of_a_secret(properties: dict[str, Any], expected: Any) -> None:
    """Each replica has the price of its region."""
    assert lines(resource("AWS::SecretsManager::Secret", **properties)) == expected


def test_a_replica_in_a_region_without_a_price() -> None:
    """The secret is not priced without its replica."""
    one = resource("AWS::SecretsManager::Secret", ReplicaRegions=[{"Region": "eu-west-1"}])

    assert reason(one) == "no price of secrets in eu-west-1 is saved"


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        # 2 zones x 730 x 0.014
        (
            {"VpcEndpointType": "Interface", "SubnetIds": [{"Ref": "R0"}, {"Ref": "R1"}]},
            [("interface-endpoint-hours", "1460", "20.44")],
        ),
        (
            {"VpcEndpointType": "Interface", "SubnetIds": ["subnet-1"]},
            [("interface-endpoint-hours", "730", "10.22")],
        ),
        ({"VpcEndpointType": "Gateway"}, []),
        ({}, []),
    ],
)
def test_the_zones_of_an_endpoint(properties: dict[str, Any], expected: Any) -> None:
    """An interface endpoint is billed in each zone; a gateway endpoint is free."""
    subnet = resource("AWS::EC2::Subnet")
    assert lines(subnet, subnet, resource("AWS::EC2::VPCEndpoint", **properties)) == expected


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        (
            {"VpcEndpointType": "GatewayLoadBalancer"},
            "no price of the VpcEndpointType GatewayLoadBalancer is saved",
        ),
        (
            {"VpcEndpointType": "Interface", "SubnetIds": {"Fn::ImportValue": "subnets"}},
            "the number of SubnetIds is known only in the deployed stack",
        ),
    ],
)
def test_an_endpoint_that_is_not_priced(properties: dict[str, Any], expected: str) -> None:
    """The number of zones must be known."""
    assert reason(resource("AWS::EC2::VPCEndpoint", **properties)) == expected


def rule(vendor: str = "", name: str = "") -> dict[str, Any]:
    """Return a rule of a web ACL, or a managed rule group."""
    if not vendor:
        return {"Name": "mine", "Statement": {"GeoMatchStatement": {"CountryCodes": ["KP"]}}}
    return {"Name": name, "Statement": {"ManagedRuleGroupStatement": {"VendorName": vendor, "Name": name}}}


@pytest.mark.parametrize(
    ("rules", "monthly"), [([], ["5.00"]), ([rule(), rule("AWS", "Common")], ["5.00", "2.00"])]
)
def test_the_rules_of_a_web_acl(rules: list[dict[str, Any]], monthly: list[str]) -> None:
    """5 for the web ACL, and 1 for each rule or managed group."""
    found = lines(resource("AWS::WAFv2::WebACL", Scope="CLOUDFRONT", Rules=rules), region="us-east-1")

    assert [amount for _, _, amount in found] == monthly


@pytest.mark.parametrize(
    ("scope", "rules", "expected"),
    [
        ("REGIONAL", [], "no price of the Scope REGIONAL is saved"),
        (
            "CLOUDFRONT",
            [rule("AWS", "AWSManagedRulesBotControlRuleSet")],
            "no price of the managed rule group AWSManagedRulesBotControlRuleSet is saved",
        ),
        ("CLOUDFRONT", [rule("F5", "OWASP")], "no price of the managed rule group OWASP is saved"),
        (
            "CLOUDFRONT",
            [{"Name": "ours", "Statement": {"RuleGroupReferenceStatement": {"Arn": "arn"}}}],
            "the rules in the rule group of ours are not known",
        ),
    ],
)
def test_a_web_acl_that_is_not_priced(scope: str, rules: list[Any], expected: str) -> None:
    """Groups with a subscription, and groups with unknown rules, cost more than a rule."""
    assert reason(resource("AWS::WAFv2::WebACL", Scope=scope, Rules=rules), region="us-east-1") == expected


def dashboard(metrics: int) -> dict[str, Any]:
    """Return a dashboard with some metrics and one expression."""
    rows = ",".join(['["AWS/RDS","CPU","Id","${R0}"]'] * metrics + ['[{"expression":"m1"}]'])
    body = {"Fn::Sub": f'{{"widgets":[{{"type":"metric","properties":{{"metrics":[{rows}]}}}}]}}'}
    return resource("AWS::CloudWatch::Dashboard", DashboardBody=body)


def test_dashboards_beyond_the_free_ones() -> None:
    """Three dashboards with up to 50 metrics are free in an account, and the others cost 3."""
    cluster = resource("AWS::RDS::DBCluster")

    assert lines(cluster, *[dashboard(50)] * 3) == [("dashboards", "3", "0.00")]
    assert lines(cluster, *[dashboard(50)] * 5) == [("dashboards", "3", "0.00"), ("dashboards", "2", "6.00")]
    assert lines(cluster, dashboard(51)) == [("dashboards-over-50-metrics", "1", "3.00")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"Fn::ImportValue": "body"}, "DashboardBody is known only in the deployed stack"),
        ("no JSON", "the number of metrics in DashboardBody is not known"),
    ],
)
def test_a_dashboard_that_cannot_be_read(body: Any, expected: str) -> None:
    """Its number of metrics is not known."""
    assert reason(resource("AWS::CloudWatch::Dashboard", DashboardBody=body)) == expected


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"Type": "HTTP", "IPAddress": {"Ref": "R0"}}, [("health-checks", "1", "0.00")]),
        (
            {"Type": "HTTPS", "FullyQualifiedDomainName": {"Fn::GetAtt": ["R0", "DomainName"]}},
            [("health-checks", "1", "0.00"), ("health-check-options", "1", "1.00")],
        ),
        (
            {"Type": "HTTPS", "FullyQualifiedDomainName": "www.example.com"},
            [("health-checks", "1", "0.00"), ("health-check-options", "1", "1.00")],
        ),
        (
            {
                "Type": "HTTPS_STR_MATCH",
                "RequestInterval": 10,
                "MeasureLatency": True,
                "FullyQualifiedDomainName": "example.net",
            },
            [("health-checks-other", "1", "0.75"), ("health-check-options-other", "4", "8.00")],
        ),
        ({"Type": "TCP", "IPAddress": "192.0.2.1"}, [("health-checks-other", "1", "0.75")]),
    ],
)
def test_the_endpoint_and_options_of_a_health_check(config: dict[str, Any], expected: Any) -> None:
    """The check of an AWS endpoint is free; each option has a price."""
    distribution = resource(
        "AWS::CloudFront::Distribution", DistributionConfig={"Aliases": ["www.example.com"]}
    )
    check = resource("AWS::Route53::HealthCheck", HealthCheckConfig=config)

    assert lines(distribution, check) == expected


def test_the_fifty_first_health_check_is_billed() -> None:
    """The price has two tiers."""
    check = resource(
        "AWS::Route53::HealthCheck",
        HealthCheckConfig={"Type": "HTTP", "FullyQualifiedDomainName": "d111.cloudfront.net"},
    )

    assert lines(*[check] * 52) == [("health-checks", "50", "0.00"), ("health-checks", "2", "1.00")]


def test_a_calculated_health_check_is_not_priced() -> None:
    """It has no endpoint."""
    check = resource("AWS::Route53::HealthCheck", HealthCheckConfig={"Type": "CALCULATED"})

    assert reason(check) == "no price of the Type CALCULATED is saved"


@pytest.mark.parametrize(
    ("status", "expected"), [("Enabled", [("custom-metrics", "8", "2.40")]), ("Disabled", [])]
)
def test_additional_metrics_of_a_distribution(status: str, expected: Any) -> None:
    """8 metrics for 0.30."""
    subscription = {"RealtimeMetricsSubscriptionConfig": {"RealtimeMetricsSubscriptionStatus": status}}
    one = resource("AWS::CloudFront::MonitoringSubscription", MonitoringSubscription=subscription)

    assert lines(one) == expected


@pytest.mark.parametrize(
    ("kind", "region", "expected"),
    [
        ("AWS::EC2::NatGateway", "ap-northeast-1", ("nat-gateway-hours", "730", "45.26")),  # x 0.062
        ("AWS::EC2::NatGateway", "us-east-1", ("nat-gateway-hours", "730", "32.85")),  # x 0.045
        ("AWS::EC2::EIP", "ap-northeast-1", ("public-ipv4-hours", "730", "3.65")),  # x 0.005
        ("AWS::KMS::Key", "ap-northeast-1", ("kms-keys", "1", "1.00")),
        ("AWS::Route53::HostedZone", "us-east-1", ("hosted-zones", "1", "0.50")),
    ],
)
def test_one_price_for_all_settings(kind: str, region: str, expected: tuple[str, str, str]) -> None:
    """The price is that of the region."""
    assert lines(resource(kind), region=region) == [expected]


def test_the_twenty_sixth_hosted_zone_is_cheaper() -> None:
    """25 x 0.50, and then 0.10."""
    zone = resource("AWS::Route53::HostedZone")

    assert [amount for _, _, amount in lines(*[zone] * 26)] == ["12.50", "0.10"]
