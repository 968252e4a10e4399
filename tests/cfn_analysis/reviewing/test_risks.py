"""Twelve changes of our own stacks, with the results that a reviewer needs for each."""

import json
from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.reviewing import report
from cfn_analysis.reviewing.report import Review
from csr_templates import database
from tests.data import read_yaml

from .own_changes import CHANGES, own_side
from .templates import reviewed
from .templates import risks as risks_of

ALARMS_OF_THE_READER = [
    name
    for name, resource in database.build().to_dict()["Resources"].items()
    if resource["Type"] == "AWS::CloudWatch::Alarm" and "READER" in json.dumps(resource)
]
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
        risks = {(kind, resource) for kind, resources in expected["risks"].items() for resource in resources}
        if name == "condition flipped":
            risks |= {("guard", alarm) for alarm in ALARMS_OF_THE_READER}
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
    found = risks_of(reviewed({"Resources": before}, {"Resources": after}))

    assert {" ".join(key): found[key] for key in found if " ".join(key) in messages} == messages
