"""The table of what cannot harm."""

import pytest

from cfn_analysis.model.schemas import property_schema
from cfn_analysis.reviewing.harmless import VALUES, HarmlessValue, reason_of_value
from cfn_analysis.reviewing.values import ValueChange
from cfn_analysis.updates.effects import Effect, effect_of_change, is_documented
from cfn_analysis.updates.facts import note_of

REGION = "us-east-1"
IN_LISTS = {"Rules": "Rules.*", "Metrics": "Metrics.*"}


def places(row: HarmlessValue) -> list[tuple[str, tuple[str, ...]]]:
    """Return the types and the places in their schemas of a row."""
    of_types = []
    for type_name in row.types:
        for path in row.paths:
            steps: list[str] = []
            for key in path.split("."):
                steps += IN_LISTS.get(key, key).split(".")
            of_types.append((type_name, tuple(steps)))
    return of_types


@pytest.mark.parametrize("row", VALUES, ids=lambda row: f"{row.types[0]} {row.paths[0]}")
def test_a_harmless_value_is_updated_in_place_without_interruption(row: HarmlessValue) -> None:
    """It exists in the schema, and its update neither replaces nor interrupts the resource.

    A new version or deployment only publishes what exists.
    """
    for type_name, place in places(row):
        assert property_schema(type_name, REGION, place), (type_name, place)
        if type_name != "AWS::ApiGateway::Deployment":
            assert effect_of_change(type_name, REGION, place) == Effect.UPDATED, (type_name, place)
        assert note_of(type_name, place[0]) is None, (type_name, place)
        assert is_documented(type_name, place), (type_name, place)


@pytest.mark.parametrize(
    ("type_name", "path", "before", "after", "is_harmless"),
    [
        ("AWS::Logs::LogGroup", "RetentionInDays", 30, 90, True),
        ("AWS::Logs::LogGroup", "RetentionInDays", 30, None, True),  # never expires
        ("AWS::Logs::LogGroup", "RetentionInDays", 90, 30, False),
        ("AWS::Logs::LogGroup", "RetentionInDays", None, 30, False),
        ("AWS::Logs::LogGroup", "RetentionInDays", 30, 91, False),  # CloudWatch Logs does not allow it
        ("AWS::Logs::LogGroup", "RetentionInDays", {"Ref": "Days"}, 90, False),
        ("AWS::RDS::DBCluster", "BackupRetentionPeriod", 7, 35, True),
        ("AWS::RDS::DBCluster", "BackupRetentionPeriod", 7, 36, False),
        ("AWS::RDS::DBCluster", "DeletionProtection", False, True, True),
        ("AWS::RDS::DBCluster", "DeletionProtection", None, "true", True),
        ("AWS::RDS::DBCluster", "DeletionProtection", True, None, False),
        ("AWS::S3::Bucket", "LifecycleConfiguration.Rules[old].ExpirationInDays", 30, 31, True),
        ("AWS::S3::Bucket", "LifecycleConfiguration.Rules[old].ExpirationInDays", 30, None, False),
        ("AWS::IAM::Role", "Description", "a", "b", True),
        ("AWS::IAM::Role", "Description", "a", "b" * 1001, False),
        ("AWS::ApiGateway::Stage", "Description", {"Fn::Sub": ["a ${A}", {"A": {"Ref": "B"}}]}, "a", False),
        ("AWS::WAFv2::IPSet", "Description", "a", "b", False),  # an update also writes the addresses
        ("AWS::CloudFront::Distribution", "DistributionConfig.Comment", "a", "b", False),
        ("AWS::CloudWatch::Dashboard", "DashboardBody", "{}", '{"widgets":[]}', True),
        ("AWS::CloudWatch::Dashboard", "DashboardBody", "{}", "widgets", False),
        ("AWS::SQS::Queue", "VisibilityTimeout", 30, 60, False),
        ("AWS::Unknown::Type", "Description", "a", "b", False),
    ],
)
def test_values(type_name: str, path: str, before: object, after: object, is_harmless: bool) -> None:
    """Only the direction that the row names is harmless, and only with a value that the service accepts."""
    assert bool(reason_of_value(type_name, REGION, ValueChange(path, before, after))) is is_harmless
