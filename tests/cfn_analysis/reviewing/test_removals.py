"""Removed resources that connect a resource that is not removed."""

from __future__ import annotations

from typing import Any

import pytest

from .templates import resources, reviewed, risks

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


def _at(name: str, attribute: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [name, attribute]}


RULE = {"GroupId": _at("Group", "GroupId"), "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}


@pytest.mark.parametrize(
    ("kind", "properties", "served", "effect"),
    [
        (
            "AWS::ApiGateway::UsagePlanKey",
            {"KeyId": {"Ref": "Key"}, "KeyType": "API_KEY", "UsagePlanId": {"Ref": "Plan"}},
            ["Key", "Plan"],
            "requests with its API key are rejected",
        ),
        (
            "AWS::EC2::Route",
            {"RouteTableId": {"Ref": "Table"}, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"},
            ["Table"],
            "traffic to its destination no longer uses this route",
        ),
        (
            "AWS::EC2::SecurityGroupEgress",
            {**RULE, "DestinationSecurityGroupId": "sg-1"},
            ["Group"],
            "outbound traffic that only it allows is blocked",
        ),
        (
            "AWS::EC2::SecurityGroupIngress",
            {**RULE, "SourceSecurityGroupId": "sg-1"},
            ["Group"],
            "inbound traffic that only it allows is blocked",
        ),
        (
            "AWS::EC2::SubnetRouteTableAssociation",
            {"SubnetId": {"Ref": "Subnet"}, "RouteTableId": {"Ref": "Table"}},
            ["Subnet"],
            "the subnet uses the main route table of the VPC",
        ),
        (
            "AWS::EC2::VPCEndpoint",
            {"VpcId": {"Ref": "VPC"}, "ServiceName": "s3"},
            ["VPC"],
            "traffic to the service no longer uses this endpoint",
        ),
        (
            "AWS::Lambda::Permission",
            {
                "FunctionName": {"Ref": "Function"},
                "Action": "lambda:InvokeFunction",
                "Principal": "apigateway.amazonaws.com",
                "SourceArn": {"Fn::Sub": "arn:aws:execute-api:us-east-1:123456789012:${Api}/*"},
            },
            ["Function", "Api"],
            "calls of the function that only it allows are rejected",
        ),
        (
            "AWS::Route53::RecordSet",
            {
                "HostedZoneId": {"Ref": "Zone"},
                "Name": "example.com",
                "Type": "A",
                "AliasTarget": {"DNSName": _at("Site", "DomainName"), "HostedZoneId": "Z2FDTNDATAQYW2"},
            },
            ["Zone", "Site"],
            "its domain name is no longer resolved",
        ),
    ],
)
def test_a_removed_connection(kind: str, properties: dict[str, Any], served: list[str], effect: str) -> None:
    """Its removal interrupts, unless a resource that it connects is also removed, or only its ID changes."""
    before = resources(**SERVED, It=(kind, properties))

    def interruptions(after: dict[str, Any]) -> dict[str, str]:
        found = risks(reviewed(before, after))
        return {name: message for (kind, name), message in found.items() if kind == "interruption"}

    assert interruptions(resources(**SERVED)) == {
        "It": f"It is removed: {effect}. Keep it while it is in use."
    }
    assert interruptions(resources(**SERVED, Renamed=(kind, properties))) == {}
    for name in served:
        rest = {key: one for key, one in SERVED.items() if key != name}
        assert interruptions(resources(**rest)) == {}, name
