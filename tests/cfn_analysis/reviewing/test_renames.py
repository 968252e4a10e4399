"""Resources whose logical ID changes, and what only one resource can have."""

from typing import Any

import pytest

from .templates import set_risks, side

Template = dict[str, Any]

ENDPOINT = {"VpcId": "vpc-1", "ServiceName": "sqs", "VpcEndpointType": "Interface"}
ENTRY = {"NetworkAclId": "acl-1", "RuleNumber": 100, "Egress": False, "Protocol": 6, "RuleAction": "allow"}
RECORD = {"HostedZoneId": "Z1", "Name": "a.example.com", "Type": "A", "TTL": "60"}


@pytest.mark.parametrize(
    ("kind", "properties", "what"),
    [
        *(
            (f"AWS::CloudFront::{noun}", {f"{noun}Config": {"Name": "a"}}, f"the same {noun}Config.Name")
            for noun in (
                *("CachePolicy", "KeyGroup", "OriginAccessControl"),
                *("OriginRequestPolicy", "ResponseHeadersPolicy"),
            )
        ),
        ("AWS::WAFv2::WebACL", {"Name": "a", "Scope": "REGIONAL"}, "the name"),
        ("AWS::WAFv2::WebACL", {"Scope": "REGIONAL"}, None),
        (
            "AWS::EC2::Route",
            {"RouteTableId": "rtb-1", "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"},
            "the same RouteTableId and DestinationCidrBlock",
        ),
        ("AWS::EC2::NetworkAclEntry", ENTRY, "the same NetworkAclId, RuleNumber and Egress"),
        (
            "AWS::EC2::VPCEndpoint",
            {**ENDPOINT, "PrivateDnsEnabled": True},
            "the same VpcId and ServiceName",
        ),
        ("AWS::EC2::VPCEndpoint", {**ENDPOINT, "PrivateDnsEnabled": False}, None),
        ("AWS::EC2::VPCEndpoint", {"VpcId": "vpc-1", "ServiceName": "s3"}, None),
        ("AWS::Route53::RecordSet", RECORD, "the same HostedZoneId, Name and Type"),
        ("AWS::Lambda::Permission", {"FunctionName": "f", "Action": "lambda:InvokeFunction"}, None),
    ],
)
def test_a_renamed_resource_that_must_be_unique(
    kind: str, properties: dict[str, Any], what: str | None
) -> None:
    """The new resource is created before the old one is deleted, so AWS rejects a second equal one."""
    resource = {"Type": kind, "Properties": properties}
    old, new = (side(network={"Resources": {name: resource}}) for name in ("Old", "New"))
    found = set_risks(old, new)

    creates = (
        "CloudFormation creates New and then deletes the old one."
        if what is None
        else "The creation of New fails while the old one exists."
    )
    assert found["rename", "network", "Old"].startswith(
        f"Old and New differ only in the logical ID. {creates} To keep the resource, "
    )
    if what is None:
        assert ("will-fail", "network", "New") not in found
    else:
        assert found["will-fail", "network", "New"].startswith(
            f"The deploy fails: New cannot be created, because Old has {what} until it is deleted later in "
            "the deploy. Keep the logical ID, "
        )
