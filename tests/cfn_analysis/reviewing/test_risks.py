"""Twelve changes of our own stacks, with the results that a reviewer needs for each."""

import json
from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.reviewing import report
from cfn_analysis.reviewing.report import Review
from csr_templates import database, frontend
from tests.alarm_subjects import first_with_threshold
from tests.data import read_yaml

from .own_changes import CHANGES, own_side
from .templates import reviewed
from .templates import risks as risks_of

DATABASE = database.build().to_dict()["Resources"]


def alarms_with(resources: dict[str, Any], text: str) -> set[str]:
    """Return the alarms whose JSON contains a text, such as a dimension or the name of a condition."""
    return {
        name
        for name, resource in resources.items()
        if resource["Type"] == "AWS::CloudWatch::Alarm" and text in json.dumps(resource)
    }


# Change -> the alarms that it weakens or removes.
WEAKENED = {
    "class": alarms_with(DATABASE, '"IsBurstable"'),
    "condition flipped": alarms_with(DATABASE, "READER"),
    "threshold": {first_with_threshold(DATABASE)},
    "WAF off": alarms_with(frontend.build().to_dict()["Resources"], '"WAF"'),
}
INSTANCES = {
    name: resource for name, resource in DATABASE.items() if resource["Type"] == "AWS::RDS::DBInstance"
}
# Group in risks.yaml -> its resources.
GROUPS = {
    "each DB instance": [*INSTANCES],
    "each DB instance with a condition": [
        name for name, resource in INSTANCES.items() if "Condition" in resource
    ],
}
MESSAGES = read_yaml(Path(__file__).with_name("messages.yaml"))
EXPECTED = read_yaml(Path(__file__).with_name("risks.yaml"))


@pytest.fixture(scope="module")
def reviews() -> dict[str, Review]:
    """The review of each change, for production."""
    side = own_side()
    return {name: report.review(side, change(side), ["prod"]) for name, change in CHANGES.items()}


def test_risks_and_changes(reviews: dict[str, Review]) -> None:
    """Each change has exactly the expected risks and changed resources."""
    assert reviews.keys() == EXPECTED.keys()
    for name, expected in EXPECTED.items():
        risks: set[tuple[str, str]] = set()
        for kind, resources in expected["risks"].items():
            for resource in resources:
                risks.update((kind, member) for member in GROUPS.get(resource, [resource]))
        risks |= {("guard", alarm) for alarm in WEAKENED.get(name, ())}
        changes = expected["changes"]
        assert {(risk.kind, risk.name) for risk in reviews[name].risks} == risks, name
        (environment,) = reviews[name].environments
        changed = {node.name: outcome.change.action for node, outcome in environment.resources.items()}
        assert {node: changed.get(node) for node in changes} == changes, name
        if not risks and not changes:
            assert changed == {}, name


@pytest.mark.parametrize(("before", "after", "messages"), MESSAGES)
def test_messages(before: dict[str, Any], after: dict[str, Any], messages: dict[str, str]) -> None:
    """A message names what causes the risk, and only that, and its advice fits the change."""
    risk_messages = risks_of(reviewed({"Resources": before}, {"Resources": after}))

    assert {
        " ".join(key): risk_messages[key] for key in risk_messages if " ".join(key) in messages
    } == messages
