"""What CloudFormation refuses in an entry of a template other than a resource."""

from typing import Any

import pytest

from cfn_analysis.model.section_faults import faults_of_default, section_faults

TEMPLATE = {
    "Parameters": {"Name": {"Type": "String"}, "Zones": {"Type": "List<AWS::EC2::AvailabilityZone::Name>"}},
    "Conditions": {"Always": {"Fn::Equals": ["a", "a"]}},
}


@pytest.mark.parametrize(
    ("section", "entry", "fault"),
    [
        ("Outputs", {"Value": "a"}, ""),
        ("Outputs", {"Value": 5}, ""),
        ("Outputs", {"Value": {"Ref": "Name"}, "Export": {"Name": {"Fn::Sub": "${Name}-a"}}}, ""),
        ("Outputs", {"Value": {"Fn::If": ["Always", "a", "b"]}}, ""),
        ("Outputs", {"Description": "a"}, "no Value"),
        ("Outputs", {"Value": None}, "no Value"),
        ("Outputs", {"Value": ["a"]}, "not a text"),
        ("Outputs", {"Value": {"a": "b"}}, "not a text"),
        ("Outputs", {"Value": {"Ref": "Zones"}}, "not a text"),
        ("Outputs", {"Value": {"Fn::Split": [",", "a,b"]}}, "not a text"),
        ("Outputs", {"Value": "a", "Export": "b"}, "Export"),
        ("Outputs", {"Value": "a", "Export": {}}, "Export"),
        ("Outputs", {"Value": "a", "Export": {"Name": ""}}, "not a text"),
        ("Outputs", {"Value": "a", "Export": {"Name": "b" * 256}}, "more than 255"),
        ("Outputs", None, "not a mapping"),
        ("Conditions", {"Fn::Not": [{"Condition": "Always"}]}, ""),
        ("Conditions", {"Fn::And": [{"Condition": "Always"}, {"Fn::Equals": [{"Ref": "Name"}, ""]}]}, ""),
        ("Conditions", {"Fn::Equals": [{"Ref": "AWS::Region"}, {"Fn::Join": ["", ["a"]]}]}, ""),
        ("Conditions", {"Ref": "Name"}, "must have one of"),
        ("Conditions", {"Fn::Equals": ["a"]}, "a list of 2"),
        ("Conditions", {"Fn::And": [{"Condition": "Always"}]}, "a list of 2 to 10"),
        ("Conditions", {"Fn::Not": ["a"]}, "must have conditions"),
        ("Conditions", {"Condition": "Never"}, "not a condition"),
        ("Conditions", {"Fn::Equals": [{"Ref": "Topic"}, "a"]}, "not a parameter"),
        ("Conditions", {"Fn::Equals": [{"Fn::GetAtt": ["A", "B"]}, "a"]}, "cannot be used"),
        ("Conditions", {"Fn::Equals": [None, "a"]}, "null"),
        ("Parameters", {"Type": "String", "Default": "a", "NoEcho": "true"}, ""),
        ("Parameters", {"Type": "AWS::SSM::Parameter::Value<List<String>>"}, ""),
        ("Parameters", {"Type": "List<AWS::EC2::Subnet::Id>"}, ""),
        ("Parameters", {}, "Type"),
        ("Parameters", {"Type": "Text"}, "Type"),
        ("Parameters", {"Type": "String", "AllowedValues": "a"}, "AllowedValues"),
        ("Parameters", {"Type": "String", "AllowedPattern": 5}, "AllowedPattern"),
        ("Parameters", {"Type": "String", "MinLength": "few"}, "MinLength"),
        ("Parameters", {"Type": "String", "Default": ["a"]}, "Default"),
        ("Parameters", {"Type": "String", "NoEcho": "no"}, "NoEcho"),
        ("Mappings", {"a": {"b": "c", "d-1": ["e", 5]}}, ""),
        ("Mappings", {}, "empty"),
        ("Mappings", {"a": "b"}, "not a mapping"),
        ("Mappings", {"a": {}}, "not a mapping"),
        ("Mappings", {"a": {"b c": "d"}}, "the key b c"),
        ("Mappings", {"a": {"b": {"c": "d"}}}, "a.b is neither"),
        ("Mappings", {"a": {"b": []}}, "a.b is neither"),
        ("Resources", {}, ""),
    ],
)
def test_an_entry_is_refused_for_its_fault(section: str, entry: Any, fault: str) -> None:
    """A right entry has no fault, a wrong one this."""
    faults = list(section_faults(section, "Entry", entry, TEMPLATE))

    assert bool(faults) is bool(fault)
    assert fault in " ".join(faults)


def test_a_name_has_letters_and_digits_only() -> None:
    """Other names are refused."""
    assert list(section_faults("Outputs", "An-Output", {"Value": "a"}, TEMPLATE)) == [
        "its name may only have letters and digits"
    ]


def test_a_default_satisfies_the_constraints() -> None:
    """True is compared as text."""
    allowed = {"Type": "String", "Default": True, "AllowedValues": ["true"]}

    assert list(faults_of_default(allowed)) == []
    assert list(faults_of_default({**allowed, "Default": "no"})) == ["its Default no is not one of true"]
    assert list(faults_of_default({"Type": "String"})) == []
