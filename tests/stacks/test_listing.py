"""The list of stacks: what it says of each is what the templates do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from csr_templates import STACKS, Stack

PREFIX = "${ProjectName}-${Environment}-"


def exports(templates: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Return the name of each export -> the stack that has it."""
    return {
        output["Export"]["Name"]["Fn::Sub"]: stack
        for stack, template in templates.items()
        for output in template.get("Outputs", {}).values()
        if "Export" in output
    }


def sources(node: Any, owners: dict[str, str]) -> Iterator[str]:
    """Yield the stacks whose outputs are read somewhere below ``node``, by import or by name."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "Fn::ImportValue":
                yield owners[value["Fn::Sub"]]
            elif key == "Fn::GetStackOutput":
                yield value["StackName"]["Fn::Sub"].removeprefix(PREFIX)
            yield from sources(value, owners)
    elif isinstance(node, list):
        for item in node:
            yield from sources(item, owners)


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.name)
def test_stack_says_what_it_reads_from(stack: Stack, templates: dict[str, dict[str, Any]]) -> None:
    """A stack names exactly the stacks whose outputs its template reads, all of them deployed before it."""
    read = set(sources(templates[stack.name], exports(templates)))

    assert set(stack.reads_from) == read
    assert read <= {earlier.name for earlier in STACKS[: STACKS.index(stack)]}


def test_every_way_of_reading_is_seen() -> None:
    """Imports and outputs of stacks in other regions are found wherever they stand."""
    template = {
        "Resources": {
            "Subnet": {"Properties": {"Ids": [{"Fn::ImportValue": {"Fn::Sub": f"{PREFIX}subnet-id"}}]}},
            "Site": {
                "Properties": {"Origin": {"Fn::GetStackOutput": {"StackName": {"Fn::Sub": f"{PREFIX}api"}}}}
            },
        }
    }

    assert set(sources(template, {f"{PREFIX}subnet-id": "network"})) == {"network", "api"}


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.name)
def test_per_deploy_parameters_are_declared(stack: Stack, templates: dict[str, dict[str, Any]]) -> None:
    """What a pipeline is told to pass with each deploy is a parameter of the template."""
    assert set(stack.per_deploy) <= set(templates[stack.name]["Parameters"])
