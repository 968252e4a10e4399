"""``update_exceptions``: each row is about a property of the schemas, and matches the AWS page."""

from typing import Any

import pytest

from cfn_analysis.model.schemas import property_schema, resource_schema
from cfn_analysis.updates.effects import (
    Effect,
    effect_of_values,
    note_on_change,
)
from cfn_analysis.updates.update_exceptions import (
    ALSO_REPLACED,
    DECIDED,
    DISPUTED,
    NAME_SCOPES,
    QUIET_IF,
    REPLACED_IF,
    UNIQUE,
    ChangedProperties,
)

REGION = "us-east-1"
INSTANCE = "AWS::RDS::DBInstance"
GIVEN = {"Fn::Given": "P"}


def test_rows_name_properties_of_the_schemas() -> None:
    """A misspelled type or property would never be found."""
    rows = [
        (kind, name)
        for table in (ALSO_REPLACED, DECIDED, DISPUTED, QUIET_IF, REPLACED_IF)
        for kind in table
        for name in table[kind]
    ]
    rows += [(kind, name) for kind, names in NAME_SCOPES.items() for name in names]
    rows += [(row.type, name) for row in UNIQUE for name in [*row.properties, *row.given]]

    assert [
        (kind, name) for kind, name in rows if not property_schema(kind, REGION, tuple(name.split(".")))
    ] == []
    assert [
        (kind, name)
        for kind, names in DECIDED.items()
        for name in names
        if name not in resource_schema(kind, REGION).conditional_create_only
    ] == [(INSTANCE, "StorageType")]  # in the newest schema of the handler, but not in cfn-lint
    # Otherwise, the row would not be needed.
    assert not [
        (kind, name)
        for table in (ALSO_REPLACED, DISPUTED)
        for kind, names in table.items()
        for name in names
        if name in resource_schema(kind, REGION).create_only
    ]


def effect(kind: str, before: dict[str, Any], after: dict[str, Any], **attributes: Any) -> Effect:
    """Return the effect of a change of the first property of ``after``, or of ``before``."""
    name = next(iter(after or before))
    return effect_of_values(kind, REGION, (name,), ChangedProperties(before, after, attributes))


def attributes(**types: str) -> dict[str, Any]:
    """Return the attributes of a table."""
    found = [{"AttributeName": name, "AttributeType": kind} for name, kind in types.items()]
    return {"AttributeDefinitions": found}


