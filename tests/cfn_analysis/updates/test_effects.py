"""``effects``: the effects of changing a property, according to the resource schemas of AWS."""

from pathlib import Path

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.updates.cases import ChangedProperties
from cfn_analysis.updates.effects import (
    Effect,
    effect_of_change,
    effect_of_values,
    is_documented,
    note_on_change,
    unique_properties,
    update_order,
)
from cfn_analysis.updates.facts import facts_at
from tests.data import read_yaml

ROWS = read_yaml(Path(__file__).with_name("effects.yaml"))


@pytest.mark.parametrize(("type_name", "place", "effect"), ROWS["test_a_property_and_what_is_in_it"])
def test_a_property_and_what_is_in_it(type_name: str, place: list[str | int], effect: str) -> None:
    """A property includes all properties in it, and any item of a list."""
    assert effect_of_change(type_name, "us-east-1", tuple(place)) is Effect[effect]


@pytest.mark.parametrize(
    ("type_name", "place", "interrupts"), ROWS["test_what_an_update_in_place_does_besides"]
)
def test_what_an_update_in_place_does_besides(
    type_name: str, place: list[str], interrupts: str | None
) -> None:
    """An update interrupts, has another side effect, or has none, according to AWS."""
    note = note_on_change(type_name, tuple(place))

    assert (note.interrupts.name if note else None) == interrupts
    assert is_documented(type_name, tuple(place))


@pytest.mark.parametrize(("type_name", "place"), ROWS["test_properties_without_documentation"])
def test_properties_without_documentation(type_name: str, place: list[str]) -> None:
    """The effects of a property without a documented page are unknown."""
    assert note_on_change(type_name, tuple(place)) is None
    assert facts_at(type_name, tuple(place)).not_replaced_if == ""
    assert not is_documented(type_name, tuple(place))


def test_cases_in_which_a_change_does_not_replace() -> None:
    """The schema lists the property as conditional; the case is stated if the handler determines it."""
    place = ("PerformanceInsightsKMSKeyId",)
    case = facts_at("AWS::RDS::DBInstance", place).not_replaced_if

    assert effect_of_change("AWS::RDS::DBInstance", "us-east-1", place) == Effect.MAYBE_REPLACED
    assert case == "it had no value before"
    assert facts_at("AWS::RDS::DBInstance", ("DBInstanceClass",)).not_replaced_if == ""


def test_updates_follow_dependencies() -> None:
    """A resource is updated after those that it depends on or references, also through other resources."""
    queue = "AWS::SQS::Queue"
    stack = BuiltStack(
        "site",
        "site.yaml",
        "us-east-1",
        {
            "Resources": {
                "Last": {"Type": queue, "Properties": {"QueueName": {"Ref": "Between"}}},
                "Between": {"Type": queue, "DependsOn": ["Second"]},
                "Second": {"Type": queue, "DependsOn": "First"},
                "First": {"Type": queue},
                "Other": {"Type": queue},
            }
        },
    )

    assert update_order(stack, ["Last", "Second", "First", "Other"]) == [
        ["First", "Other"],
        ["Second"],
        ["Last"],
    ]
    assert update_order(stack, []) == []


def test_names_and_what_else_is_unique() -> None:
    """A name is unique in its scope. Some types have additional unique properties."""

    def groups(kind: str, **properties: str) -> list[tuple[str, ...]]:
        return [group for group, _ in unique_properties(kind, "us-east-1", properties)]

    assert groups("AWS::Lambda::Alias", Name="a", FunctionName="f") == [("Name", "FunctionName")]
    assert groups("AWS::ApiGateway::Stage", StageName="a", RestApiId="b") == [("RestApiId", "StageName")]
    assert groups("AWS::EC2::Subnet", VpcId="a", CidrBlock="b") == [("VpcId", "CidrBlock")]
    assert groups("AWS::EC2::Subnet", VpcId="a") == []
    assert groups("AWS::WAFv2::WebACL", Name="a", Scope="REGIONAL") == [("Name", "Scope")]
    assert groups("AWS::Lambda::Permission", FunctionName="a") == []
    assert groups("AWS::ApiGateway::Resource", RestApiId="a", ParentId="b", PathPart="c") == [
        ("RestApiId", "ParentId", "PathPart")
    ]
    assert groups("Acme::Thing::Type", Name="a") == []


def test_an_uncertain_difference_may_replace() -> None:
    """If the values may be equal in the deployed stack, a create-only property may replace."""
    changed = ChangedProperties({}, {}, {})

    uncertain = effect_of_values("AWS::SQS::Queue", "us-east-1", ("QueueName",), changed, certain=False)
    assert uncertain is Effect.MAYBE_REPLACED
