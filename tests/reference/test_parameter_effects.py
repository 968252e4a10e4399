"""``changes``: what a new value of a parameter does."""

from __future__ import annotations

from typing import Any

import pytest

from csr_templates.cloudformation.built_stack import BuiltStack
from csr_templates.reference.parameter_effects import Change, changes

NOTHING: dict[str, tuple[str, ...]] = dict.fromkeys(Change._fields, ())


def change(resources: dict[str, Any], outputs: dict[str, Any] | None = None, **sections: Any) -> Change:
    """Return what changing the parameter ``P`` of a template does."""
    template = {
        "Parameters": {"P": {"Type": "String"}},
        "Resources": resources,
        "Outputs": outputs or {},
        **sections,
    }
    return changes(BuiltStack("site", "site.yaml", "us-east-1", template))["P"]


def queue(**properties: Any) -> dict[str, Any]:
    """Return a queue."""
    return {"Type": "AWS::SQS::Queue", "Properties": properties}


def vpc(**properties: Any) -> dict[str, Any]:
    """Return a VPC."""
    return {"Type": "AWS::EC2::VPC", "Properties": properties}


def subnet(**properties: Any) -> dict[str, Any]:
    """Return a subnet."""
    return {"Type": "AWS::EC2::Subnet", "Properties": properties}


P = {"Ref": "P"}
IS_P = {
    "Conditions": {
        "IsP": {"Fn::Equals": [P, "x"]},
        "Both": {"Fn::And": [{"Condition": "IsP"}, {"Condition": "IsP"}]},
    }
}


@pytest.mark.parametrize(
    ("resources", "sections", "expected"),
    [
        pytest.param({"Q": queue(DelaySeconds=P)}, {}, {"updated": ("Q",)}, id="updated in place"),
        pytest.param(
            {"Q": queue(DelaySeconds=P), "R": queue(Tags=[{"Key": "Queue", "Value": {"Ref": "Q"}}])},
            {},
            {"updated": ("Q",)},
            id="an update in place ends there",
        ),
        pytest.param({"Q": queue(QueueName=P)}, {}, {"replaced": ("Q",)}, id="replaced"),
        pytest.param(
            {"Q": queue(QueueName={"Fn::Sub": "${P}-q"})}, {}, {"replaced": ("Q",)}, id="through Sub"
        ),
        pytest.param(
            {"Q": queue(QueueName={"Fn::If": ["Both", "a", "b"]})},
            IS_P,
            {"replaced": ("Q",)},
            id="through conditions",
        ),
        pytest.param(
            {"Q": {**queue(QueueName="a"), "Condition": "Both"}},
            IS_P,
            {"switched": ("Q",)},
            id="made or removed",
        ),
        pytest.param({"Q": queue(QueueName="a")}, IS_P, {}, id="an unused condition"),
        pytest.param(
            {"Q": queue(FifoQueue=P, QueueName="a")},
            {},
            {"replaced": ("Q",), "keeping_name": ("Q",)},
            id="replaced under the same name",
        ),
        pytest.param(
            {"Q": queue(FifoQueue=P, QueueName={"Fn::GetAtt": ["R", "QueueName"]}), "R": queue()},
            {},
            {"replaced": ("Q",)},
            id="replaced under the name of another",
        ),
        pytest.param(
            {
                "V": vpc(CidrBlock=P),
                "S": subnet(VpcId={"Ref": "V"}),
                "T": subnet(Tags=[{"Key": "Subnet", "Value": {"Ref": "S"}}]),
            },
            {},
            {"replaced": ("V",), "following": ("S",), "updated": ("T",)},
            id="what refers to it follows",
        ),
        pytest.param(
            {"V": vpc(InstanceTenancy=P), "S": subnet(VpcId={"Ref": "V"})},
            {},
            {"maybe_replaced": ("V", "S")},
            id="in some cases",
        ),
        pytest.param(
            {
                "V": vpc(InstanceTenancy=P),
                "S": subnet(VpcId={"Ref": "V"}),
                "N": {"Type": "AWS::EC2::NatGateway", "Properties": {"SubnetId": {"Ref": "S"}}},
                "T": subnet(Tags=[{"Key": "Gateway", "Value": {"Ref": "N"}}]),
                "U": subnet(Tags=[{"Key": "Neighbour", "Value": {"Ref": "T"}}]),
            },
            {},
            {"maybe_replaced": ("V", "S", "N"), "updated": ("T",)},
            id="in some cases, over several resources",
        ),
        pytest.param(
            {
                "Q": {
                    "Type": "AWS::SQS::QueuePolicy",
                    "Properties": {
                        "Queues": ["a"],
                        "PolicyDocument": {"Statement": [{"Condition": {"StringEquals": {"a": P}}}]},
                    },
                }
            },
            {},
            {"updated": ("Q",)},
            id="in the condition of a policy",
        ),
    ],
)
def test_follows_a_parameter(
    resources: dict[str, Any], sections: dict[str, Any], expected: dict[str, tuple[str, ...]]
) -> None:
    """A parameter is followed through functions, conditions and replaced resources, by the schemas."""
    assert change(resources, **sections) == Change(**{**NOTHING, **expected})


