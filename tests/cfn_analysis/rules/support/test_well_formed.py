"""Malformed templates: cfn-lint's own rules report them, and ours do not fail on them."""

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cfnlint.decode import decode_str
from cfnlint.template import Template

from cfn_analysis.model.template_text import read_template
from cfn_analysis.rules import RULES
from cfn_analysis.rules.support.values import children
from cfn_analysis.rules.support.well_formed import well_formed

OUT = Path(__file__).resolve().parents[4] / "out"
SMALL: Any = {
    "Conditions": {"On": {"Fn::Equals": ["a", "b"]}},
    "Resources": {
        "Broken": {"Type": "AWS::SNS::Topic"},
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "jobs", "RedrivePolicy": {}}},
        "Policy": {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {"Queues": [{"Ref": "Queue"}], "PolicyDocument": {"Statement": []}},
        },
        "Alarm": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {"Namespace": "AWS/SQS", "Dimensions": [{"Name": "QueueName", "Value": "jobs"}]},
        },
    },
    "Outputs": {"Url": {"Value": {"Ref": "Queue"}}},
}
MALFORMED: list[Any] = [
    *("text", ["a"], 7, None, {}, {"Type": {"a": 1}}, {"Type": ["a"]}, {"Properties": {}}),
    *({"Ref": {"a": 1}}, {"Ref": ["a"]}, {"Fn::If": [{"a": 1}, "x", "y"]}, {"Fn::If": "x"}, {"Fn::If": []}),
    *({"Fn::GetAtt": {"a": 1}}, {"Fn::Sub": {"a": 1}}, {"Fn::Sub": ["${a}", ["x"]]}, [{"Ref": {"a": 2}}]),
    *({"Fn::Join": ["", {"Ref": "a"}]}, {"Condition": {"a": 1}}, [None], [[1]]),
]


def places(part: Any, *place: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the place of each value."""
    for key, value in children(part):
        yield (*place, key)
        yield from places(value, *place, key)


def run_all_rules(content: Any) -> Template:
    """Run our rules, without cfn-lint's conversion of exceptions to E0002."""
    template, _ = decode_str(json.dumps(content))
    assert template
    cfn = Template("", template, ["ap-northeast-1"])
    for rule in RULES:
        rule().match(cfn)
    return cfn


def changed(content: Any, place: tuple[Any, ...], value: Any) -> Any:
    """Return a template with another value at a place."""
    copied = copy.deepcopy(content)
    parent = copied
    for step in place[:-1]:
        parent = parent[step]
    parent[place[-1]] = value
    return copied


def test_a_well_formed_template_is_not_copied() -> None:
    """The rules share what they know about it."""
    cfn = run_all_rules(SMALL)

    assert well_formed(cfn) is cfn


@pytest.mark.parametrize("value", MALFORMED, ids=json.dumps)
def test_no_rule_fails_on_a_malformed_part(value: Any) -> None:
    """The same value as a resource, as the type of one, and in a property."""
    for place in (("Broken",), ("Broken", "Type"), ("Queue", "Properties", "QueueName")):
        run_all_rules(changed(SMALL, ("Resources", *place), value))


def test_a_malformed_reference_is_a_value_that_is_not_known() -> None:
    """The other resources are checked as before."""
    place = ("Resources", "Queue", "Properties", "QueueName")
    cfn = well_formed(run_all_rules(changed(SMALL, place, {"Ref": {"a": 1}})))

    assert cfn.template == changed(SMALL, place, {"Fn::ImportValue": "unknown"})


@pytest.mark.acceptance
@pytest.mark.parametrize("name", ["api", "database", "frontend", "main"])
def test_no_rule_fails_on_a_malformed_part_of_our_templates(name: str) -> None:
    """Random values at random places."""
    content: Any = read_template((OUT / f"{name}.yaml").read_text("utf-8"))
    chosen = random.Random(name)
    all_places = [*places(content)]
    for _ in range(10):
        run_all_rules(changed(content, chosen.choice(all_places), chosen.choice(MALFORMED)))
