"""The charges of a resource by its properties; the amounts are computed by hand from the saved prices."""

from pathlib import Path
from typing import Any

import pytest

from csr_templates.costs.estimate import Estimate
from tests.csr_templates.costs.conftest import cost
from tests.data import read_yaml

CHARGES = read_yaml(Path(__file__).with_name("charges.yaml"))


def rows(test: str) -> list[Any]:
    """Return the resources, their region, and what is expected of the last one, for each row."""
    parameters = []
    for group in CHARGES[test]:
        name = group["type"].rpartition("::")[2]
        for properties, expected in group["rows"]:
            resources = {**group.get("beside", {}), name: {"Type": group["type"], "Properties": properties}}
            region = group.get("region", "ap-northeast-1")
            parameters.append(pytest.param(resources, region, expected, id=name))
    return parameters


def lines(estimate: Estimate) -> list[list[str]]:
    """Return item, quantity and amount of each line."""
    assert not estimate.unpriced
    return [
        [line.key, f"{line.quantity:f}".removesuffix(".00"), str(line.monthly)] for line in estimate.lines
    ]


@pytest.mark.parametrize(("resources", "region", "expected"), rows("test_charges"))
def test_charges(resources: dict[str, Any], region: str, expected: list[list[str]]) -> None:
    """Each charge of a resource is a line; a resource can be free."""
    assert lines(cost(resources, region)) == expected


@pytest.mark.parametrize(("resources", "region", "reason"), rows("test_what_is_not_priced"))
def test_what_is_not_priced(resources: dict[str, Any], region: str, reason: str) -> None:
    """A resource whose price is not saved or not known is not priced like another."""
    unpriced = cost(resources, region).unpriced

    assert [(resource.resource, resource.reason) for resource in unpriced] == [([*resources][-1], reason)]


def several(count: int, resource: dict[str, Any]) -> list[list[str]]:
    """Return the lines of several equal resources beside a cluster."""
    cluster = {"Cluster": {"Type": "AWS::RDS::DBCluster"}}
    return lines(cost(cluster | {f"R{number}": resource for number in range(count)}))


def dashboard(metrics: int) -> dict[str, Any]:
    """Return a dashboard with some metrics and one expression."""
    metric_rows = ",".join(['["AWS/RDS","CPU","Id","${Cluster}"]'] * metrics + ['[{"expression":"m1"}]'])
    body = {"Fn::Sub": f'{{"widgets":[{{"type":"metric","properties":{{"metrics":[{metric_rows}]}}}}]}}'}
    return {"Type": "AWS::CloudWatch::Dashboard", "Properties": {"DashboardBody": body}}


def test_dashboards_beyond_the_free_ones() -> None:
    """Three dashboards with up to 50 metrics are free in an account, and the others cost 3."""
    assert several(3, dashboard(50)) == [["dashboards", "3", "0.00"]]
    assert several(5, dashboard(50)) == [["dashboards", "3", "0.00"], ["dashboards", "2", "6.00"]]
    assert several(1, dashboard(51)) == [["dashboards-over-50-metrics", "1", "3.00"]]


def test_the_fifty_first_health_check_is_billed() -> None:
    """The price has two tiers."""
    config = {"Type": "HTTP", "FullyQualifiedDomainName": "d111.cloudfront.net"}
    check = {"Type": "AWS::Route53::HealthCheck", "Properties": {"HealthCheckConfig": config}}

    assert several(52, check) == [["health-checks", "50", "0.00"], ["health-checks", "2", "1.00"]]


def test_the_twenty_sixth_hosted_zone_is_cheaper() -> None:
    """25 x 0.50, and then 0.10."""
    zones = several(26, {"Type": "AWS::Route53::HostedZone", "Properties": {}})

    assert [amount for _, _, amount in zones] == ["12.50", "0.10"]
