"""Security groups: newly allowed traffic."""

from typing import Any

import pytest

from ..templates import resources, reviewed, risks


def test_a_dependency_that_does_not_exist() -> None:
    """DependsOn of a resource that does not exist does not stop the review. The linter reports it."""
    group = {"GroupDescription": "a", "VpcId": "vpc-1"}
    before = resources(Group=("AWS::EC2::SecurityGroup", group))
    before["Resources"]["Group"]["DependsOn"] = ["Nothing"]
    rule = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "CidrIp": "10.0.0.0/8"}
    after = {"Resources": {"Group": {**before["Resources"]["Group"]}}}
    after["Resources"]["Group"]["Properties"] = {**group, "SecurityGroupIngress": [rule]}

    assert ("opens", "Group") in risks(reviewed(before, after))


SSH = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
PORT = {"IpProtocol": "tcp", "FromPort": {"Ref": "Port"}, "ToPort": {"Ref": "Port"}}
LOST = "It no longer allows the following in all cases, which fails if it is in use:"
GROUP = {"SourceSecurityGroupId": {"Fn::ImportValue": {"Fn::Sub": "${Parent}-Sg"}}}


@pytest.mark.parametrize(
    ("before", "after", "traffic"),
    [
        (
            {**SSH, "CidrIp": "10.0.20.0/24"},
            {**SSH, "CidrIp": "0.0.0.0/0"},
            "tcp 22 from the internet (0.0.0.0/0)",
        ),
        (
            {**SSH, "CidrIp": "10.0.20.0/24"},
            {**SSH, "CidrIpv6": "::/0"},
            f"tcp 22 from the internet (::/0). {LOST} tcp 22 from 10.0.20.0/24",
        ),
        (
            {**SSH, "CidrIp": "0.0.0.0/0"},
            {**SSH, "CidrIp": "0.0.0.0/0", "ToPort": 23},
            "tcp 23 from the internet (0.0.0.0/0)",
        ),
        ({**SSH, "CidrIp": "10.0.0.0/9"}, {**SSH, "CidrIp": "10.0.0.0/8"}, "tcp 22 from 10.128.0.0/9"),
        (
            {**SSH, **GROUP},
            {**PORT, **GROUP},
            f"tcp, unknown ports from the group import Sg. {LOST} tcp 22 from the group import Sg",
        ),
        (
            {**PORT, "CidrIp": "10.0.0.0/8"},
            {**PORT, "CidrIp": "0.0.0.0/0"},
            "tcp, unknown ports from the internet (0.0.0.0/0)",
        ),
        (
            {"IpProtocol": "icmp", "FromPort": 3, "ToPort": 4, "CidrIp": "10.0.0.0/8"},
            {**PORT, "IpProtocol": "icmp", "CidrIp": "10.0.0.0/8"},
            f"icmp, unknown types from 10.0.0.0/8. {LOST} icmp type 3 code 4 from 10.0.0.0/8",
        ),
        ({**PORT, "CidrIp": "10.0.0.0/8"}, {**PORT, "CidrIp": "10.1.0.0/16"}, None),
        ({**SSH, "FromPort": 0, "ToPort": 65535, **GROUP}, {**PORT, **GROUP}, None),
    ],
)
def test_traffic_in_words(before: dict[str, Any], after: dict[str, Any], traffic: str | None) -> None:
    """All addresses are the internet, and unknown ports of a tcp rule are ports of tcp."""
    parameters = {"Parameters": {"Parent": {"Type": "String"}, "Port": {"Type": "Number"}}}
    group = {"GroupDescription": "a", "VpcId": "vpc-1"}
    old, new = (
        {**resources(It=("AWS::EC2::SecurityGroup", {**group, "SecurityGroupIngress": [rule]})), **parameters}
        for rule in (before, after)
    )

    assert risks(reviewed(old, new)).get(("opens", "It")) == (
        traffic and f"It allows more traffic than before: {traffic}."
    )
