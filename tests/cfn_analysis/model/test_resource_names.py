"""Names of resources: where a template writes them, and how long they can be."""

import pytest

from cfn_analysis.model import resource_names
from cfn_analysis.model.resource_names import longest_name, name_path, name_properties
from cfn_analysis.model.schemas import property_schema

REGION = "us-east-1"


@pytest.mark.parametrize(
    ("type_name", "properties", "names"),
    [
        ("AWS::SQS::Queue", ["DelaySeconds", "QueueName"], ["QueueName"]),
        ("AWS::RDS::DBInstance", ["DBInstanceIdentifier"], ["DBInstanceIdentifier"]),
        ("AWS::S3::BucketPolicy", ["Bucket"], ["Bucket"]),
        ("AWS::ApiGateway::RestApi", ["Name"], []),
        ("Acme::Thing::Type", ["Name"], []),
    ],
)
def test_name_properties(type_name: str, properties: list[str], names: list[str]) -> None:
    """The identifier, or the create-only property with the name of the type."""
    assert name_properties(type_name, REGION, properties) == names


@pytest.mark.parametrize(
    ("type_name", "path", "longest"),
    [
        ("AWS::RDS::DBCluster", ("DBClusterIdentifier",), 63),
        ("AWS::EC2::SecurityGroup", ("GroupName",), 255),
        ("AWS::SNS::Topic", ("TopicName",), 256),
        ("AWS::SQS::Queue", ("QueueName",), 80),
        ("AWS::CloudFront::CachePolicy", ("CachePolicyConfig", "Name"), None),
        ("AWS::RDS::DBSubnetGroup", ("DBSubnetGroupName",), None),
        ("AWS::S3::BucketPolicy", (), None),
        ("AWS::ApiGateway::RestApi", (), None),
        ("Acme::Thing::Type", (), None),
    ],
)
def test_path_and_length_of_a_name(type_name: str, path: tuple[str, ...], longest: int | None) -> None:
    """A resource has at most one name of its own; the ID of another resource is not its name."""
    assert name_path(type_name, REGION) == path
    assert longest_name(type_name, REGION) == longest


@pytest.mark.parametrize("type_name", resource_names._LONGEST)
def test_listed_limits_are_not_in_the_schemas(type_name: str) -> None:
    """A limit that the schema of AWS contains is read there."""
    path = name_path(type_name, REGION)

    assert path
    assert "maxLength" not in property_schema(type_name, REGION, path)
