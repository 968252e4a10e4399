"""What is never created is not a finding, for the rules that compare several resources."""

from typing import Any

import pytest

from cfn_analysis.rules import RULES

from . import harness

TEXT = """
Parameters:
  Switch: {Type: String, Default: "true", AllowedValues: ["true", "false"]}
Conditions:
  Switched: !Equals [!Ref Switch, "true"]
  Never: !And [!Condition Switched, !Not [!Condition Switched]]
Resources:
  Method: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: a}}
  Group: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: API-Gateway-Execution-Logs_a/v1}}
  Deployment:
    Type: AWS::ApiGateway::Deployment
    Condition: WHEN
    Properties: {RestApiId: a, StageName: v2}
  Stage:
    Type: AWS::ApiGateway::Stage
    Condition: WHEN
    Properties:
      RestApiId: a
      StageName: v1
      DeploymentId: !Ref Deployment
"""


NAMES = ("CreatedTooEarly", "DeploymentWithStageBesideStage")


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.__name__ in NAMES])
def test_only_what_can_exist_is_judged(rule: Any) -> None:
    """Under a condition that can be true there are findings, under one that cannot there are none."""
    assert harness.findings(rule(), TEXT.replace("WHEN", "Switched")) != []
    assert harness.findings(rule(), TEXT.replace("WHEN", "Never")) == []
