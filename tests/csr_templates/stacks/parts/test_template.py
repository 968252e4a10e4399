"""The template class that every stack module uses."""

import json

import pytest
from troposphere import Parameter, Template
from troposphere.sqs import Queue

from csr_templates.stacks.listing import STACKS, Stack
from csr_templates.stacks.parts.template import StackTemplate


def template() -> StackTemplate:
    """Return a template with three queues in two sections."""
    t = StackTemplate("Queues")
    t.section("Old")
    t.add_resource(Queue("First"))
    t.add_resource(Queue("Second", DelaySeconds=1))
    t.section("New")
    t.add_resource(Queue("Third"))
    return t


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.name)
def test_plain_dicts_are_those_of_troposphere(stack: Stack) -> None:
    """``to_dict`` returns the same dict, in the same order, as troposphere."""
    t = stack.build()

    assert json.dumps(t.to_dict()) == json.dumps(Template.to_dict(t))


def test_parameters_in_groups() -> None:
    """Groups are in the order in which they were opened, parameters in the order in which they were added."""
    t = StackTemplate("Queues")
    t.parameter_groups("Package")
    t.add_parameter(Parameter("Size", Type="Number"), label="Memory", group="Function")
    t.add_parameter(Parameter("Key", Type="String"), label="Key of the package", group="Package")
    t.add_parameter(Parameter("Plain", Type="String"))
    t.add_parameter(Parameter("Count", Type="Number"), label="Concurrency", group="Function")

    assert list(t.parameters) == ["Size", "Key", "Plain", "Count"]
    assert t.to_dict()["Metadata"]["AWS::CloudFormation::Interface"] == {
        "ParameterGroups": [
            {"Label": {"default": "Package"}, "Parameters": ["Key"]},
            {"Label": {"default": "Function"}, "Parameters": ["Size", "Count"]},
        ],
        "ParameterLabels": {
            "Size": {"default": "Memory"},
            "Key": {"default": "Key of the package"},
            "Count": {"default": "Concurrency"},
        },
    }


def test_renamed_resource_keeps_place_and_section() -> None:
    """Only the logical ID changes."""
    t = template()
    t.rename_resource("Second", "Other")

    assert list(t.to_dict()["Resources"].items())[1] == (
        "Other",
        {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 1}},
    )
    assert list(t.to_dict()["Resources"]) == ["First", "Other", "Third"]
    assert t.sections == {"First": "Old", "Other": "Old", "Third": "New"}
    assert t.resources["Other"].Ref().to_dict() == {"Ref": "Other"}


def test_rename_to_the_same_name() -> None:
    """A rename to the same name does nothing."""
    t = template()
    before = t.to_dict()
    t.rename_resource("Second", "Second")

    assert t.to_dict() == before


def test_rename_to_a_name_that_is_taken_fails() -> None:
    """A rename to the ID of another resource fails, so that the other resource is not overwritten."""
    t = template()

    with pytest.raises(ValueError) as error:
        t.rename_resource("Second", "Third")

    assert str(error.value) == "The template has a resource Third already."
    assert list(t.resources) == ["First", "Second", "Third"]


def test_rename_of_an_unknown_resource_fails() -> None:
    """A rename of a resource that does not exist fails."""
    with pytest.raises(KeyError):
        template().rename_resource("Fourth", "Fifth")
