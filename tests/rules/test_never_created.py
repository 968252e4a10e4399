"""What is never created is not a fault, for the rules that compare several resources."""

from __future__ import annotations

from typing import Any

import pytest
from cfnlint.decode import decode_str
from cfnlint.jsonschema import CfnTemplateValidator
from cfnlint.template import Template

from csr_templates.rules import RULES

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


NAMES = ("DeploymentBeforeMethods", "DeploymentWithStageBesideStage", "StageBeforeExecutionLogGroup")


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.__name__ in NAMES])
def test_only_what_can_exist_is_judged(rule: Any) -> None:
    """Under a condition that can be true there is one finding, under one that cannot there is none."""

    # The rule is called directly: cfn-lint itself stumbles over a condition that is never true.
    def found(when: str) -> int:
        template, _ = decode_str(TEXT.replace("WHEN", when))
        assert template is not None
        cfn = Template("template.yaml", template)
        validator = CfnTemplateValidator({}).evolve(cfn=cfn, context=cfn.context)
        return len(list(rule().validate(validator, None, template["Resources"], {})))

    assert (found("Switched"), found("Never")) == (1, 0)
