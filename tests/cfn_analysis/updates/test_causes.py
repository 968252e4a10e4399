"""``causes``: the chain of a change starts with the edited file and names each part on the way."""

from typing import Any

import pytest

from cfn_analysis.model.wiring import Node
from cfn_analysis.updates.causes import CauseChains

from .sets import conditional, queues, resolved

NODE = Node("a", "Queue")
OTHER = Node("b", "Queue")
P: dict[str, Any] = {"Ref": "P"}
M = {"Fn::FindInMap": ["M", "a", "b"]}
URL = {"Fn::ImportValue": "url"}
DELAY = {"Fn::GetStackOutput": {"StackName": "a", "OutputName": "Url"}}


def chains(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> CauseChains:
    """Return the causes of a deploy of these templates."""
    return CauseChains(resolved(*before), resolved(*after), lambda stack, name: f"{stack}-{name}.json")


def default(value: str) -> dict[str, Any]:
    """Return a section with a parameter."""
    return {"Parameters": {"P": {"Type": "String", "Default": value}}}


def mapping(value: str) -> dict[str, Any]:
    """Return a section with a mapping."""
    return {"Mappings": {"M": {"a": {"b": value}}}}


def exported(value: Any, more: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a template with an output, which is also an export."""
    output = {"Url": {"Value": value, "Export": {"Name": "url"}}}
    return {**(more or {}), "Resources": {}, "Outputs": output}


@pytest.mark.parametrize(
    ("before", "after", "chain"),
    [
        (queues(QueueName="a"), queues(QueueName="b"), ["a.yaml"]),
        (queues(default("a"), QueueName=P), queues(default("b"), QueueName=P), ["a-P.json", "parameter P"]),
        (queues(mapping("a"), QueueName=M), queues(mapping("b"), QueueName=M), ["a.yaml", "mapping M"]),
        (queues(default("a"), QueueName=P), queues(default("b"), QueueName="b"), ["a.yaml"]),
    ],
)
def test_values(before: dict[str, Any], after: dict[str, Any], chain: list[str]) -> None:
    """A value changes by an edit of itself, or of what it refers to."""
    assert chains([before], [after]).of_value(NODE, ("QueueName",)) == chain


@pytest.mark.parametrize(
    ("value", "chain"),
    [
        (URL, ["a-P.json", "parameter P", "export url"]),
        (DELAY, ["a-P.json", "parameter P", "output Url of a"]),
    ],
)
def test_values_of_other_stacks(value: Any, chain: list[str]) -> None:
    """A chain goes through the export, or the output, of another stack."""
    chain_of = chains(
        *([exported(P, default(text)), queues(QueueName=value)] for text in ("a", "b")),
    )

    assert chain_of.of_value(OTHER, ("QueueName",)) == chain
    assert chain_of.of_output("a", "Url") == chain[:2]


@pytest.mark.parametrize(("reference", "chain"), [(URL, ["export url"]), (DELAY, ["output Url of a"])])
def test_the_way_of_a_reference(reference: Any, chain: list[str]) -> None:
    """Of several imports in a text, the one of the resource counts."""
    first = {"Fn::ImportValue": "first"}
    text = {"Fn::Join": ["-", [first, reference]]}
    exporter = exported({"Ref": "Queue"})
    exporter["Outputs"]["First"] = {"Value": {"Ref": "Topic"}, "Export": {"Name": "first"}}
    chain_of = chains(*[[exporter, queues(QueueName=text)]] * 2)

    assert chain_of.through(OTHER, ("QueueName",), NODE) == chain
    assert chain_of.through(OTHER, ("QueueName",), Node("a", "Topic")) == ["export first"]
    assert chain_of.through(OTHER, ("QueueName",), Node("b", "Topic")) == []


@pytest.mark.parametrize(
    ("before", "after", "chain"),
    [
        (queues(), {"Resources": {}}, ["a.yaml"]),
        (conditional("a"), conditional("b"), ["a.yaml", "condition C"]),
        (conditional("a", "D"), conditional("b", "D"), ["a.yaml", "condition C", "condition D"]),
        (conditional("a"), conditional("a", "D"), ["a.yaml"]),
    ],
)
def test_existence(before: dict[str, Any], after: dict[str, Any], chain: list[str]) -> None:
    """A resource exists by an edit of itself, or of its condition."""
    assert chains([before], [after]).of_existence(NODE) == chain


def test_outputs() -> None:
    """An output that is new, or has another value, is an edit of its template."""
    chain_of = chains([exported("a")], [exported("b")])

    assert chain_of.of_output("a", "Url") == ["a.yaml"]
    assert chain_of.of_existence(Node("a", "Url"), "Outputs") == ["a.yaml"]