def test_outputs_change_with_their_value_their_name_or_what_they_name() -> None:
    """An output counts if the parameter reaches it, or if a resource that it names may be replaced."""
    found = change(
        {
            "Q": queue(QueueName=P),
            "R": queue(DelaySeconds=P),
            "V": vpc(InstanceTenancy=P),
            "S": subnet(VpcId={"Ref": "V"}),
        },
        {
            "Value": {"Value": P},
            "Name": {"Value": "a", "Export": {"Name": {"Fn::Sub": "${P}-name"}}},
            "Replaced": {"Value": {"Fn::GetAtt": ["Q", "Arn"]}},
            "Updated": {"Value": {"Ref": "R"}},
            "MaybeReplaced": {"Value": {"Ref": "V"}},
            "Following": {"Value": {"Fn::GetAtt": ["S", "AvailabilityZone"]}},
        },
    )

    assert found.outputs == ("Value", "Name", "Replaced", "MaybeReplaced", "Following")


@pytest.mark.parametrize(
    ("stack", "parameter", "replaced", "not_replaced"),
    [
        (
            "network",
            "VpcCidr",
            {"VPC", "PrivateSubnet1", "NatGateway2"},
            {"LambdaDeploymentsBucket", "LogsKey"},
        ),
        (
            "network",
            "PublicSubnet1Cidr",
            {"PublicSubnet1", "NatGateway1"},
            {"PublicSubnet2", "NatGateway2", "VPC"},
        ),
        (
            "database",
            "DatabaseName",
            {"DatabaseCluster", "DatabaseInstance1"},
            {"DatabaseSecret", "DatabaseKey"},
        ),
        ("database", "DatabaseEngineVersion", set(), {"DatabaseCluster", "DatabaseInstance1"}),
        ("database", "DatabaseDeletionProtection", set(), {"DatabaseCluster"}),
        ("api", "LambdaMemorySize", {"ApiFunctionVersion"}, {"ApiFunction", "ApiFunctionAlias", "RestApi"}),
        ("api", "LambdaCodeS3ObjectVersion", {"ApiFunctionVersion"}, {"ApiFunction", "ApiFunctionAlias"}),
        ("api", "LambdaReservedConcurrency", set(), {"ApiFunction", "ApiFunctionVersion"}),
        ("api", "ApiCacheEnabled", set(), {"ApiStage", "RestApi"}),
        ("frontend", "CustomDomainName", {"DomainRecordIPv4", "DomainRecordIPv6"}, {"Distribution"}),
        ("frontend", "HostedZoneId", {"DomainRecordIPv4", "DomainRecordIPv6"}, {"Distribution"}),
        ("frontend", "ContentSecurityPolicy", set(), {"Distribution", "SiteHeadersPolicy", "SiteBucket"}),
    ],
)
def test_known_parameters(
    built: dict[str, BuiltStack],
    stack: str,
    parameter: str,
    replaced: set[str],
    not_replaced: set[str],
) -> None:
    """What CloudFormation's reference says of these parameters' properties comes out."""
    found = changes(built[stack])[parameter]
    anew = {*found.replaced, *found.following}

    assert replaced <= anew
    assert not not_replaced & anew
    assert not_replaced | replaced <= set(built[stack].resources)
