"""Removed resources that connect a resource that is not removed."""

from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.model.rendering import load

from .templates import resources, reviewed, risks

ROWS = load(Path(__file__).with_name("removals.yaml").read_text("utf-8"))

SERVED: dict[str, tuple[str, dict[str, Any]]] = {
    "Key": ("AWS::ApiGateway::ApiKey", {"Enabled": True}),
    "Plan": ("AWS::ApiGateway::UsagePlan", {"Description": "d"}),
    "Table": ("AWS::EC2::RouteTable", {"VpcId": "vpc-1"}),
    "Group": ("AWS::EC2::SecurityGroup", {"GroupDescription": "d"}),
    "Subnet": ("AWS::EC2::Subnet", {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24"}),
    "VPC": ("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"}),
    "Function": ("AWS::Lambda::Function", {"Code": {"ZipFile": "a"}, "Role": "r"}),
    "Api": ("AWS::ApiGateway::RestApi", {"Name": "a"}),
    "Zone": ("AWS::Route53::HostedZone", {"Name": "example.com"}),
    "Site": ("AWS::CloudFront::Distribution", {"DistributionConfig": {"Enabled": True}}),
}


@pytest.mark.parametrize(("kind", "properties", "served", "effect"), ROWS["test_a_removed_connection"])
def test_a_removed_connection(kind: str, properties: dict[str, Any], served: list[str], effect: str) -> None:
    """Its removal interrupts, unless a resource that it connects is also removed, or only its ID changes."""
    before = resources(**SERVED, It=(kind, properties))

    def interruptions(after: dict[str, Any]) -> dict[str, str]:
        messages = risks(reviewed(before, after))
        return {
            name: message
            for (kind, name), message in messages.items()
            if kind == "interruption" and name in ("It", "Renamed")
        }

    assert interruptions(resources(**SERVED)) == {
        "It": f"It is removed: {effect}. Keep it while it is in use."
    }
    assert interruptions(resources(**SERVED, Renamed=(kind, properties))) == {}
    for name in served:
        rest = {key: resource for key, resource in SERVED.items() if key != name}
        assert interruptions(resources(**rest)) == {}, name
