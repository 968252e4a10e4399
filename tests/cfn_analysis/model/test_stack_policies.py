"""What a stack policy denies."""

from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.model.stack_policies import denies
from tests.data import read_yaml

ROWS = read_yaml(Path(__file__).with_name("stack_policies.yaml"))


@pytest.mark.parametrize(("statement", "denied"), ROWS["test_what_a_stack_policy_denies"])
def test_what_a_stack_policy_denies(statement: dict[str, Any], denied: bool) -> None:
    """Statements match by action, logical ID and type. Updates without an Allow statement are denied too."""
    allow = {"Effect": "Allow", "Action": "Update:*", "Resource": "*"}
    policy = {"Statement": [allow, {"Effect": "Deny", "Principal": "*", **statement}]}

    assert denies(policy, "Update:Replace", "Queue", "AWS::SQS::Queue") is denied
    assert denies({"Statement": []}, "Update:Replace", "Queue", "AWS::SQS::Queue")
    assert not denies({}, "Update:Replace", "Queue", "AWS::SQS::Queue")
