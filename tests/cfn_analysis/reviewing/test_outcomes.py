"""The effect on the data of a resource that is removed."""

from typing import Any

import pytest

from .templates import changed, resources


@pytest.mark.parametrize(
    ("kind", "properties", "data"),
    [
        ("AWS::DynamoDB::Table", {"DeletionProtectionEnabled": True}, "delete fails"),
        ("AWS::DynamoDB::Table", {"DeletionProtectionEnabled": "false"}, "lost"),
        ("AWS::DynamoDB::GlobalTable", {"Replicas": [{"DeletionProtectionEnabled": True}]}, "delete fails"),
        ("AWS::DynamoDB::GlobalTable", {"Replicas": [{"Region": "us-east-1"}]}, "lost"),
        ("AWS::Cognito::UserPool", {"DeletionProtection": "ACTIVE"}, "delete fails"),
        ("AWS::Cognito::UserPool", {"DeletionProtection": "INACTIVE"}, "lost"),
        ("AWS::EC2::Instance", {"DisableApiTermination": "true"}, "delete fails"),
        (
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            {"LoadBalancerAttributes": [{"Key": "deletion_protection.enabled", "Value": "true"}]},
            "delete fails",
        ),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", {"Name": "a"}, "none"),
        ("AWS::RDS::DBInstance", {"DBClusterIdentifier": "a"}, "none"),
        ("AWS::ECR::Repository", {"EmptyOnDelete": True}, "lost"),
        ("AWS::ECR::Repository", {"RepositoryName": "a"}, "delete fails"),
    ],
)
def test_the_data_of_a_removed_resource(kind: str, properties: dict[str, Any], data: str) -> None:
    """Protection, and data that must be deleted first, stop the deletion of the resource, not of its data."""
    entry = changed(resources(It=(kind, properties)), {"Resources": {}})["It"]

    assert (entry["change"], entry["data"]) == ("remove", data)
