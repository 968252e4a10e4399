"""Facts of the network stack."""

import re
from typing import Any

import pytest

from cfn_analysis.model.resolving import failed_assertions, resolve

Template = dict[str, Any]


@pytest.fixture(scope="module")
def resources(network: Template) -> Template:
    """Logical ID -> resource, with production's values, in account 123456789012."""
    resources: Template = resolve(network)["Resources"]
    return resources


def of_type(resources: Template, resource_type: str) -> Template:
    """Return logical ID -> properties of all resources of one type."""
    return {
        logical_id: resource["Properties"]
        for logical_id, resource in resources.items()
        if resource["Type"] == f"AWS::EC2::{resource_type}"
    }


def test_the_same_zone_twice_is_refused(network: Template) -> None:
    """Two subnets in the same zone would fail together, so a rule stops the deploy before it starts."""
    zone = network["Parameters"]["AvailabilityZone1"]["Default"]

    assert failed_assertions(network, {"AvailabilityZone2": zone}) == [
        "AvailabilityZone1 and AvailabilityZone2 must be different zones."
    ]
    assert failed_assertions(network) == []


def test_routes(resources: Template) -> None:
    """Public subnets use the internet gateway, and private subnets use the NAT gateway of their zone."""
    tables = {
        association["SubnetId"]["Ref"]: association["RouteTableId"]["Ref"]
        for association in of_type(resources, "SubnetRouteTableAssociation").values()
    }
    gateways = {
        route["RouteTableId"]["Ref"]: (route.get("GatewayId") or route["NatGatewayId"])["Ref"]
        for route in of_type(resources, "Route").values()
        if route["DestinationCidrBlock"] == "0.0.0.0/0"
    }

    assert {subnet: gateways[table] for subnet, table in tables.items()} == {
        "PublicSubnet1": "InternetGateway",
        "PublicSubnet2": "InternetGateway",
        "PrivateSubnet1": "NatGateway1",
        "PrivateSubnet2": "NatGateway2",
    }
    assert {
        logical_id: (nat["SubnetId"]["Ref"], nat["AllocationId"]["Fn::GetAtt"][0])
        for logical_id, nat in of_type(resources, "NatGateway").items()
    } == {
        "NatGateway1": ("PublicSubnet1", "NatAddress1"),
        "NatGateway2": ("PublicSubnet2", "NatAddress2"),
    }


def test_one_nat_gateway_serves_both_zones(network: Template) -> None:
    """Without a gateway per zone, the second gateway does not exist, and both zones use the first one."""
    resolved = resolve(network, {"NatGatewayPerZone": "false"})

    assert list(of_type(resolved["Resources"], "NatGateway")) == ["NatGateway1"]
    assert list(of_type(resolved["Resources"], "EIP")) == ["NatAddress1"]
    assert [
        route["NatGatewayId"]
        for route in of_type(resolved["Resources"], "Route").values()
        if "NatGatewayId" in route
    ] == [{"Ref": "NatGateway1"}] * 2
    assert "NatGateway1Address" in resolved["Outputs"]
    assert "NatGateway2Address" not in resolved["Outputs"]


# Commands of Logs Insights: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
COMMANDS = {
    *("anomaly", "dedup", "diff", "display", "fields", "filter", "filterindex", "limit", "parse", "pattern"),
    *("sort", "source", "stats", "unmask", "unnest"),
}


def test_saved_query_reads_every_field_of_the_flow_log(resources: Template) -> None:
    """The query parses as many fields as a record has, and uses only fields that it names.

    The name of a field is not the name of a command.
    """
    query = resources["NetworkFlowsQuery"]["Properties"]
    fields = resources["FlowLog"]["Properties"]["LogFormat"].split(" ")
    parse, stats, *_ = query["QueryString"].replace("\n    ", " ").split("\n")
    match = re.fullmatch(r'parse @message "([* ]+)" as (.+)', parse)
    assert match is not None
    names = match[2].split(", ")

    assert query["LogGroupNames"] == [{"Ref": "FlowLogsLogGroup"}]
    assert match[1].split(" ") == ["*"] * len(fields)
    assert len(set(names)) == len(fields)
    assert not COMMANDS & {name.lower() for name in names}
    assert set(re.findall(r"sum\((\w+)\)", stats)) | set(stats.split(" by ")[1].split(", ")) <= set(names)


def test_return_traffic_reaches_every_port_of_a_client(resources: Template) -> None:
    """Lambda and the NAT gateways use any port from 1024 on for their connections."""
    ports = resources["PrivateInboundReturnTraffic"]["Properties"]["PortRange"]

    assert ports == {"From": 1024, "To": 65535}


def test_public_addresses_wait_for_the_gateway(network: Template) -> None:
    """An address can be released only before the internet gateway is detached."""
    addresses = [
        resource for resource in network["Resources"].values() if resource["Type"] == "AWS::EC2::EIP"
    ]

    assert {address["DependsOn"] for address in addresses} == {"InternetGatewayAttachment"}


def test_the_endpoint_has_the_name_of_the_service(resources: Template) -> None:
    """Without private DNS, the functions would reach Secrets Manager through the NAT gateway."""
    assert resources["SecretsManagerEndpoint"]["Properties"]["PrivateDnsEnabled"] is True
