"""``update_exceptions``: each row is about a property of the schemas, and matches the AWS page."""

from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.model.rendering import load
from cfn_analysis.model.schemas import property_schema, resource_schema
from cfn_analysis.updates.effects import Effect, effect_of_values, note_on_change
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
BALANCER = "AWS::ElasticLoadBalancing::LoadBalancer"
ROWS = load(Path(__file__).with_name("update_exceptions.yaml").read_text("utf-8"))


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


@pytest.mark.parametrize(("kind", "name", "before", "after", "attributes", "effect"), ROWS)
def test_values_decide(
    kind: str,
    name: str,
    before: dict[str, Any],
    after: dict[str, Any],
    attributes: dict[str, Any],
    effect: str,
) -> None:
    """If the schema lists a property as conditional, the values determine the case."""
    changed = ChangedProperties(before, after, attributes)

    assert effect_of_values(kind, REGION, (name,), changed) is Effect[effect]


def test_an_uncertain_difference_may_replace() -> None:
    """If the values may be equal in the deployed stack, a create-only property may replace."""
    changed = ChangedProperties({}, {}, {})

    found = effect_of_values("AWS::SQS::Queue", REGION, ("QueueName",), changed, certain=False)
    assert found is Effect.MAYBE_REPLACED


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