BALANCER = "AWS::ElasticLoadBalancing::LoadBalancer"
TABLE = "AWS::DynamoDB::Table"
REPLACING = {"AutoScalingReplacingUpdate": {"WillReplace": True}}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (effect(INSTANCE, {"Engine": "aurora"}, {"Engine": "aurora-mysql"}), Effect.UPDATED),
        (effect(INSTANCE, {"Engine": "oracle-se1"}, {"Engine": "oracle-se2"}), Effect.UPDATED),
        (effect(INSTANCE, {"Engine": "mysql"}, {"Engine": "mariadb"}), Effect.REPLACED),
        (effect(INSTANCE, {"Engine": "mysql"}, {"Engine": GIVEN}), Effect.MAYBE_REPLACED),
        (effect(INSTANCE, {"AvailabilityZone": "a"}, {"AvailabilityZone": "b"}), Effect.REPLACED),
        (
            effect_of_values(
                INSTANCE,
                REGION,
                ("AvailabilityZone",),
                ChangedProperties({"AvailabilityZone": "a"}, {"MultiAZ": True}, {}),
            ),
            Effect.UPDATED,
        ),
        (effect(INSTANCE, {"AvailabilityZone": "a"}, {}), Effect.REPLACED),
        (effect(INSTANCE, {"MultiAZ": False}, {"MultiAZ": True}), Effect.UPDATED),
        (effect(INSTANCE, {}, {"PerformanceInsightsKMSKeyId": "k"}), Effect.UPDATED),
        (
            effect(INSTANCE, {"PerformanceInsightsKMSKeyId": "k"}, {"PerformanceInsightsKMSKeyId": "l"}),
            Effect.REPLACED,
        ),
        (effect(INSTANCE, {"Port": "1"}, {"Port": "2"}), Effect.MAYBE_REPLACED),
        (effect("AWS::RDS::DBCluster", {"GlobalClusterIdentifier": "g"}, {}), Effect.UPDATED),
        (effect("AWS::RDS::DBCluster", {}, {"GlobalClusterIdentifier": "g"}), Effect.REPLACED),
        (
            effect("AWS::RDS::DBCluster", {"Engine": "aurora-mysql"}, {"Engine": "aurora-postgresql"}),
            Effect.REPLACED,
        ),
        (
            effect("AWS::EC2::VPC", {"InstanceTenancy": "dedicated"}, {"InstanceTenancy": "default"}),
            Effect.UPDATED,
        ),
        (effect("AWS::EC2::VPC", {}, {"InstanceTenancy": "dedicated"}), Effect.REPLACED),
        (
            effect(
                "AWS::AutoScaling::AutoScalingGroup",
                {"LaunchTemplate": {"Version": "1"}},
                {"LaunchTemplate": {"Version": "2"}},
            ),
            Effect.UPDATED,
        ),
        (
            effect(
                "AWS::AutoScaling::AutoScalingGroup",
                {"LaunchTemplate": {"Version": "1"}},
                {"LaunchTemplate": {"Version": "2"}},
                UpdatePolicy=REPLACING,
            ),
            Effect.REPLACED,
        ),
        (effect("AWS::SSM::Document", {"Content": {"a": 1}}, {"Content": {"a": 2}}), Effect.REPLACED),
        (
            effect_of_values(
                "AWS::SSM::Document",
                REGION,
                ("Content",),
                ChangedProperties({}, {"UpdateMethod": "NewVersion"}, {}),
            ),
            Effect.UPDATED,
        ),
        (effect("AWS::EC2::VPCEndpoint", {}, {"DnsOptions": {"DnsRecordIpType": "ipv4"}}), Effect.UPDATED),
        (effect("AWS::EC2::VPCEndpoint", {"DnsOptions": {"PrivateDnsPreference": "a"}}, {}), Effect.REPLACED),
        (effect("AWS::EC2::EIP", {}, {"Domain": "vpc"}), Effect.REPLACED),
        (effect(BALANCER, {"Subnets": ["a"]}, {"Subnets": ["b"]}), Effect.UPDATED),
        (effect(BALANCER, {}, {"Subnets": ["b"]}), Effect.REPLACED),
        (effect(BALANCER, {"Subnets": ["a"]}, {"Subnets": GIVEN}), Effect.MAYBE_REPLACED),
        (effect(TABLE, attributes(a="S"), attributes(a="S", b="N")), Effect.UPDATED),
        (effect(TABLE, attributes(a="S"), attributes(a="N")), Effect.REPLACED),
        (effect(TABLE, attributes(a="S"), {"AttributeDefinitions": GIVEN}), Effect.MAYBE_REPLACED),
        (effect("AWS::CloudFormation::CustomResource", {"A": "1"}, {"A": "2"}), Effect.MAYBE_REPLACED),
        (effect("Acme::Thing::Type", {"A": "1"}, {"A": "2"}), Effect.MAYBE_REPLACED),
        (
            effect_of_values(
                "AWS::SQS::Queue", REGION, ("QueueName",), ChangedProperties({}, {}, {}), certain=False
            ),
            Effect.MAYBE_REPLACED,
        ),
    ],
)
def test_values_decide(found: Effect, expected: Effect) -> None:
    """If the schema lists a property as conditional, the values determine the case."""
    assert found == expected


@pytest.mark.parametrize(
    ("kind", "name", "before", "after", "noted"),
    [
        (INSTANCE, "BackupRetentionPeriod", 7, 14, False),
        (INSTANCE, "BackupRetentionPeriod", 0, 14, True),
        (INSTANCE, "BackupRetentionPeriod", GIVEN, 14, True),
        (BALANCER, "Subnets", ["a"], ["b"], False),
        (BALANCER, "Subnets", [], ["b"], True),
        ("AWS::RDS::DBParameterGroup", "Parameters", {"max_connections": 1}, {"max_connections": 2}, False),
        (
            "AWS::RDS::DBParameterGroup",
            "Parameters",
            {"performance_schema": 1},
            {"performance_schema": 2},
            True,
        ),
    ],
)
def test_some_values_interrupt_nothing(kind: str, name: str, before: Any, after: Any, noted: bool) -> None:
    """A note is omitted if the values are known not to interrupt."""
    family = {"Family": "aurora-mysql8.0"}
    changed = ChangedProperties({name: before, **family}, {name: after, **family}, {})

    assert (note_on_change(kind, (name,), changed) is not None) is noted
